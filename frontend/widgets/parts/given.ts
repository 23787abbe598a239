/** Strict reading of a widget's `data-data`: what does not fit throws a sentence that names its place, and the words stay. */
export type Point = readonly [number, number];

export class Given {
  constructor(
    private readonly value: unknown,
    private readonly place = "data",
  ) {}

  has(name: string): boolean {
    return this.fields()[name] !== undefined;
  }

  get(name: string): Given {
    return new Given(this.fields()[name], `${this.place}.${name}`);
  }

  number(low = -Infinity, high = Infinity): number {
    const { value } = this;
    if (typeof value !== "number" || !(value >= low && value <= high)) throw this.wrong(`a number between ${low} and ${high}`);
    return value;
  }

  whole(low: number, high: number): number {
    const value = this.number(low, high);
    if (!Number.isInteger(value)) throw this.wrong("a whole number");
    return value;
  }

  is(value: string): boolean {
    return this.value === value;
  }

  text(): string {
    if (typeof this.value !== "string" || this.value.trim() === "") throw this.wrong("a text");
    return this.value;
  }

  truth(): boolean {
    if (typeof this.value !== "boolean") throw this.wrong("true or false");
    return this.value;
  }

  each<T>(read: (one: Given) => T, least = 1): T[] {
    if (!Array.isArray(this.value) || this.value.length < least) throw this.wrong(`a list of at least ${least}`);
    return this.value.map((one, place) => read(new Given(one, `${this.place}[${place}]`)));
  }

  pair<T>(read: (one: Given) => T): readonly [T, T] {
    const [first, second, ...more] = this.each(read, 2);
    if (more.length) throw this.wrong("a pair");
    return [first!, second!];
  }

  point(reach = 1e6): Point {
    return this.pair((one) => one.number(-reach, reach));
  }

  /** What `read` finds under the name, or the value that stands in for a missing one. */
  maybe<T>(name: string, read: (one: Given) => T, otherwise: T): T {
    return this.has(name) ? read(this.get(name)) : otherwise;
  }

  wrong(wanted: string): Error {
    return new Error(`${this.place} is not ${wanted}`);
  }

  private fields(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) throw this.wrong("an object");
    return this.value as Record<string, unknown>;
  }
}
