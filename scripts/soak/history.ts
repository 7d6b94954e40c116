/**
 * The writes to one secret, and whether its final value agrees with the responses. Many clients may write
 * it concurrently: each attempt has a start and the time of its response.
 */

/** The result for one secret. `maybe`: the response does not say, or there was none. */
export type Effect = "written" | "not written" | "maybe";

export interface Attempt {
  /** Unique for each attempt of a run. */
  readonly value: string;
  /** Milliseconds. */
  readonly began: number;
  /** Milliseconds; Infinity without a response, since the write may be carried out at any time. */
  readonly ended: number;
  readonly effect: Effect;
}

export type Held =
  | { readonly kind: "nothing" }
  | { readonly kind: "whole"; readonly value: string }
  /** The value is not one that a request sent. */
  | { readonly kind: "half"; readonly why: string };

export type Verdict =
  | "right"
  /** The secret is missing or has a replaced value, although a later write was successful. */
  | "lost"
  | "half-written"
  /** The secret has a value whose write failed. */
  | "denied";

/**
 * A write that started after the response of another one is later. So the final value must be of an attempt
 * that may have succeeded, and after whose end no successful write started.
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
