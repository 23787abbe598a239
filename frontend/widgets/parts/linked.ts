/** One state and all that shows it: plots, tables, sliders and the sentence are redrawn together, so that they cannot disagree. */
export interface Linked<S extends object> {
  readonly state: Readonly<S>;
  show(view: (state: Readonly<S>) => void): void;
  change(part: Partial<S>): void;
}

export function linked<S extends object>(start: S): Linked<S> {
  const state = { ...start };
  const views: ((state: Readonly<S>) => void)[] = [];
  return {
    state,
    show(view) {
      views.push(view);
      view(state);
    },
    change(part) {
      Object.assign(state, part);
      for (const view of views) view(state);
    },
  };
}
