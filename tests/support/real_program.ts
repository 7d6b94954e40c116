import assert from "node:assert/strict";
import { join } from "node:path";
import { kubeconfigNames } from "../../scripts/control_plane/kubeconfigs.ts";
import { thisMachine } from "../../src/cli/machine.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { configureLog } from "../../src/log/logger.ts";
import { wireServer } from "../../src/wire_server.ts";
import { assertDocumented } from "../http/documented.ts";
import { type ApiSecret, type Bystander, bystander, limitSecrets } from "./api_objects.ts";
import { decodeBase64 } from "./base64.ts";
import { type Canary, makeCanary } from "./canary.ts";
import type { Declare } from "./declare.ts";
import { type Given, testsPerTransport, type Transport, TRANSPORTS } from "./per_transport.ts";

export { TRANSPORTS };

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, untyped, since tests use many shapes. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** The whole program, used through its HTTP layer, on the real API server, for one test. */
export interface RealProgram extends Bystander {
  /** The folder with `NAME.kubeconfig` for each user of the control plane, and what a test adds. */
  readonly folder: string;
  /** The password to send; the harness searches for it in every response and log line. */
  readonly canary: Canary;
  readonly log: readonly string[];
  get(path: string): Promise<Answered>;
  post(path: string, body: unknown): Promise<Answered>;
  delete(path: string): Promise<Answered>;
  /** Limits the number of secrets in a namespace by a quota. */
  limitSecrets(namespace: string, secrets: number): Promise<void>;
  /** Adds a kubeconfig to the folder. */
  addCluster(name: string, kubeconfig: string): Promise<void>;
  /** The stored secret with decoded data; `undefined` if there is none. */
  stored(namespace: string, name: string): Promise<Stored | undefined>;
}

export interface Stored {
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations without the id of the request, which is different each time. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

const WRITE_ANNOTATION = "argocd-configurer.io/request";

/** Settings, spelled as in the file. */
type Chosen = Record<string, unknown> | (() => Record<string, unknown>);
type Test = (program: RealProgram) => Promise<void>;

/** Declares tests of the whole program on the real API server; ignored without one. */
export function realTests(declare: Declare) {
  const testPerTransport = testsPerTransport(declare);
  /** Limits the test to one transport. */
  const realTestOver = (transport: Transport, settings: Chosen, sentence: string, test: Test) => {
    const chosen = () => typeof settings === "function" ? settings() : settings;
    testPerTransport(sentence, (given) => run(given, chosen(), test), [transport]);
  };
  const realTestWith = (settings: Chosen, sentence: string, test: Test) => {
    for (const transport of TRANSPORTS) realTestOver(transport, settings, sentence, test);
  };
  const realTest = (sentence: string, test: Test) => realTestWith({}, sentence, test);
  return { realTest, realTestWith, realTestOver };
}

async function run(
  { plane, transport, folder }: Given,
  chosen: Record<string, unknown>,
  test: (program: RealProgram) => Promise<void>,
): Promise<void> {
  const settings = settingsOf({ "clusters-folder": folder, transport, ...chosen });
  const log: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => log.push(line) });
  const app = wireServer(settings, thisMachine(), "1.2.3");
  const canary = makeCanary();
  const addCluster = (name: string, kubeconfig: string) =>
    Deno.writeTextFile(join(folder, `${name}.kubeconfig`), kubeconfig, { mode: 0o600 });
  for (const name of kubeconfigNames) {
    await addCluster(name, await Deno.readTextFile(plane.kubeconfigs[name]));
  }
  const answers: string[] = [];
  const ask = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { host: "localhost", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const response = await app.fetch(request);
    const { status, headers } = response;
    const text = await response.text();
    answers.push(text, JSON.stringify([...headers]));
    await assertDocumented(request, status, JSON.parse(text));
    return { status, headers, body: JSON.parse(text) };
  };
  const others = bystander(plane.request);
  const running = test({
    ...others,
    folder,
    canary,
    log,
    addCluster,
    limitSecrets: (namespace, secrets) => limitSecrets(plane.request, namespace, secrets),
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    delete: (path) => ask("DELETE", path),
    stored: async (namespace, name) => shown(await others.find(namespace, name)),
  });
  await running.finally(() => app.close());
  for (const text of answers) canary.absentFrom(text, "an answer");
  for (const line of log) canary.absentFrom(line, "the log");
}

function shown(secret: ApiSecret | undefined): Stored | undefined {
  if (secret === undefined) return undefined;
  const { labels = {}, annotations = {} } = secret.metadata;
  const { [WRITE_ANNOTATION]: _, ...others } = annotations;
  const data = Object.entries(secret.data ?? {}).map(([key, value]) => [key, decodeBase64(value)]);
  return {
    type: secret.type ?? "",
    labels,
    annotations: others,
    data: Object.fromEntries(data),
  };
}

/** Fails unless the response is exactly this. */
export function assertAnswer(answer: Answered, status: number, body: unknown): void {
  assert.deepEqual({ status: answer.status, body: answer.body }, { status, body });
}
