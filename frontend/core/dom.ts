/** Find one element; `null` when it is not on this page. */
export function one<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E | null {
  return root.querySelector<E>(selector);
}

export function all<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E[] {
  return [...root.querySelectorAll<E>(selector)];
}

/** The nearest element around an event's target that matches, so that one listener on the document serves swapped-in parts too. */
export function around<E extends Element = HTMLElement>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}

/** True while letters belong to a field and not to shortcuts. */
export function isTyping(event: Event): boolean {
  return around(event, "input, textarea, select, [contenteditable], .cm-editor") !== null;
}

/** A new element with its attributes and what stands inside; text goes in as text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
