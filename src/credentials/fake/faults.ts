import type { KubeErrorKind } from "../../kube/errors.ts";
import { rejected } from "../../kube/fake/faults.ts";
import type { FakeCluster, StoreFault } from "../../kube/fake/store.ts";
import type { PullSecretUse, SecretStore } from "../../kube/store.ts";

/** What may go wrong at one call, for tests that have it go wrong at each. */
export const FAULTS: readonly (readonly [name: string, fault: StoreFault])[] = [
  ["nothing sent", { kind: "throw", error: "unreachable" }],
  ["busy", { kind: "throw", error: "busy" }],
  ["first rejected", { kind: "reject", item: 0, error: "forbidden" }],
  ["second rejected", { kind: "reject", item: 1, error: "invalid" }],
  ["cut at the first, not carried out", { kind: "cut", item: 0, applied: false }],
  ["cut at the first, carried out", { kind: "cut", item: 0, applied: true }],
  ["cut at the second, not carried out", { kind: "cut", item: 1, applied: false }],
  ["cut at the second, carried out", { kind: "cut", item: 1, applied: true }],
  ["a bug", { kind: "bug" }],
];

/** Those that a property may combine at will; a bug ends what only reads. */
export const ANY_FAULTS: readonly (StoreFault | undefined)[] = [
  undefined,
  ...FAULTS.filter(([, { kind }]) => kind !== "bug").map(([, fault]) => fault),
  { kind: "reject", item: 0, error: "conflict" },
  { kind: "reject", item: 0, error: "exists" },
  { kind: "reject", item: 1, error: "timeout" },
  { kind: "hang" },
];

/** Has the program die at one call after so many of its items; false when it ends before that. */
export async function killAt(
  cluster: FakeCluster,
  { at, after }: { readonly at: number; readonly after: number },
  run: () => Promise<unknown>,
): Promise<boolean> {
  const reached = Promise.withResolvers<boolean>();
  cluster.fault = ({ index }) => {
    if (index !== at) return undefined;
    reached.resolve(true);
    return { kind: "kill", after };
  };
  const isKilled = await Promise.race([reached.promise, run().then(() => false)]);
  // What was sent at the same time is carried out all the same.
  await new Promise((resolve) => setTimeout(resolve, 0));
  cluster.fault = () => undefined;
  return isKilled;
}

/**
 * A store that refuses some of the changes of service accounts, each with a failure of its own.
 * @param why asked once for each item of a call
 */
export function refusing(
  verb: "attach" | "detach",
  why: (use: PullSecretUse) => KubeErrorKind | undefined,
): (store: SecretStore) => SecretStore {
  return (store) => {
    const change: SecretStore["attach"] = async (uses, deadline, options) => {
      const kinds = uses.map(why);
      const sent = uses.filter((_, i) => kinds[i] === undefined);
      const outcomes = [...await store[verb](sent, deadline, options)];
      return kinds.map((kind) => kind === undefined ? outcomes.shift()! : rejected(kind));
    };
    return { ...store, [verb]: change };
  };
}
