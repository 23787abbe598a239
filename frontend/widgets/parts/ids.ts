let count = 0;

/** An id that is free on this page, for labels and descriptions. */
export function freshId(): string {
  count += 1;
  return `widget-${count}`;
}
