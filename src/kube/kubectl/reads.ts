import type { Deadline } from "../deadline.ts";
import { KubeError } from "../errors.ts";
import { fromWire, namespacePhase, type WireNamespace, type WireSecret } from "../manifest.ts";
import type { WireServiceAccount } from "../pull_secrets.ts";
import { doing } from "../reasons.ts";
import {
  type NamespacePhase,
  refKey,
  type SecretRef,
  type Snapshot,
  type StoredSecret,
} from "../store.ts";
import type { Kubectl } from "./command.ts";

export interface KubectlReads {
  read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot>;
  readAccounts(refs: readonly SecretRef[], deadline: Deadline): Promise<WireServiceAccount[]>;
}

/** What is read by name: one `kubectl get` of a List on standard input. */
export function kubectlReads(kubectl: Kubectl): KubectlReads {
  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const secrets = refs.map((ref) => named("Secret", ref));
    const namespaces = [...new Set(refs.map(({ namespace }) => namespace))]
      .map((name) => named("Namespace", { name }));
    try {
      return snapshot(await get(doing.read, [...secrets, ...namespaces], deadline), true);
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== "forbidden") throw error;
      // Perhaps it is only the namespaces that may not be read.
      return snapshot(await get(doing.read, secrets, deadline), false);
    }
  }

  async function readAccounts(
    refs: readonly SecretRef[],
    deadline: Deadline,
  ): Promise<WireServiceAccount[]> {
    const accounts = refs.map((ref) => named("ServiceAccount", ref));
    return itemsOf(await get(doing.readAccounts, accounts, deadline));
  }

  function get(what: string, items: readonly unknown[], deadline: Deadline): Promise<string> {
    const args = ["get", "--filename=-", "--ignore-not-found", "--output=json"];
    return kubectl.query(what, args, deadline, listOf(items));
  }

  return { read, readAccounts };
}

function named(kind: string, { namespace, name }: { namespace?: string; name: string }) {
  return { apiVersion: "v1", kind, metadata: { namespace, name } };
}

/** Objects as kubectl takes several of them on standard input. */
export function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

function snapshot(stdout: string, withNamespaces: boolean): Snapshot {
  const secrets = new Map<string, StoredSecret>();
  const namespaces = new Map<string, NamespacePhase>();
  for (const item of itemsOf<WireSecret | WireNamespace>(stdout)) {
    if (item.kind === "Secret") {
      const secret = fromWire(item);
      secrets.set(refKey(secret), secret);
    } else {
      namespaces.set(item.metadata.name, namespacePhase(item.status?.phase));
    }
  }
  return { secrets, namespaces: withNamespaces ? namespaces : undefined };
}

/** Parses a `get -o json`: nothing, one object, or a List of them. */
function itemsOf<Item>(stdout: string): Item[] {
  if (stdout.trim() === "") return [];
  try {
    const parsed = JSON.parse(stdout);
    return parsed.kind === "List" ? parsed.items : [parsed];
  } catch {
    // The parser's own message quotes its input, which is secrets.
    throw new KubeError("failed", "Cannot read secrets: kubectl's output is not JSON");
  }
}
