import type { KubeErrorKind } from "../../kube/errors.ts";
import { rejected } from "../../kube/fake/faults.ts";
import type { FakeCluster, StoreFault } from "../../kube/fake/store.ts";
import type { PullSecretUse, SecretStore } from "../../kube/store.ts";

/** Faults to inject at one call of the store; tests inject each of them at each call. */
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

/** Faults for property tests to combine freely; without the bug, which would end a read. */
export const ANY_FAULTS: readonly (StoreFault | undefined)[] = [
  undefined,
  ...FAULTS.filter(([, { kind }]) => kind !== "bug").map(([, fault]) => fault),
  { kind: "reject", item: 0, error: "conflict" },
  { kind: "reject", item: 0, error: "exists" },
  { kind: "reject", item: 1, error: "timeout" },
  { kind: "hang" },
];

/**
 * Kills the program at one call, after some of the call's items.
 * @returns false when the program finished before that call
 */
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
  // Requests that were sent at the same time are still carried out.
  await new Promise((resolve) => setTimeout(resolve, 0));
  cluster.fault = () => undefined;
  return isKilled;
}

/**
 * A store that rejects some changes of service accounts, each with its own error.
 * @param why returns the error for a use, or `undefined` to let it pass; called once per item
 */
export function rejectingUses(
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
