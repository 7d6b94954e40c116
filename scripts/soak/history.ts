/**
 * What was sent to one secret, and whether what it holds at the end agrees with the answers. Many
 * may write it at once: an attempt is known by when it began and when its answer was there.
 */

/** What the answer says of one secret. `maybe`: it does not say, or there was none. */
export type Effect = "written" | "not written" | "maybe";

export interface Attempt {
  /** No two attempts of a run send the same. */
  readonly value: string;
  /** Milliseconds. */
  readonly began: number;
  /** Milliseconds; Infinity without an answer: it may be carried out at any time. */
  readonly ended: number;
  readonly effect: Effect;
}

export type Held =
  | { readonly kind: "nothing" }
  | { readonly kind: "whole"; readonly value: string }
  /** No value that one request has sent. */
  | { readonly kind: "half"; readonly why: string };

export type Verdict =
  | "right"
  /** Nothing, or a value that was replaced: what was answered to be written is not there. */
  | "lost"
  | "half-written"
  /** What was answered not to be written is there. */
  | "denied";

/**
 * A write that began after another's answer came after it. So the last value is that of an attempt
 * that may have written, and after whose end none began that did write.
 */
export function judge(attempts: readonly Attempt[], held: Held): Verdict {
  const written = attempts.filter(({ effect }) => effect === "written");
  if (held.kind === "half") return "half-written";
  if (held.kind === "nothing") return written.length === 0 ? "right" : "lost";
  const from = attempts.find(({ value }) => value === held.value);
  if (from === undefined) return "half-written";
  if (written.some(({ began }) => began > from.ended)) return "lost";
  return from.effect === "not written" ? "denied" : "right";
}

export interface Ref {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

export const keyOf = ({ cluster, namespace, name }: Ref) => `${cluster}/${namespace}/${name}`;

/** The attempts of all secrets of a run. */
export class Histories {
  readonly #attempts = new Map<string, { ref: Ref; attempts: Attempt[] }>();

  add(ref: Ref, attempt: Attempt): void {
    const history = this.#attempts.get(keyOf(ref));
    if (history) history.attempts.push(attempt);
    else this.#attempts.set(keyOf(ref), { ref, attempts: [attempt] });
  }

  get size(): number {
    return this.#attempts.size;
  }

  all(): Iterable<{ readonly ref: Ref; readonly attempts: readonly Attempt[] }> {
    return this.#attempts.values();
  }
}
