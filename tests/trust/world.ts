import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Ended, listening, type Program, program } from "../cli/support.ts";
import { type Access, administrator, kubeconfigOf } from "../crash/admin.ts";
import { within } from "../crash/within.ts";
import { type ApiRequest, type Bystander, bystander, uniqueName } from "../support/api_objects.ts";
import { PATIENCE } from "../support/patience.ts";
import type { Declare } from "../support/declare.ts";
import { type Given, testsPerTransport, type Transport } from "../support/per_transport.ts";
import { type CanaryWatch, canaryWatch } from "./canary_watch.ts";
import { type FaultyFront, openFaultyFront } from "./faulty_front.ts";
import { type ProcessWatch, watchProcesses } from "./process_watch.ts";
import { recordingKubectl } from "./recording_kubectl.ts";
import { until } from "./until.ts";

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON. Untyped, since tests read many shapes. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent unchanged if it is a string, otherwise as JSON. */
  readonly body?: unknown;
}

/** The program as a process, with its audit log. */
export interface Running {
  readonly url: string;
  ask(method: string, path: string, asking?: Asking): Promise<Answered>;
  /** POST /secrets/add_docker with the password, to cluster `c` by default. */
  addDocker(more: object): Promise<Answered>;
  /** POST /secrets/add_helm_repo with the password. */
  addHelmRepo(more: object): Promise<Answered>;
  /** Resolves at a line of the log. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface Start {
  /** In the file's spelling. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The limit of open files. */
  readonly maxFiles?: number;
  /** The log file. @default standard error */
  readonly logFile?: string;
}

/** The real API server, and a folder for all files of the program, for one test. */
export interface World extends Bystander {
  readonly transport: Transport;
  readonly folder: string;
  /** The clusters folder; `c` is the administrator's kubeconfig. */
  readonly clusters: string;
  /** The password of all writes: only the API server may receive it. */
  readonly password: string;
  readonly watch: CanaryWatch;
  /** Argo CD's namespace for this test only. */
  readonly argocd: string;
  /** A direct request as the administrator. */
  readonly request: ApiRequest;
  readonly access: Access;
  /** @returns its path */
  addCluster(name: string, kubeconfig: string): Promise<string>;
  /** The real API server with faults. */
  front(): Promise<FaultyFront>;
  /** Disposes of it at the end of the test. */
  use<T extends AsyncDisposable>(resource: T): T;
  start(options?: Start): Promise<Running>;
  /** Arguments and environment of each started kubectl. */
  kubectlStarts(): string[];
}

/**
 * Declares a test for each transport; ignored without a control plane. At its end the program still
 * responds, SIGTERM stops it with exit code 0 and no process is left, and the canaries are in none of
 * its responses, error pages, logs, files, command lines and environments.
 */
export function trustTests(declare: Declare) {
  const testPerTransport = testsPerTransport(declare);
  return (
    sentence: string,
    test: (world: World) => Promise<void>,
    transports?: readonly Transport[],
  ): void => testPerTransport(sentence, (given) => run(given, test), transports);
}

async function run(
  { plane, transport, folder }: Given,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const watch = canaryWatch(folder);
  const password = watch.secret();
  const access = await administrator(plane);
  const others = bystander(plane.request);
  const argocd = await others.namespace("Active", uniqueName("argocd"));
  const kubectl = await recordingKubectl(folder, plane.kubectl);
  const [clusters, temporary] = ["clusters", "temporary"].map((name) => join(folder, name));
  await Promise.all([clusters!, temporary!].map((path) => Deno.mkdir(path, { mode: 0o700 })));
  const addCluster = async (name: string, kubeconfig: string) => {
    const path = join(clusters!, `${name}.kubeconfig`);
    await Deno.writeTextFile(path, kubeconfig, { mode: 0o600 });
    return path;
  };
  await addCluster("c", kubeconfigOf(access));
  using processes = watchProcesses(folder);
  await using ending = new AsyncDisposableStack();
  const all: { running: Running; program: Program }[] = [];
  let starts = 0;

  async function start({ settings = {}, env = {}, maxFiles, logFile }: Start = {}) {
    const number = ++starts;
    const config = join(folder, `config-${number}.yaml`);
    const usual = {
      port: 0,
      "clusters-folder": clusters,
      transport,
      "argocd-namespace": argocd,
      // Each program has its own file.
      "audit-log": join(folder, `audit-${number}.log`),
      "log-level": "debug",
      kubectl_timeout: PATIENCE,
      // Each transport has its own format.
      "log-format": transport === "api" ? "json" : "text",
    };
    await Deno.writeTextFile(config, JSON.stringify({ ...usual, ...settings }));
    const args = logFile === undefined ? [] : [`--log-file=${logFile}`];
    const process = program(["serve", "--config", config, ...args], {
      env: {
        PATH: `${kubectl.folder}:${Deno.env.get("PATH")}`,
        TMPDIR: temporary!,
        KUBECACHEDIR: join(folder, "kubectl_cache"),
        ...env,
      },
      maxFiles,
    });
    const started = logFile === undefined ? listening(process) : listeningBy(logFile);
    const url = await within("the program listens", started).catch(async (error) => {
      await process[Symbol.asyncDispose]();
      throw error;
    });
    const running = runningAt(url, process, password, watch);
    all.push({ running, program: process });
    return running;
  }

  try {
    await test({
      ...others,
      transport,
      folder,
      clusters: clusters!,
      password,
      watch,
      argocd,
      request: plane.request,
      access,
      addCluster,
      front: async () => ending.use(await openFaultyFront(access)),
      use: (resource) => ending.use(resource),
      start,
      kubectlStarts: kubectl.starts,
    });
    for (const { running } of all) await lookAtErrorPages(running, password);
    for (const { program } of all) await assertEndsWell(program, watch);
    await until("no process is left", () => processes.alive().length === 0);
    assertSees(processes, folder);
    watch.everywhere(processes);
  } finally {
    await Promise.all(all.map(({ program }) => program[Symbol.asyncDispose]()));
  }
}

function runningAt(url: string, program: Program, password: string, watch: CanaryWatch): Running {
  const ask: Running["ask"] = async (method, path, { headers, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    watch.said(text + JSON.stringify([...response.headers]), `the answer of ${method} ${path}`);
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith("{") ? JSON.parse(text) : undefined,
    };
  };
  const usual = { cluster_name: "c", username: "user", password };
  return {
    url,
    ask,
    addDocker: (more) => ask("POST", "/secrets/add_docker", { body: { ...usual, ...more } }),
    addHelmRepo: (more) => ask("POST", "/secrets/add_helm_repo", { body: { ...usual, ...more } }),
    line: (pattern) => within(`the log says ${pattern}`, program.line(pattern)),
  };
}

/** The URL in a program's log file. */
async function listeningBy(logFile: string): Promise<string> {
  const URL_SAID = /listening.*(http:\/\/[\d.]+:\d+)/;
  const said = () => URL_SAID.exec(Deno.readTextFileSync(logFile))?.[1];
  await until(
    "the log file says where it listens",
    () => existsSync(logFile) && said() !== undefined,
  );
  return said()!;
}

/** The responses to a browser or a mistaken client, and the recorded entries. */
async function lookAtErrorPages(running: Running, password: string): Promise<void> {
  const asAPage = { accept: "text/html,*/*;q=0.8" };
  const body = JSON.stringify({ password });
  const pages: [status: number, method: string, path: string, body?: string][] = [
    [404, "GET", "/no-such-path"],
    [404, "POST", "/no-such-path", body],
    [405, "POST", "/clusters", body],
    [405, "PUT", "/secrets/add_docker", body],
    [400, "GET", "/secrets"],
    [400, "POST", "/secrets/add_docker", body.slice(0, -1)],
    [400, "POST", "/secrets/add_helm_repo", body],
    [200, "GET", "/audit"],
  ];
  for (const [status, method, path, body] of pages) {
    const answer = await running.ask(method, path, { headers: asAPage, body });
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
  }
}

async function assertEndsWell(program: Program, watch: CanaryWatch): Promise<void> {
  program.kill("SIGTERM");
  const { code, stdout, stderr }: Ended = await within("the program ends", program.ended);
  watch.said(stdout + stderr, "the log");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /unhandled rejection|internal error/);
}

/** The watch is only useful if it sees these. */
function assertSees(processes: ProcessWatch, folder: string): void {
  if (Deno.build.os !== "linux") return;
  const seen = [...processes.seen];
  assert.ok(seen.some((text) => text.includes(`--config\n${folder}`)), "a command line was seen");
  assert.ok(seen.some((text) => text.includes("KUBECACHEDIR=")), "an environment was seen");
}
