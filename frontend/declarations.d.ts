/** Made by scripts/build.mjs: the widgets of frontend/widgets/ by name. */
declare module "widgets:registry" {
  export interface Widget {
    mount(root: HTMLElement, data: unknown): void;
  }
  const registry: Record<string, () => Promise<Widget>>;
  export default registry;
}

/** The parts of htmx that we touch; the package declares its types for another file name. */
declare module "htmx.org/dist/htmx.esm.js" {
  const htmx: {
    config: { history: boolean | "reload" };
    process(element: Element): void;
  };
  export default htmx;
}
