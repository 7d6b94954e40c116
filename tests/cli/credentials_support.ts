import assert from "node:assert/strict";
import { join } from "node:path";
import pLimit from "p-limit";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { decodeBase64 } from "../support/base64.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import type { Declare } from "../support/declare.ts";
import { type Ended, type Folder, folder, listening, program, programCommand } from "./support.ts";

/** The commands for credentials as users run them, with emulated clusters. */

/** A time 400 days and some hours ago; an object created then has the age `400d`. */
export const THEN = new Date(Math.floor(Date.now() / 1000) * 1000 - (400 * 24 + 6) * 3_600_000);

/** The same time in the API's format. */
export const THEN_TEXT = THEN.toISOString().replace(".000Z", "Z");

/** Where a command runs. */
export const WAYS = ["in process", "by a server"] as const;

export type Way = typeof WAYS[number];

export interface Given {
  /** Standard input; none when absent. */
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Stage {
  /** `one` and `two` are running; `gone` has a kubeconfig only. */
  readonly emulators: Readonly<Record<"one" | "two", Emulator>>;
  /** The working directory of the commands, with `clusters` and `configs/defaults.yaml`. */
  readonly folder: Folder;
  /** The password to use. No output may contain it. */
  readonly canary: Canary;
  /** URL of the server, for commands that run through one. */
  readonly url: string | undefined;
  /** Runs a command in the way of the stage. */
  run(args: readonly string[], given?: Given): Promise<Ended>;
  /** Runs a command with exactly these arguments. */
  runAlone(args: readonly string[], given?: Given): Promise<Ended>;
}

export interface StageOptions {
  /** More lines for the configuration file. */
  readonly config?: string;
  /** For the commands of one request. @default 20 */
  readonly seconds?: number;
}

/** A token that the server requires. */
const TOKEN = `token-${crypto.randomUUID()}`;

/** The token in the client's environment. */
export const TOKEN_ENV = { ARGOCD_CONFIGURER_TOKEN: TOKEN };

/** Namespaces that both clusters have, besides Kubernetes' own and Argo CD's. */
const NAMESPACES = ["team-a", "team-b"];

/** Returns a function that declares a test for each way. */
export function testsBothWays(declare: Declare) {
  return (
    sentence: string,
    test: (stage: Stage, way: Way) => Promise<void>,
    options?: StageOptions,
  ): void => {
    for (const way of WAYS) {
      const fn = () => onStage((stage) => test(stage, way), way, options);
      declare({ name: `${way}: ${sentence}`, fn });
    }
  };
}

/** Prepares the stage for a test. */
export async function onStage(
  test: (stage: Stage) => Promise<void>,
  way: Way = "in process",
  options: StageOptions = {},
): Promise<void> {
  const canary = makeCanary();
  const said: string[] = [];
  const emulators = { one: emulator(), two: emulator() };
  await using here = await folder();
  try {
    await layOut(here, emulators, options);
    const runAlone = async (args: readonly string[], given?: Given) => {
      const ended = await execute(args, here.path, given);
      said.push(ended.stdout, ended.stderr);
      return ended;
    };
    const stage = { emulators, folder: here, canary, runAlone };
    if (way === "in process") await test({ ...stage, url: undefined, run: runAlone });
    else await withServer({ ...stage, url: undefined, run: runAlone }, said, test);
  } finally {
    await Promise.all([emulators.one.stop(), emulators.two.stop()]);
  }
  for (const text of said) canary.absentFrom(text, "what is printed");
}

function emulator(): Emulator {
  const started = startEmulator({ defaultAccounts: true, now: () => THEN });
  for (const name of ["argocd", ...NAMESPACES]) started.cluster.addNamespace(name);
  return started;
}

async function layOut(
  { path, write }: Folder,
  { one, two }: Stage["emulators"],
  { config = "", seconds = 20 }: StageOptions,
): Promise<void> {
  await Deno.mkdir(join(path, "clusters"));
  await Deno.mkdir(join(path, "configs"));
  await write("configs/defaults.yaml", `transport: api\nkubectl_timeout: ${seconds}\n${config}`);
  await write("clusters/one.kubeconfig", one.kubeconfig());
  await write("clusters/two.kubeconfig", two.kubeconfig());
  // Port 1 of this machine: nothing listens there.
  await write(
    "clusters/gone.kubeconfig",
    one.kubeconfig().replaceAll(one.url, "http://127.0.0.1:1"),
  );
}

async function withServer(
  stage: Stage,
  said: string[],
  test: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { path } = stage.folder;
  await using server = program(["serve", "--port", "0"], {
    cwd: path,
    env: TOKEN_ENV,
  });
  const url = await listening(server);
  const run = (args: readonly string[], given: Given = {}) =>
    stage.runAlone([...args, "--server", url], {
      ...given,
      env: { ...TOKEN_ENV, ...given.env },
    });
  await test({ ...stage, url, run });
  server.kill("SIGTERM");
  said.push((await server.ended).stderr);
}

/** Runs the program in a folder until it exits. */
async function execute(
  args: readonly string[],
  cwd: string,
  { stdin, env }: Given = {},
): Promise<Ended> {
  const [executable, ...rest] = programCommand(args);
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = stdin === undefined
    ? undefined
    : new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {}); // it may end before
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), input]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Tests several rows concurrently, since most of the time of a process is its start. */
export async function eachOf<Row>(
  rows: readonly Row[],
  test: (row: Row) => Promise<void>,
): Promise<void> {
  const limit = pLimit(4);
  const tested = await Promise.allSettled(rows.map((row) => limit(() => test(row))));
  for (const each of tested) if (each.status === "rejected") throw each.reason;
}

/** The expected end of a command. */
export interface Expected {
  readonly code?: number;
  /** The exact text, or a pattern. @default nothing */
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

/** Fails unless the command ended as expected. */
export function assertEnded(ended: Ended, { code = 0, stdout = "", stderr = "" }: Expected): void {
  const all = JSON.stringify(ended, null, 2);
  for (const [got, wanted] of [[ended.stdout, stdout], [ended.stderr, stderr]] as const) {
    if (typeof wanted === "string") assert.equal(got, wanted, all);
    else assert.match(got, wanted, all);
  }
  assert.equal(ended.code, code, all);
}

/** The password in a pull secret, for a registry. */
export function storedPassword(
  { cluster }: Pick<Emulator, "cluster">,
  namespace: string,
  name: string,
  registry = "ghcr.io",
): string | undefined {
  const config = storedData({ cluster }, namespace, name)?.[".dockerconfigjson"];
  return config === undefined ? undefined : JSON.parse(config).auths[registry]?.password;
}

/** The data of a secret, decoded. */
export function storedData(
  { cluster }: Pick<Emulator, "cluster">,
  namespace: string,
  name: string,
): Record<string, string> | undefined {
  const data = cluster.secret(namespace, name)?.data;
  return data && Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, decodeBase64(value)]),
  );
}
