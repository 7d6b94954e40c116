import type { Deadline } from "../deadline.ts";
import { isForbidden } from "../errors.ts";
import { fromWire, namespacePhase, type WireNamespace, type WireSecret } from "../manifest.ts";
import type { WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf, whyOtherAnswer } from "../reasons.ts";
import { isObject, parsedJson } from "../../text/json.ts";
import {
  type NamespacePhase,
  refKey,
  type SecretRef,
  type Snapshot,
  type StoredSecret,
} from "../store.ts";
import type { Kubectl } from "./command.ts";

/** Reads objects by name, with one `kubectl get` of a List on standard input. */
export function kubectlReads(kubectl: Kubectl, cluster: string) {
  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const secrets = refs.map((ref) => named("Secret", ref));
    const namespaces = [...new Set(refs.map(({ namespace }) => namespace))]
      .map((name) => named("Namespace", { name }));
    try {
      return snapshot(await get(doing.read, [...secrets, ...namespaces], deadline), true);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      // Perhaps only the permission to read namespaces is missing.
      return snapshot(await get(doing.read, secrets, deadline), false);
    }
  }

  async function readAccounts(
    refs: readonly SecretRef[],
    deadline: Deadline,
  ): Promise<WireServiceAccount[]> {
    const accounts = refs.map((ref) => named("ServiceAccount", ref));
    return await get<WireServiceAccount>(doing.readAccounts, accounts, deadline);
  }

  /** The requested objects that exist. @throws {KubeError} also when kubectl prints other objects */
  async function get<Item>(
    what: string,
    requested: readonly Named[],
    deadline: Deadline,
  ): Promise<Item[]> {
    const args = ["get", "--filename=-", "--ignore-not-found", "--output=json"];
    const stdout = await kubectl.query(what, args, deadline, listOf(requested));
    if (stdout.trim() === "") return [];
    const items = itemsOf(parsedJson(stdout));
    const keys = new Set(requested.map(keyOf));
    if (items?.every((item) => isNamed(item) && keys.has(keyOf(item)))) return items as Item[];
    const why = whyOtherAnswer("something else", "the requested objects");
    throw errorOf(cluster, what, { kind: "failed", why, uncertain: false });
  }

  return { read, readAccounts };
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

function isNamed(item: unknown): item is Named {
  return isObject(item) && isObject(item.metadata);
}

function keyOf({ apiVersion, kind, metadata: { namespace, name } }: Named): string {
  return JSON.stringify([apiVersion, kind, namespace ?? "", name]);
}

function named(kind: string, { namespace, name }: { namespace?: string; name: string }): Named {
  return { apiVersion: "v1", kind, metadata: { namespace, name } };
}

/** A List of objects, for kubectl's standard input. */
export function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

function snapshot(
  items: readonly (WireSecret | WireNamespace)[],
  withNamespaces: boolean,
): Snapshot {
  const secrets = new Map<string, StoredSecret>();
  const namespaces = new Map<string, NamespacePhase>();
  for (const item of items) {
    if (item.kind === "Secret") {
      const secret = fromWire(item);
      secrets.set(refKey(secret), secret);
    } else {
      namespaces.set(item.metadata.name, namespacePhase(item.status?.phase));
    }
  }
  return { secrets, namespaces: withNamespaces ? namespaces : undefined };
}

/** The objects in the output of `get -o json`: a single object, or a List. */
function itemsOf(parsed: unknown): readonly unknown[] | undefined {
  if (!isObject(parsed) || parsed.kind !== "List") return [parsed];
  const { items } = parsed as { items?: unknown };
  return Array.isArray(items) ? items : undefined;
}
