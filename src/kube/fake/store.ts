import type { Deadline } from "../deadline.ts";
import { KubeError, type KubeErrorKind } from "../errors.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text } from "../base64.ts";
import {
  type ItemOutcome,
  type NamespacePhase,
  refKey,
  type Removal,
  type SecretData,
  type SecretManifest,
  type SecretStore,
  type SecretSummary,
  type StoredSecret,
} from "../store.ts";

/** What goes wrong at one call of the store. */
export type StoreFault =
  /** Nothing is sent. */
  | { readonly kind: "throw"; readonly error: KubeErrorKind }
  /** The cluster rejects this item, by its place in the batch; the others go on. */
  | { readonly kind: "reject"; readonly item: number; readonly error: KubeErrorKind }
  /** No answer from this item on; it is carried out all the same or not, the later ones are not. */
  | { readonly kind: "cut"; readonly item: number; readonly applied: boolean }
  /** Nothing happens until the deadline. */
  | { readonly kind: "hang" }
  /** The program dies after so many items: the call never returns. */
  | { readonly kind: "kill"; readonly after: number }
  /** An error that is none of the store's contract: a bug in it. */
  | { readonly kind: "bug" }
  /** Somebody else acts just before. */
  | { readonly kind: "meanwhile"; readonly act: (cluster: FakeCluster) => void };

export interface StoreCall {
  readonly method: "list" | "read" | "create" | "replace" | "remove";
  /** 0 for the first call of this cluster. */
  readonly index: number;
  /** Items in the batch. */
  readonly items: number;
}

/** A cluster's secrets in memory, with faults to order. Held to the store's contract by its suite. */
export class FakeCluster {
  readonly namespaces = new Map<string, NamespacePhase>();
  readonly secrets = new Map<string, StoredSecret>();
  /** Asked before each call. */
  fault: (call: StoreCall) => StoreFault | undefined = () => undefined;
  /** Calls so far. */
  calls: StoreCall[] = [];
  /** Whether namespaces may be read. */
  mayReadNamespaces = true;
  #version = 1;

  /** Puts a secret there as somebody else would; fields left out have defaults. */
  put(
    secret: Partial<StoredSecret> & { namespace: string; name: string },
    data?: SecretData,
  ): StoredSecret {
    const version = String(this.#version++);
    const stored: StoredSecret = {
      type: "Opaque",
      labels: {},
      annotations: {},
      uid: `uid-${version}`,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...secret,
      data: data === undefined ? secret.data ?? seal({}) : seal(data),
      resourceVersion: version,
    };
    this.secrets.set(refKey(stored), stored);
    return stored;
  }

  /** What is there, in the open, without what changes at each write: for comparisons. */
  dump(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.secrets].sort().map(([key, { data, resourceVersion: _, uid: _uid, ...rest }]) => [
        key,
        JSON.parse(JSON.stringify({ ...rest, data: data.reveal() })),
      ]),
    );
  }

  store(): SecretStore {
    return {
      list: async ({ selector, namespace, repository }, deadline) => {
        await this.#query("list", 1, deadline);
        return [...this.secrets.values()]
          .filter((secret) => namespace === undefined || secret.namespace === namespace)
          .filter((secret) => matches(secret.labels, selector))
          .map((secret) => summary(secret, repository === true));
      },
      read: async (refs, deadline) => {
        await this.#query("read", refs.length, deadline);
        const found = refs.flatMap((ref) => this.secrets.get(refKey(ref)) ?? []);
        return {
          secrets: new Map(found.map((secret) => [refKey(secret), secret])),
          namespaces: this.mayReadNamespaces ? new Map(this.namespaces) : undefined,
        };
      },
      create: (secrets, deadline) =>
        this.#write("create", secrets, deadline, (secret) => this.#create(secret)),
      replace: (secrets, deadline) =>
        this.#write("replace", secrets, deadline, (secret) => this.#replace(secret)),
      remove: (removals, deadline) =>
        this.#write("remove", removals, deadline, (removal) => this.#remove(removal)),
    };
  }

  #call(method: StoreCall["method"], items: number): StoreFault | undefined {
    const call = { method, index: this.calls.length, items };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault?.kind === "meanwhile") fault.act(this);
    if (fault?.kind === "bug") throw new TypeError("a bug in the store");
    if (fault?.kind === "throw") throw failure(fault.error);
    return fault;
  }

  async #query(method: StoreCall["method"], items: number, deadline: Deadline): Promise<void> {
    await Promise.resolve();
    const fault = this.#call(method, items);
    if (fault?.kind === "kill") await new Promise(() => {});
    if (fault?.kind === "hang") await passed(deadline);
    if (fault?.kind === "hang" || deadline.signal.aborted) throw failure("timeout");
    if (fault?.kind === "cut") throw failure("unreachable");
    if (fault?.kind === "reject") throw failure(fault.error);
  }

  async #write<Item>(
    method: StoreCall["method"],
    items: readonly Item[],
    deadline: Deadline,
    apply: (item: Item) => ItemOutcome,
  ): Promise<ItemOutcome[]> {
    if (items.length === 0) return [];
    await Promise.resolve();
    const fault = this.#call(method, items.length);
    if (deadline.signal.aborted) throw failure("timeout");
    const unknown: ItemOutcome = { kind: "unknown", error: failure("unreachable") };
    switch (fault?.kind) {
      case "hang":
        await passed(deadline);
        return items.map(() => ({ kind: "unknown", error: failure("timeout") }));
      case "kill":
        items.slice(0, fault.after).forEach(apply);
        return await new Promise(() => {});
      case "reject":
        return items.map((item, i) =>
          i === fault.item ? { kind: "rejected", error: failure(fault.error) } : apply(item)
        );
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

  #create(secret: SecretManifest): ItemOutcome {
    const phase = this.namespaces.get(secret.namespace);
    if (phase === undefined) return rejected("namespace_not_found");
    if (phase === "Terminating") return rejected("namespace_terminating");
    if (this.secrets.has(refKey(secret))) return rejected("exists");
    const { uid, resourceVersion } = this.put(secret, secret.data.reveal());
    return { kind: "done", uid, resourceVersion };
  }

  #replace(secret: SecretManifest): ItemOutcome {
    const current = this.secrets.get(refKey(secret));
    if (current === undefined) return rejected("not_found");
    if (secret.resourceVersion !== current.resourceVersion) return rejected("conflict");
    if (secret.type !== current.type || current.immutable) return rejected("invalid");
    const { uid, creationTimestamp } = current;
    const { resourceVersion } = this.put({ ...secret, uid, creationTimestamp });
    return { kind: "done", uid, resourceVersion };
  }

  #remove({ uid, resourceVersion, ...ref }: Removal): ItemOutcome {
    const current = this.secrets.get(refKey(ref));
    if (current === undefined) return rejected("not_found");
    if (current.uid !== uid || current.resourceVersion !== resourceVersion) {
      return rejected("conflict");
    }
    this.secrets.delete(refKey(ref));
    return { kind: "done", uid, resourceVersion };
  }
}

function failure(kind: KubeErrorKind): KubeError {
  return new KubeError(kind, `Cannot do it: ${kind}`);
}

function rejected(kind: KubeErrorKind): ItemOutcome {
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

/** `key=value` and `key in (a,b)`, which is what this program asks for. */
function matches(labels: Readonly<Record<string, string>>, selector: string): boolean {
  const set = /^(\S+) in \(([^)]*)\)$/.exec(selector);
  if (set) return set[2]!.split(",").includes(labels[set[1]!] ?? "");
  const [key = "", value = ""] = selector.split("=");
  return labels[key] === value;
}

function summary(secret: StoredSecret, repository: boolean): SecretSummary {
  const { namespace, name, labels, type, creationTimestamp } = secret;
  if (!repository) return { namespace, name, labels, type, creationTimestamp };
  const data = secret.data.reveal();
  const text = (key: string) => data[key] ? decodeBase64Text(data[key]) : undefined;
  return {
    namespace,
    name,
    labels,
    type,
    creationTimestamp,
    repository: {
      url: text("url"),
      name: text("name"),
      type: text("type"),
      username: text("username"),
      enableOCI: text("enableOCI"),
      project: text("project"),
      usernameIsToken: text("password") === "x-oauth-basic",
    },
  };
}
