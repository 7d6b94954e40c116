import type { MakeFingerprint } from "../fingerprints.ts";
import type { CheckMemory } from "./memory.ts";
import type { TriedValue, Where } from "./tried_value.ts";

/** A value at a place, with all cells in which it stands. */
export type Try<Cell> = Where & {
  /** `undefined` when none can be made. */
  readonly fingerprint: string | undefined;
  /** For showing. */
  readonly username?: string;
  readonly cells: readonly Cell[];
};

interface Growing<Cell> {
  readonly value: TriedValue;
  readonly fingerprint: string | undefined;
  username: string | undefined;
  readonly cells: Cell[];
}

/**
 * Collects what is to be tried, over many secrets and clusters: each distinct value and place is there once,
 * however often it stands somewhere, and nothing else that is secret is held.
 */
export class Tries<Cell> {
  readonly #keysOf: CheckMemory["keysOf"];
  readonly #fingerprint: MakeFingerprint;
  readonly #all = new Map<string, Growing<Cell>>();

  constructor(
    { memory, fingerprint }: {
      readonly memory: CheckMemory;
      readonly fingerprint: MakeFingerprint;
    },
  ) {
    this.#keysOf = memory.keysOf;
    this.#fingerprint = fingerprint;
  }

  /** @param cell where the value stands */
  async add(value: TriedValue, cell: Cell): Promise<void> {
    const fingerprint = await this.#fingerprint(value.value);
    const key = JSON.stringify(
      "what" in value
        ? [fingerprint, value.by, this.#keysOf(value.what).whole]
        : [fingerprint, value.at, value.notTried, value.username],
    );
    const before = this.#all.get(key);
    const { username } = value;
    if (before === undefined) {
      this.#all.set(key, { value, fingerprint, username, cells: [cell] });
    } else {
      // In the user information of a URL it is shown nowhere.
      before.username ??= username;
      before.cells.push(cell);
    }
  }

  /** In the order in which they were first added. */
  all(): readonly Try<Cell>[] {
    return [...this.#all.values()].map(({ value, fingerprint, username, cells }) => {
      const { at } = value;
      const where: Where = "what" in value
        ? { at, what: value.what, by: value.by }
        : { at, notTried: value.notTried };
      return { ...where, fingerprint, ...username !== undefined && { username }, cells };
    });
  }
}
