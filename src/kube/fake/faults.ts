import type { Deadline } from "../deadline.ts";
import { KubeError, type KubeErrorKind } from "../errors.ts";
import type { ClusterProbe } from "../probe.ts";
import type { ItemOutcome, SecretStore } from "../store.ts";

/** A failure to simulate at one call of the store. */
export type FaultAt<Cluster> =
  /** Nothing is sent. */
  | { readonly kind: "throw"; readonly error: KubeErrorKind }
  /** The cluster rejects the item at this index of the batch, and handles the others. */
  | { readonly kind: "reject"; readonly item: number; readonly error: KubeErrorKind }
  /** No response from the item at this index on. That item is applied or not; later ones are not. */
  | { readonly kind: "cut"; readonly item: number; readonly applied: boolean }
  /** No response until the deadline. Writes are applied then if `applied` is set. */
  | { readonly kind: "hang"; readonly applied?: boolean }
  /** The program dies after this many items: the call never returns. */
  | { readonly kind: "kill"; readonly after: number }
  /** An error outside of the store's contract: a bug in the store. */
  | { readonly kind: "bug" }
  /** Somebody else changes the cluster just before the call. */
  | { readonly kind: "meanwhile"; readonly act: (cluster: Cluster) => void };

export interface StoreCall {
  readonly method: keyof SecretStore | keyof ClusterProbe;
  /** 0 for the first call of this cluster. */
  readonly index: number;
  /** Items in the batch. */
  readonly items: number;
  /** Present when it was a dry run. */
  readonly dryRun?: true;
}

/** Records calls and simulates failures. */
export abstract class FaultyCalls {
  /** Called before each call; returns the failure to simulate. */
  fault: (call: StoreCall) => FaultAt<this> | undefined = () => undefined;
  /** Calls so far. */
  calls: StoreCall[] = [];

  /** A call that changes nothing. */
  protected async query(
    method: StoreCall["method"],
    items: number,
    deadline: Deadline,
  ): Promise<void> {
    await Promise.resolve();
    const fault = this.#call({ method, index: this.calls.length, items });
    if (fault?.kind === "kill") await new Promise(() => {});
    if (fault?.kind === "hang") await passed(deadline);
    if (fault?.kind === "hang" || deadline.signal.aborted) throw failure("timeout");
    if (fault?.kind === "cut") throw failure("unreachable");
    if (fault?.kind === "reject") throw failure(fault.error);
  }

  /** A call that changes something, item by item, unless it is a dry run. */
  protected async write<Item>(
    method: StoreCall["method"],
    items: readonly Item[],
    deadline: Deadline,
    dryRun: boolean | undefined,
    apply: (item: Item) => ItemOutcome,
  ): Promise<ItemOutcome[]> {
    if (items.length === 0) return [];
    await Promise.resolve();
    const call = { method, index: this.calls.length, items: items.length };
    const fault = this.#call(dryRun ? { ...call, dryRun } : call);
    if (deadline.signal.aborted) throw failure("timeout");
    const unknown: ItemOutcome = { kind: "unknown", error: failure("unreachable") };
    switch (fault?.kind) {
      case "hang":
        await passed(deadline);
        if (fault.applied) items.forEach(apply);
        return items.map(() => ({ kind: "unknown", error: failure("timeout") }));
      case "kill":
        items.slice(0, fault.after).forEach(apply);
        return await new Promise(() => {});
      case "reject":
        return items.map((item, i) => i === fault.item ? rejected(fault.error) : apply(item));
      case "cut":
        return items.map((item, i) => {
          if (i < fault.item) return apply(item);
          if (i === fault.item && fault.applied) apply(item);
          return unknown;
        });
      default:
        return items.map(apply);
    }
  }

  #call(call: StoreCall): FaultAt<this> | undefined {
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault?.kind === "meanwhile") fault.act(this);
    if (fault?.kind === "bug") throw new TypeError("a bug in the store");
    if (fault?.kind === "throw") throw failure(fault.error);
    return fault;
  }
}

export function failure(kind: KubeErrorKind): KubeError {
  return new KubeError(kind, `Cannot do it: ${kind}`);
}

export function rejected(kind: KubeErrorKind): ItemOutcome {
  return { kind: "rejected", error: failure(kind) };
}

function passed(deadline: Deadline): Promise<void> {
  if (deadline.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // The deadline's own timer does not keep the process alive.
    const alive = setInterval(() => {}, 1000);
    deadline.signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    }, { once: true });
  });
}
