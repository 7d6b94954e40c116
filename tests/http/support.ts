import assert from "node:assert/strict";
import type { AuditLog } from "../../src/audit/audit_log.ts";
import { addDocker } from "../../src/credentials/add_docker.ts";
import { addRepo } from "../../src/credentials/add_repo.ts";
import { listSecrets } from "../../src/credentials/list.ts";
import { removeSecrets } from "../../src/credentials/remove_secrets.ts";
import { showSecret } from "../../src/credentials/show_secret.ts";
import type { OpenCluster } from "../../src/credentials/stores.ts";
import {
  verifyDocker,
  type VerifyOne,
  verifyRepo,
} from "../../src/credentials/verify_credential.ts";
import { Locks } from "../../src/credentials/write/locks.ts";
import type { KubeError } from "../../src/kube/errors.ts";
import { FakeCluster } from "../../src/kube/fake/store.ts";
import { configureLog } from "../../src/log/logger.ts";
import { type App, createApp } from "../../src/server/app.ts";
import type { ServerDeps, UseCases } from "../../src/server/endpoint.ts";
import { assertDocumented } from "./documented.ts";

/** The password of every request here, made anew in each run: nothing may ever show it. */
export const CANARY = `canary${crypto.randomUUID()}`;

export const DOCKER_LABELS = {
  "jjo.finance/secret-type": "docker-creds",
  "mcops.tech/secret-type": "docker-creds",
};

export interface Stage {
  readonly app: App;
  /** What is behind the name `test-cluster`. */
  readonly cluster: FakeCluster;
  /** Names of the clusters that were opened, in order. */
  readonly opened: string[];
  /** What was logged since, one line each. */
  readonly logged: string[];
  /** Bugs that a write has survived. */
  readonly faults: unknown[];
}

export interface StageOptions {
  /** How `test-cluster` opens, when not with a {@link FakeCluster}. */
  readonly refused?: KubeError;
  /** @default 10 */
  readonly seconds?: number;
  readonly deps?: Partial<Omit<ServerDeps, "useCases">>;
  readonly useCases?: Partial<UseCases>;
  readonly logFormat?: "text" | "json";
  /** @default writes are not recorded */
  readonly auditLog?: AuditLog;
  /** @default nowhere is there anything to ask */
  readonly verifyOne?: VerifyOne;
}

const noneToAsk: VerifyOne = () =>
  Promise.resolve({
    reachable: false,
    accepted: undefined,
    may: [],
    asked: "https://registry.example/",
    why: "Nothing is there",
  });

/** The app over a cluster in memory with the namespaces that the seed's requests name. */
export function stage(options: StageOptions = {}): Stage {
  const cluster = new FakeCluster();
  for (const name of ["default", "kube-system", "argocd"]) cluster.namespaces.set(name, "Active");
  const opened: string[] = [];
  const logged: string[] = [];
  const faults: unknown[] = [];
  configureLog({
    format: options.logFormat ?? "json",
    level: "debug",
    write: (line) => logged.push(line),
  });
  const open: OpenCluster = (name) => {
    opened.push(name);
    if (name !== "test-cluster") {
      const file = `clusters/${name}.kubeconfig`;
      return Promise.resolve({ kind: "cluster_not_found", cluster: name, file });
    }
    if (options.refused) return Promise.resolve({ kind: "refused", error: options.refused });
    return Promise.resolve({ kind: "open", store: cluster.store() });
  };
  const seconds = options.seconds ?? 10;
  const settings = { argocdNamespace: "argocd", dockerLabels: DOCKER_LABELS };
  const names = {
    argocdNamespace: "argocd",
    dockerNamespaces: ["kube-system", "default", "argocd"],
  };
  const { verifyOne = noneToAsk } = options;
  const services = {
    verifyOne,
    open,
    record: options.auditLog,
    locks: new Locks(),
    seconds,
    onFault: (error: unknown) => faults.push(error),
    pause: () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
  };
  const app = createApp({
    version: "1.2.3",
    argocdNamespace: "argocd",
    allowedHosts: [],
    corsOrigins: [],
    auditLog: options.auditLog,
    ...options.deps,
    useCases: {
      clusterNames: () => Promise.resolve(["production-cluster", "test-cluster"]),
      listSecrets: (name) =>
        listSecrets(name, open, {
          ...settings,
          seconds,
          dockerNamespaces: names.dockerNamespaces,
        }),
      addDocker: (request) => addDocker(request, settings, services),
      addRepo: (request) => addRepo(request, settings, services),
      removeSecrets: (request) => removeSecrets(request, names, services),
      showSecret: (request) =>
        showSecret(request, {
          ...names,
          open,
          seconds,
          fingerprint: () => Promise.resolve("fingerprint"),
        }),
      verifyDocker: (credentials) => verifyDocker(credentials, verifyOne),
      verifyRepo: (request) => verifyRepo(request, verifyOne),
      ...options.useCases,
    },
  });
  return { app, cluster, opened, logged, faults };
}

/** The seed's body of `POST /secrets/add_docker`, fields in the order of its parameters. */
export const DOCKER_BODY = {
  password: CANARY,
  username: "your_username",
  cluster_name: "test-cluster",
  name: "my-docker-secret",
  namespaces: "kube-system,default" as unknown,
};

/** The seed's body of `POST /secrets/add_helm_repo`. */
export const HELM_BODY = {
  name: "my-helm-repo",
  repository_url: "https://charts.bitnami.com/bitnami",
  cluster_name: "test-cluster",
  username: "helmuser",
  password: CANARY,
};

export const DOCKER = "/secrets/add_docker";
export const HELM = "/secrets/add_helm_repo";

export type Headers = Record<string, string>;

export function get(path: string, headers: Headers = {}, method = "GET"): Request {
  const url = new URL(path, "http://localhost:8091");
  return new Request(url, { method, headers: { Host: url.host, ...headers } });
}

/** @param body sent as it is when it is text or bytes, otherwise as JSON */
export function post(path: string, body: unknown, headers: Headers = {}): Request {
  const isRaw = typeof body === "string" || body instanceof Uint8Array ||
    body instanceof ReadableStream;
  return new Request(`http://localhost:8091${path}`, {
    method: "POST",
    headers: { Host: "localhost:8091", "Content-Type": "application/json", ...headers },
    body: (isRaw ? body : JSON.stringify(body)) as BodyInit,
  });
}

export const docker = (more: object = {}, headers: Headers = {}) =>
  post(DOCKER, { ...DOCKER_BODY, ...more }, headers);

export const helm = (more: object = {}, headers: Headers = {}) =>
  post(HELM, { ...HELM_BODY, ...more }, headers);

export interface Row {
  /** A sentence; the test's name. */
  readonly name: string;
  readonly request: () => Request;
  readonly options?: StageOptions;
  /** Brings the stage into the state that the row is about. */
  readonly before?: (stage: Stage) => void | Promise<void>;
  readonly status: number;
  /** The body to the letter, order of keys too; a pattern is the envelope's message. */
  readonly body?: object | RegExp;
  /** Headers to the letter; `null` for one that must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** What besides the canary must be neither in the answer nor in the log. */
  readonly absent?: readonly string[];
  /** Whether a cluster may be opened. @default true */
  readonly opens?: boolean;
  /** Whether what the cluster holds changes; not looked at when absent. */
  readonly changes?: boolean;
  readonly after?: (stage: Stage, body: unknown, response: Response) => void | Promise<void>;
}

/** One test a row. */
export function testRows(rows: readonly Row[]): void {
  for (const row of rows) Deno.test(row.name, () => check(row));
}

/** A row of which nothing gets further than the edge. */
export function refused(
  name: string,
  request: () => Request,
  status: number,
  body: RegExp | object,
  more: Partial<Row> = {},
): Row {
  return { name, request, status, body, opens: false, changes: false, ...more };
}

/** Sends the request of a row, and checks the answer, the cluster and the log. */
export async function check(row: Row): Promise<void> {
  const it = stage(row.options);
  await row.before?.(it);
  const openedBefore = it.opened.length;
  const secretsBefore = it.cluster.dump();
  it.logged.length = 0;

  const request = row.request();
  const { method } = request;
  const response = await it.app.fetch(request);
  const text = await response.text();

  assert.equal(response.status, row.status, text);
  checkUsual(response, text, method);
  if (text !== "") await assertDocumented(request, response.status, JSON.parse(text));
  for (const [name, value] of Object.entries(row.headers ?? {})) {
    assert.equal(response.headers.get(name), value, name);
  }
  if (row.body instanceof RegExp) checkEnvelope(text, row.status, row.body);
  else if (row.body) assert.equal(text, JSON.stringify(row.body, null, 2) + "\n");
  const shown = text + JSON.stringify([...response.headers]) + it.logged.join("");
  for (const secret of [CANARY, ...row.absent ?? []]) assertAbsent(shown, secret);
  checkAccessLog(it.logged, response, method);
  if (row.opens === false) assert.deepEqual(it.opened.slice(openedBefore), []);
  if (row.changes !== undefined) {
    const same = JSON.stringify(it.cluster.dump()) === JSON.stringify(secretsBefore);
    assert.equal(!same, row.changes, row.changes ? "nothing was written" : "something was written");
  }
  await row.after?.(it, text === "" ? undefined : JSON.parse(text), response);
}

/** What holds for every answer. */
function checkUsual({ status, headers }: Response, text: string, method: string): void {
  assert.match(headers.get("X-Request-Id") ?? "", /^[\w=-]{1,64}$/);
  if (status === 204) return;
  assert.equal(headers.get("Content-Type"), "application/json");
  assert.equal(headers.get("Cache-Control"), "no-store");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  if (method === "HEAD") return assert.equal(text, "");
  // The words are ours, not the schema library's.
  assert.doesNotMatch(text, /Invalid (input|string|option)|Too (small|big): /);
  // People read it in a terminal.
  assert.equal(text, JSON.stringify(JSON.parse(text), null, 2) + "\n");
}

function checkEnvelope(text: string, status: number, message: RegExp): void {
  const body = JSON.parse(text);
  assert.deepEqual(Object.keys(body), ["error", "message", "status_code"]);
  assert.deepEqual([body.error, body.status_code], [true, status]);
  assert.match(body.message, message);
}

function checkAccessLog(logged: readonly string[], { status, headers }: Response, method: string) {
  const requests = logged.filter((line) => line.includes('"message":"request"'));
  if (!logged.every((line) => line.startsWith("{"))) return; // the text format
  assert.equal(requests.length, 1);
  const line = JSON.parse(requests[0]!);
  assert.deepEqual([line.id, line.method, line.status], [
    headers.get("X-Request-Id"),
    method,
    status,
  ]);
}

/** A value is nowhere in `text`: not as it is, not within anything in base64, nor twice so. */
export function assertAbsent(text: string, secret: string): void {
  for (const [form, fragment] of forms(secret)) {
    assert.ok(!text.includes(fragment), `the ${form} is in ${text}`);
  }
}

function forms(secret: string): [form: string, fragment: string][] {
  const once = inBase64(secret);
  return [
    ["value", secret],
    ...once.map((fragment): [string, string] => ["value in base64", fragment]),
    ...once.flatMap(inBase64).map((fragment): [string, string] => ["base64 of base64", fragment]),
  ];
}

/** How base64 shows a text that begins at each of the three places within a group. */
function inBase64(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].map((shift) => {
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    // Characters at the ends depend on the neighbours.
    return shifted.toBase64({ omitPadding: true }).slice(shift === 0 ? 0 : shift + 1, -1);
  });
}

/** A stored value of a secret as text. */
export function stored(cluster: FakeCluster, ref: string, key: string): string {
  const value = cluster.secrets.get(ref)?.data.reveal()[key];
  assert.ok(value !== undefined, `${ref} has no ${key}`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.fromBase64(value));
}

/** The one entry of a stored pull secret. */
export function storedLogin(cluster: FakeCluster, ref: string, registry = "ghcr.io") {
  return JSON.parse(stored(cluster, ref, ".dockerconfigjson")).auths[registry];
}
