import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, listening, type Program, program } from "../cli/support.ts";
import { type ApiRequest, limitSecrets } from "../support/api_objects.ts";
import { PATIENCE } from "../support/patience.ts";
import type { Declare } from "../support/declare.ts";
import { type Given, testsPerTransport } from "../support/per_transport.ts";
import { commandLines } from "../support/processes.ts";
import { canaryWatch, filesUnder } from "../trust/canary_watch.ts";
import { watchProcesses } from "../trust/process_watch.ts";
import { type Access, administrator, clientOf, kubeconfigOf } from "./admin.ts";
import { type Gate, openGate } from "./gate.ts";
import { makeTargets, type Targets } from "./targets.ts";
import { untilSo, within } from "./within.ts";

export interface Answered {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** The whole program as a process, until it is killed or stopped. */
export interface Running {
  readonly url: string;
  /** Writes the new value to the targets. Rejects when the program exits before it has responded. */
  write(targets: Targets): Promise<Answered>;
  /** Resolves at a matching log line. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGTERM; resolves when the program has received it. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process and every kubectl that it has left are gone. */
  kill(release?: () => void): Promise<void>;
  /** Resolves with the exit code and the log when the process has exited. */
  ended(): Promise<Ended>;
}

export interface Start {
  /** @default directly to the API server */
  readonly through?: Gate;
  /** Argo CD's namespace is among them. */
  readonly targets: Targets;
  /** Timeout of one request's commands in seconds. @default {@link PATIENCE} */
  readonly seconds?: number;
  /** The audit log. @default its own */
  readonly auditLog?: string;
}

/** A test's world: a real API server, and a folder for all of the program's files. */
export interface World {
  /** For files that the program writes; searched for passwords at the end. */
  readonly folder: string;
  gate(): Promise<Gate>;
  /** @see makeTargets */
  targets(count: number, withOld?: (place: number) => boolean): Promise<Targets>;
  /** Makes the API server reject further secrets in a namespace, until `empty`. */
  fill(namespace: string): Promise<{ empty(): Promise<void> }>;
  start(options: Start): Promise<Running>;
}

/**
 * Makes a function that declares a test for each transport; ignored without a control plane. At its end
 * no process is left, and neither password is in a log, a response, a file, a command line or an environment.
 */
export function crashTests(declare: Declare) {
  const testPerTransport = testsPerTransport(declare);
  return (sentence: string, test: (world: World) => Promise<void>): void =>
    testPerTransport(sentence, (given) => run(given, test));
}

async function run(
  { plane, transport, folder }: Given,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const watch = canaryWatch(folder);
  const values = { old: watch.secret(), new: watch.secret() };
  using processes = watchProcesses(folder);
  const said: string[] = [];
  const programs: Program[] = [];
  const direct = await administrator(plane);
  const admin = clientOf(direct);
  await using gates = new AsyncDisposableStack();
  const temporary = join(folder, "temporary");
  await Deno.mkdir(temporary);

  async function start(options: Start): Promise<Running> {
    const { through, targets, seconds = PATIENCE, ...more } = options;
    const clusters = await clustersFolder(folder, through?.access ?? direct);
    const auditLog = more.auditLog ?? `${clusters}.audit.log`;
    const args = ["--port=0", `--clusters-folder=${clusters}`, `--transport=${transport}`];
    args.push(`--argocd-namespace=${targets.argocd}`, "--log-level=debug");
    args.push(`--kubectl-timeout=${seconds}`);
    const env = {
      TMPDIR: temporary,
      KUBECACHEDIR: join(folder, "kubectl_cache"),
      ARGOCD_CONFIGURER_AUDIT_LOG: auditLog,
    };
    const running = program(["serve", ...args], { env });
    programs.push(running);
    const url = await within("the server listens", listening(running));
    return {
      url,
      async write({ body }) {
        const method = "POST";
        const headers = { "content-type": "application/json" };
        const path = `${url}/secrets/add_docker`;
        const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
        const text = await response.text();
        said.push(text);
        return { status: response.status, body: JSON.parse(text) };
      },
      line: (pattern) => within(`the log says ${pattern}`, running.line(pattern)),
      async stop() {
        running.kill("SIGTERM");
        await within("SIGTERM is received", running.line(/stopping signal=SIGTERM/));
      },
      async kill(release = () => {}) {
        running.kill("SIGKILL");
        await within("the server exits", running.ended);
        release();
        await untilSo("no kubectl is left", () => kubectlsOf(clusters) === 0);
      },
      ended: () => within("the server exits", running.ended),
    };
  }

  try {
    await test({
      folder,
      start,
      fill: (namespace) => fill(admin.request, namespace),
      gate: async () => gates.use(await openGate(direct)),
      targets: (count, withOld = () => false) => makeTargets(admin.request, values, count, withOld),
    });
  } finally {
    await Promise.all(programs.map((each) => each[Symbol.asyncDispose]()));
    await gates.disposeAsync();
    admin.close();
    await untilSo("no kubectl is left", () => kubectlsOf(folder) === 0);
  }
  for (const { ended } of programs) {
    const { stdout, stderr } = await ended;
    assert.match(stderr, /listening/);
    said.push(stdout, stderr);
  }
  for (const text of said) watch.said(text, "the log or a response");
  watch.everywhere(processes);
  const holdsToken = (path: string) => Deno.readTextFileSync(path).includes(direct.token);
  assert.ok(filesUnder(folder).some(holdsToken), "the search does not find an existing password");
}

async function fill(request: ApiRequest, namespace: string): Promise<{ empty(): Promise<void> }> {
  await limitSecrets(request, namespace, 0);
  const path = `/api/v1/namespaces/${namespace}`;
  return {
    async empty() {
      await request("DELETE", `${path}/resourcequotas/secrets`);
      const probe = { apiVersion: "v1", kind: "Secret", metadata: { name: "probe" } };
      while ((await request("POST", `${path}/secrets?dryRun=All`, probe)).status !== 201) {
        await new Promise((resolve) => setTimeout(resolve, 20)); // its caches follow
      }
    },
  };
}

/** A folder with the only kubeconfig, whose path identifies the kubectl processes. */
async function clustersFolder(folder: string, access: Access): Promise<string> {
  const path = await Deno.makeTempDir({ dir: folder, prefix: "clusters-" });
  await Deno.writeTextFile(join(path, "c.kubeconfig"), kubeconfigOf(access), { mode: 0o600 });
  return path;
}

function kubectlsOf(folder: string): number {
  return commandLines().filter((line) => line.includes(`--kubeconfig=${folder}`)).length;
}

/** Waits for `reached`, which must happen during the write. */
export async function during(write: Promise<Answered>, ...reached: Promise<unknown>[]) {
  const early = write.then(({ status, body }) => {
    throw new Error(`The write was answered before: ${status} ${JSON.stringify(body)}`);
  });
  await Promise.race([Promise.all(reached), early]);
}

/** A stopping program closes connections after a second, but not during a write. */
export function longerThanConnectionsLinger(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1500));
}
