/**
 * A value that must not be printed. Turning it into text, JSON or console output gives `[sealed]`;
 * only {@link Sealed.reveal} gives the value, so that a search for `reveal(` finds every use
 * of a credential.
 */
export class Sealed<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return "[sealed]";
  }

  toJSON(): string {
    return "[sealed]";
  }

  [Symbol.for("Deno.customInspect")](): string {
    return "[sealed]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[sealed]";
  }
}

export function seal<T>(value: T): Sealed<T> {
  return new Sealed(value);
}
