import type { MakeFingerprint } from "../fingerprints.ts";
import type { CheckMemory } from "./memory.ts";
import type { CheckTarget, ValueToCheck } from "./check_target.ts";

/** A value at a place, with all cells that contain it. */
export type PendingCheck<Cell> = CheckTarget & {
  /** `undefined` where fingerprints are unavailable. */
  readonly fingerprint: string | undefined;
  /** For display. */
  readonly username?: string;
  readonly cells: readonly Cell[];
};

interface Growing<Cell> {
  readonly value: ValueToCheck;
  readonly fingerprint: string | undefined;
  username: string | undefined;
  readonly cells: Cell[];
}

/**
 * Collects the values to check from many secrets and clusters. Each distinct value and place is kept once, however
 * many secrets contain it; nothing else that is secret is kept.
 */
export class PendingChecks<Cell> {
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

  /** @param cell the secret that contains the value */
  async add(value: ValueToCheck, cell: Cell): Promise<void> {
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
      // A value in the user information of a URL has no user name to display.
      before.username ??= username;
      before.cells.push(cell);
    }
  }

  /** In the order in which they were first added. */
  all(): readonly PendingCheck<Cell>[] {
    return [...this.#all.values()].map(({ value, fingerprint, username, cells }) => {
      const { at } = value;
      const where: CheckTarget = "what" in value
        ? { at, what: value.what, by: value.by }
        : { at, notTried: value.notTried };
      return { ...where, fingerprint, ...username !== undefined && { username }, cells };
    });
  }
}
