import assert from "node:assert/strict";
import { ERROR_CODES } from "../../src/operations/errors.ts";
import { faceOf } from "../../src/server/face.ts";
import { assertDocumented } from "./documented.ts";
import { assertRequestDocumented } from "./request_schemas.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { type Stage, stage, type StageOptions } from "./stage.ts";

/** The password of every request here, generated in each run: it must never be shown. */
export const CANARY = `canary${crypto.randomUUID()}`;

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

/** @param body sent unchanged when it is text or bytes, otherwise as JSON */
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
  /** The test's name. */
  readonly name: string;
  readonly request: () => Request;
  readonly options?: StageOptions;
  /** Sets up the stage for this row. */
  readonly before?: (stage: Stage) => void | Promise<void>;
  readonly status: number;
  /**
   * The exact body, with the order of keys, without an error's machine-readable fields; a pattern is for
   * the message of the error.
   */
  readonly body?: object | RegExp;
  /** The machine-readable fields of an error: code, field, fields and remedy, exactly. */
  readonly told?: object;
  /** The exact headers; `null` for one that must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** What must be absent from the response and the log, besides the canary. */
  readonly absent?: readonly string[];
  /** Whether a cluster may be opened. @default true */
  readonly opens?: boolean;
  /** Whether requests to the cluster are allowed. @default true */
  readonly asks?: boolean;
  /** Whether the cluster's content changes; not checked when absent. */
  readonly changes?: boolean;
  readonly after?: (stage: Stage, body: unknown, response: Response) => void | Promise<void>;
}

/** Makes one test per row; the file with the rows declares them. */
export function testsOf(rows: readonly Row[]): Deno.TestDefinition[] {
  return rows.map((row) => ({ name: row.name, fn: () => check(row) }));
}

/** A row whose request opens no cluster. */
export function refused(
  name: string,
  request: () => Request,
  status: number,
  body: RegExp | object,
  more: Partial<Row> = {},
): Row {
  return { name, request, status, body, opens: false, changes: false, ...more };
}

/** Sends the request of a row, and checks the response, the cluster and the log. */
export async function check(row: Row): Promise<void> {
  const it = stage(row.options);
  await row.before?.(it);
  const openedBefore = it.opened.length;
  const askedBefore = it.cluster.calls.length;
  const secretsBefore = it.cluster.dump();
  it.logged.length = 0;

  const request = row.request();
  const { method } = request;
  const copy = method === "POST" ? request.clone() : undefined;
  const { response, text } = await answered(it, request, row.options);

  assert.equal(response.status, row.status, text);
  checkUsual(response, text, method);
  if (text !== "") await assertDocumented(request, response.status, JSON.parse(text));
  if (copy) await assertRequestDocumented(copy, response.status, text);
  for (const [name, value] of Object.entries(row.headers ?? {})) {
    assert.equal(response.headers.get(name), value, name);
  }
  const { forPeople, forMachines } = parted(request, text);
  if (row.body instanceof RegExp) checkEnvelope(forPeople, row.status, row.body);
  else if (row.body) assert.equal(forPeople, JSON.stringify(row.body, null, 2) + "\n");
  if (row.told) assert.deepEqual(forMachines, row.told);
  const shown = text + JSON.stringify([...response.headers]) + it.logged.join("");
  for (const secret of [CANARY, ...row.absent ?? []]) assertAbsent(shown, secret);
  checkAccessLog(it.logged, response, method);
  if (row.opens === false) assert.deepEqual(it.opened.slice(openedBefore), []);
  if (row.asks === false) assert.deepEqual(it.cluster.calls.slice(askedBefore), []);
  if (row.changes !== undefined) {
    const same = JSON.stringify(it.cluster.dump()) === JSON.stringify(secretsBefore);
    assert.equal(!same, row.changes, row.changes ? "nothing was written" : "something was written");
  }
  await row.after?.(it, text === "" ? undefined : JSON.parse(text), response);
}

/** A row with its own timeout waits for it: the clock then runs ahead. */
async function answered({ app }: Stage, request: Request, { seconds }: StageOptions = {}) {
  using _clock = seconds === undefined ? undefined : fakeClock({ runs: true });
  const response = await app.fetch(request);
  return { response, text: await response.text() };
}

/** What applies to every response. */
function checkUsual({ status, headers }: Response, text: string, method: string): void {
  assert.match(headers.get("X-Request-Id") ?? "", /^[\w=-]{1,64}$/);
  if (status === 204) return;
  assert.equal(headers.get("Content-Type"), "application/json");
  assert.equal(headers.get("Cache-Control"), "no-store");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  if (method === "HEAD") return assert.equal(text, "");
  // The wording is ours, not the schema library's.
  assert.doesNotMatch(text, /Invalid (input|string|option)|Too (small|big): /);
  // It is printed in terminals.
  assert.equal(text, JSON.stringify(JSON.parse(text), null, 2) + "\n");
}

/** The machine-readable fields of an error, which the seed's paths do not have. */
const FOR_MACHINES = ["code", "field", "fields", "remedy"];

/** Splits a response into its machine-readable fields and the rest. */
export function parted({ method, url }: Pick<Request, "method" | "url">, text: string) {
  if (text === "") return { forPeople: text, forMachines: {} };
  const body: Record<string, unknown> = JSON.parse(text);
  const isFor = (name: string) => FOR_MACHINES.includes(name);
  const isTold = body.error === true && faceOf(method, new URL(url).pathname) !== "seed";
  if (!isTold) {
    assert.deepEqual(body.error === true ? Object.keys(body).filter(isFor) : [], [], text);
    return { forPeople: text, forMachines: {} };
  }
  assert.ok(ERROR_CODES.includes(body.code as never), `${body.code} is not an error code`);
  const { code: _, field: _field, fields: _fields, remedy: _remedy, ...rest } = body;
  const told = Object.entries(body).filter(([name]) => isFor(name));
  return {
    forPeople: JSON.stringify(rest, null, 2) + "\n",
    forMachines: Object.fromEntries(told),
  };
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

/** Fails if a value is in `text`: as it is, within base64, or within base64 of base64. */
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

/** The base64 of a text at each of the three offsets within a group. */
function inBase64(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].map((shift) => {
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    // Characters at the ends depend on their neighbours.
    return shifted.toBase64({ omitPadding: true }).slice(shift === 0 ? 0 : shift + 1, -1);
  });
}
