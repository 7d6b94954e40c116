import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { KubeError } from "../errors.ts";
import { doing, notDone, type Reported } from "../reasons.ts";
import { fromWire, secretPath, toWire, type WireSecret } from "../manifest.ts";
import {
  type ItemOutcome,
  type ListQuery,
  type NamespacePhase,
  refKey,
  type Removal,
  type SecretManifest,
  type SecretRef,
  type SecretStore,
  type SecretSummary,
  type Snapshot,
  type StoredSecret,
} from "../store.ts";
import { kubectlOf, type KubectlOptions, UNREPORTED } from "./command.ts";
import type { ProcessResult } from "../process.ts";
import { parseSummaries, parseWritten, summaryTemplate, WRITTEN_TEMPLATE } from "./templates.ts";

/** Each is a process: a thousand at once would fill the queue that others wait in too. */
const REMOVALS_AT_ONCE = 4;

/**
 * A {@link SecretStore} over kubectl: one process a call (one an item for `remove`), manifests on
 * standard input, values never in arguments.
 *
 * Permissions: `--allow-run=kubectl,kill`.
 */
export function kubectlStore(options: KubectlOptions): SecretStore {
  const kubectl = kubectlOf(options);

  async function list(listQuery: ListQuery, deadline: Deadline): Promise<SecretSummary[]> {
    const { selector, namespace, repository = false } = listQuery;
    const scope = namespace === undefined ? ["--all-namespaces"] : [`--namespace=${namespace}`];
    return parseSummaries(
      await kubectl.query(doing.list(namespace), [
        "get",
        "secrets",
        ...scope,
        `--selector=${selector}`,
        `--output=go-template=${summaryTemplate(repository)}`,
      ], deadline),
    );
  }

  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const secrets = refs.map(({ namespace, name }) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name },
    }));
    const namespaces = [...new Set(refs.map(({ namespace }) => namespace))].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    try {
      return snapshot(await get([...secrets, ...namespaces], deadline), true);
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== "forbidden") throw error;
      // Perhaps it is only the namespaces that may not be read.
      return snapshot(await get(secrets, deadline), false);
    }
  }

  function get(items: unknown[], deadline: Deadline): Promise<string> {
    const args = ["get", "--filename=-", "--ignore-not-found", "--output=json"];
    return kubectl.query(doing.read, args, deadline, listOf(items));
  }

  async function write(
    verb: "create" | "replace",
    secrets: readonly SecretManifest[],
    deadline: Deadline,
  ): Promise<ItemOutcome[]> {
    if (secrets.length === 0) return [];
    const result = await kubectl.start(
      [
        verb,
        "--validate=false",
        "--filename=-",
        "--field-manager=argocd-configurer",
        `--output=go-template=${WRITTEN_TEMPLATE}`,
      ],
      deadline,
      listOf(secrets.map(toWire)),
    );
    return outcomes(verb, secrets, result, deadline);
  }

  /**
   * kubectl goes on after an item that fails, says on standard output which ones succeeded, and on
   * standard error one line for each that did not, in the order of the List.
   */
  function outcomes(
    verb: "create" | "replace",
    secrets: readonly SecretManifest[],
    result: ProcessResult,
    deadline: Deadline,
  ): ItemOutcome[] {
    const written = parseWritten(result.stdout);
    const failures = kubectl.failures(result, deadline);
    const missing = secrets.filter((secret) => !written.has(refKey(secret)));
    const reportOf = new Map<SecretManifest, Reported>();
    missing.forEach((secret, i) => {
      const isWhole = written.size === 0 && failures.every(({ whole }) => whole);
      const all = isWhole ? failures[0] : undefined;
      const own = failures.length === missing.length ? failures[i] : all;
      reportOf.set(secret, own ?? { ...(failures[0] ?? UNREPORTED), uncertain: true });
    });
    return secrets.map((secret) => {
      const done = written.get(refKey(secret));
      if (done) return { kind: "done", ...done };
      const report = reportOf.get(secret)!;
      return notDone(options.cluster, doing.write(verb, secret), report, secret);
    });
  }

  async function removeOne(removal: Removal, deadline: Deadline): Promise<ItemOutcome> {
    const { uid, resourceVersion } = removal;
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid, resourceVersion },
    };
    const args = ["delete", `--raw=${secretPath(removal)}`, "--filename=-"];
    const result = await kubectl.start(args, deadline, JSON.stringify(body));
    if (result.ended === "exit" && result.code === 0) return { kind: "done", uid, resourceVersion };
    const report = kubectl.failures(result, deadline)[0] ?? UNREPORTED;
    return notDone(options.cluster, doing.write("delete", removal), report, removal);
  }

  async function remove(removals: readonly Removal[], deadline: Deadline): Promise<ItemOutcome[]> {
    return await pLimit(REMOVALS_AT_ONCE).map(removals, (removal) =>
      // One that cannot be started is an outcome of that item: others may have been carried out.
      removeOne(removal, deadline).catch((error): ItemOutcome => {
        if (error instanceof KubeError) return { kind: "rejected", error };
        throw error;
      }));
  }

  return {
    list,
    read,
    create: (secrets, deadline) => write("create", secrets, deadline),
    replace: (secrets, deadline) => write("replace", secrets, deadline),
    remove,
  };
}

function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

type WireNamespace = { kind: "Namespace"; metadata: { name: string }; status?: { phase?: string } };
type WireItem = WireSecret | WireNamespace;

/** Parses a `get -o json`: nothing, one object, or a List of them. */
function snapshot(stdout: string, withNamespaces: boolean): Snapshot {
  const secrets = new Map<string, StoredSecret>();
  const namespaces = new Map<string, NamespacePhase>();
  for (const item of itemsOf(stdout)) {
    if (item.kind === "Secret") {
      const secret = fromWire(item);
      secrets.set(refKey(secret), secret);
    } else {
      const terminating = item.status?.phase === "Terminating";
      namespaces.set(item.metadata.name, terminating ? "Terminating" : "Active");
    }
  }
  return { secrets, namespaces: withNamespaces ? namespaces : undefined };
}

function itemsOf(stdout: string): WireItem[] {
  if (stdout.trim() === "") return [];
  try {
    const parsed = JSON.parse(stdout) as WireItem | { kind: "List"; items: WireItem[] };
    return parsed.kind === "List" ? parsed.items : [parsed];
  } catch {
    // The parser's own message quotes its input, which is secrets.
    throw new KubeError("failed", "Cannot read secrets: kubectl's output is not JSON");
  }
}
