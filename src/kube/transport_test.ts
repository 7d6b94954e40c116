import assert from "node:assert/strict";
import { type EmulatedFault, startEmulator } from "../emulator/emulator.ts";
import { configureLog } from "../log/logger.ts";
import { seal } from "../log/sealed.ts";
import { deadlineIn } from "./deadline.ts";
import { readYaml } from "./kubeconfig/yaml.ts";
import { defaultGateLimits, ProcessGate } from "./kubectl/gate.ts";
import type { RunProcess } from "./process.ts";
import type { SecretStore } from "./store.ts";
import { apiTransport, kubectlTransport } from "./transport.ts";

/** What is logged about the requests to a cluster, and at which level. */

const SECONDS = 30;

const SECRET = {
  namespace: "team-a",
  name: "ghcr",
  labels: {},
  annotations: {},
  type: "Opaque",
  data: seal({}),
};

type Line = Readonly<Record<string, unknown>>;

/** Runs `use` and returns the lines that were logged meanwhile. */
async function logged(use: () => Promise<unknown>): Promise<Line[]> {
  const lines: Line[] = [];
  configureLog({
    format: "json",
    level: "debug",
    write: (line) => lines.push(JSON.parse(line)),
  });
  await use();
  configureLog({ format: "json", level: "error", write: () => {} });
  return lines;
}

/** `debug: cluster request GET`, with the failure and its reason if there is one */
function shown({ level, message, method, args, failure, reason }: Line): string {
  const what = `${level}: ${message} ${method ?? (args as string[]).at(-1)}`;
  const why = [failure, reason].filter((each) => each !== undefined);
  return why.length === 0 ? what : `${what} (${why.join(": ")})`;
}

async function overApi(
  use: (store: SecretStore) => Promise<unknown>,
  fault?: () => EmulatedFault | undefined,
): Promise<string[]> {
  const emulator = startEmulator();
  const content = seal(readYaml(emulator.kubeconfig()));
  const transport = apiTransport({ kubectlEnv: {} }, SECONDS);
  const store = transport.storeOf({ name: "c", version: "1", kubeconfig: { path: "/c", content } });
  try {
    await store.createNamespaces(["team-a"], deadlineIn(SECONDS));
    emulator.fault = fault;
    return (await logged(() => use(store))).map(shown);
  } finally {
    transport.close();
    await emulator.stop();
  }
}

const list = (store: SecretStore) => store.list({ selector: "a=b" }, deadlineIn(SECONDS));
const create = (store: SecretStore) => store.create([SECRET], deadlineIn(SECONDS));

Deno.test("api: a successful read is logged at debug, a write at info", async () => {
  assert.deepEqual(await overApi(list), ["debug: cluster request GET"]);
  assert.deepEqual(await overApi(create), ["info: cluster request POST"]);
});

Deno.test("api: a name that is free or taken is an answer, not a failure", async () => {
  const ref = { namespace: "team-a", name: "absent" };
  assert.deepEqual(await overApi((store) => store.read([ref], deadlineIn(SECONDS))), [
    "debug: cluster request GET (not_found: it does not exist)",
    "debug: cluster request GET", // whether its namespace exists
  ]);
  const twice = async (store: SecretStore) => [await create(store), await create(store)];
  assert.deepEqual(await overApi(twice), [
    "info: cluster request POST",
    "info: cluster request POST (exists: it already exists)",
  ]);
});

Deno.test("api: retries are logged at debug, and the last failure is one warning with its reason", async () => {
  const once = () => {
    let isFirst = true;
    return (): EmulatedFault | undefined => {
      const fault: EmulatedFault | undefined = isFirst ? { kind: "cut", after: false } : undefined;
      isFirst = false;
      return fault;
    };
  };
  const [retried, ...rest] = await overApi(list, once());
  assert.match(retried!, /^debug: cluster request failed; retrying GET \(unreachable: /);
  assert.deepEqual(rest, ["debug: cluster request GET"]);

  const forbidden = { kind: "status", code: 403, reason: "Forbidden" } as const;
  const [denied, ...none] = await overApi((store) => list(store).catch(() => {}), () => forbidden);
  assert.match(denied!, /^warning: cluster request failed GET \(forbidden: /);
  assert.deepEqual(none, []);

  const always = (): EmulatedFault => ({ kind: "cut", after: false });
  const levels = (await overApi((store) => list(store).catch(() => {}), always))
    .map((line) => line.slice(0, line.indexOf(":")));
  assert.deepEqual(levels, ["debug", "debug", "debug", "debug", "warning"]);
});

/** The lines of a list by a kubectl that exits with this code and text. */
async function overKubectl(code: number, stderr: string): Promise<string[]> {
  const run: RunProcess = () => Promise.resolve({ ended: "exit", code, stdout: "", stderr });
  const gate = new ProcessGate(defaultGateLimits(8));
  const transport = kubectlTransport({ kubectlEnv: {}, run }, gate);
  const kubeconfig = { path: "/c", content: seal(readYaml("a: b")) };
  const store = transport.storeOf({ name: "c", version: "1", kubeconfig });
  const lines = await logged(() =>
    store.read([{ namespace: "team-a", name: "absent" }], deadlineIn(SECONDS)).catch(() => {})
  );
  return lines.map(({ level, message, failure }) => `${level}: ${message} ${failure ?? ""}`);
}

Deno.test("kubectl: a failed command is a warning unless its failure is an answer", async () => {
  assert.deepEqual(await overKubectl(0, ""), ["info: kubectl finished "]);
  const absent = 'Error from server (NotFound): secrets "absent" not found\n';
  assert.deepEqual(await overKubectl(1, absent), ["info: kubectl finished not_found"]);
  const denied = "error: You must be logged in to the server (Unauthorized)\n";
  assert.deepEqual(await overKubectl(1, denied), ["warning: kubectl failed unauthorized"]);
});
