import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { fromWire, secretPath, toWire, type WireSecret } from "../manifest.ts";
import { doing, errorOf, notDone, type Reported, together } from "../reasons.ts";
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
import { type Answered, type ApiCall, type ApiClient, apiClient } from "./client.ts";
import { type Connector, connectorOf, type KubeconfigSource } from "./connection.ts";
import { NoAnswer } from "./http.ts";
import {
  AS_TABLE,
  type SecretList,
  type SecretTable,
  summariesOfList,
  summariesOfTable,
} from "./lists.ts";

export interface ApiStoreOptions {
  /** The cluster's name, for messages. */
  readonly cluster: string;
  /** Its kubeconfig, vetted. */
  readonly kubeconfig: KubeconfigSource;
  /** The environment of exec plugins, and where proxies are named. */
  readonly env: Readonly<Record<string, string>>;
  readonly onCall?: (call: ApiCall) => void;
}

/** A store that keeps connections. */
export interface ApiStore extends SecretStore {
  close(): void;
}

/** Requests of one call under way at once. */
const AT_ONCE = 16;

/** Secrets in one page of a list: kubectl's number. */
const PAGE = 500;

/**
 * A {@link SecretStore} over HTTPS, with connections that are kept from call to call.
 *
 * Permissions: `--allow-net` of the server, `--allow-read` of files that the kubeconfig names,
 * `--allow-run` of its exec plugins.
 */
export function apiStore(options: ApiStoreOptions): ApiStore {
  const { cluster } = options;
  let opened: Promise<{ connector: Connector; client: ApiClient }> | undefined;

  /** Everything starts with the first request, the import of what reads a kubeconfig too. */
  function open() {
    return opened ??= connectorOf(options.kubeconfig, options.env).then((connector) => ({
      connector,
      client: apiClient(connector, (call) => options.onCall?.(call)),
    }));
  }

  async function call(
    request: Parameters<ApiClient["call"]>[0],
    deadline: Deadline,
    accept?: string,
  ): Promise<Answered> {
    try {
      const { client } = await open();
      return await client.call(request, deadline, accept);
    } catch (error) {
      if (error instanceof NoAnswer) return { ok: false, report: error.report };
      throw error;
    }
  }

  async function list(query: ListQuery, deadline: Deadline): Promise<SecretSummary[]> {
    const { selector, namespace, repository = false } = query;
    const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
    const found: SecretSummary[] = [];
    for (let next: string | undefined = ""; next !== undefined;) {
      const parameters = new URLSearchParams({ labelSelector: selector, limit: String(PAGE) });
      if (next !== "") parameters.set("continue", next);
      if (!repository) parameters.set("includeObject", "Metadata");
      const path = `/api/v1${scope}/secrets?${parameters}`;
      const accept = repository ? undefined : AS_TABLE;
      const answer = await call({ method: "GET", path }, deadline, accept);
      if (!answer.ok) throw errorOf(cluster, doing.list(namespace), answer.report);
      const page = answer.body as SecretTable & SecretList;
      found.push(...(repository ? summariesOfList(page) : summariesOfTable(page)));
      next = page.metadata?.continue || undefined;
    }
    return found;
  }

  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const names = [...new Set(refs.map(({ namespace }) => namespace))];
    const limit = pLimit(AT_ONCE);
    const get = (path: string) => limit(() => call({ method: "GET", path }, deadline));
    const [secrets, namespaces] = await Promise.all([
      Promise.all(refs.map((ref) => get(secretPath(ref)))),
      Promise.all(names.map((name) => get(`/api/v1/namespaces/${name}`))),
    ]);
    const mayRead = !namespaces.some((answer) => !answer.ok && answer.report.kind === "forbidden");
    const failed = together(
      [...secrets, ...(mayRead ? namespaces : [])].flatMap((answer) =>
        answer.ok || isAbsent(answer.report) ? [] : [answer.report]
      ),
    );
    if (failed) throw errorOf(cluster, doing.read, failed);
    return { secrets: found(secrets), namespaces: mayRead ? phases(namespaces) : undefined };
  }

  async function write(
    verb: "create" | "replace",
    secrets: readonly SecretManifest[],
    deadline: Deadline,
  ): Promise<ItemOutcome[]> {
    return await pLimit(AT_ONCE).map(secrets, async (secret): Promise<ItemOutcome> => {
      const path = verb === "create"
        ? `/api/v1/namespaces/${secret.namespace}/secrets`
        : secretPath(secret);
      const answer = await call({
        method: verb === "create" ? "POST" : "PUT",
        path: `${path}?fieldManager=argocd-configurer`,
        body: JSON.stringify(toWire(secret)),
      }, deadline);
      if (!answer.ok) return notDone(cluster, doing.write(verb, secret), answer.report, secret);
      const { uid, resourceVersion } = fromWire(answer.body as WireSecret);
      return { kind: "done", uid, resourceVersion };
    });
  }

  async function remove(removals: readonly Removal[], deadline: Deadline): Promise<ItemOutcome[]> {
    return await pLimit(AT_ONCE).map(removals, async (removal): Promise<ItemOutcome> => {
      const { uid, resourceVersion } = removal;
      const body = JSON.stringify({
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions: { uid, resourceVersion },
      });
      const answer = await call({ method: "DELETE", path: secretPath(removal), body }, deadline);
      if (answer.ok) return { kind: "done", uid, resourceVersion };
      return notDone(cluster, doing.write("delete", removal), answer.report, removal);
    });
  }

  return {
    list,
    read,
    create: (secrets, deadline) => write("create", secrets, deadline),
    replace: (secrets, deadline) => write("replace", secrets, deadline),
    remove,
    close: () => void opened?.then(({ connector }) => connector.close(), () => {}),
  };
}

function isAbsent({ kind }: Reported): boolean {
  return kind === "not_found" || kind === "namespace_not_found";
}

function found(answers: readonly Answered[]): Map<string, StoredSecret> {
  const secrets = answers.flatMap((answer) =>
    answer.ok ? [fromWire(answer.body as WireSecret)] : []
  );
  return new Map(secrets.map((secret) => [refKey(secret), secret]));
}

function phases(answers: readonly Answered[]): Map<string, NamespacePhase> {
  return new Map(answers.flatMap((answer) => {
    if (!answer.ok) return [];
    const { metadata, status } = answer.body as {
      metadata: { name: string };
      status?: { phase?: string };
    };
    const phase = status?.phase === "Terminating" ? "Terminating" : "Active";
    return [[metadata.name, phase] as const];
  }));
}
