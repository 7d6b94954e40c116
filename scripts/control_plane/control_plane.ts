/** A real Kubernetes control plane on loopback: etcd and kube-apiserver, for the tests. */
import { join } from "node:path";
import { initialObjects } from "./access.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { connect, type ControlPlaneClient, recordFile, request } from "./connect.ts";
import { makeCertificates } from "./credentials.ts";
import { writeKubeconfigs } from "./kubeconfigs.ts";
import { type Process, type Processes, startProcesses } from "./processes.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import {
  etcdArguments,
  freePorts,
  kubeApiserverArguments,
  type Storage,
  tokensFile,
  writeCertificates,
  writeSigningKeys,
} from "./servers.ts";
import { makeTokens, tokenFile } from "./tokens.ts";

export interface ControlPlane extends ControlPlaneClient {
  /**
   * Starts another API server with the same etcd: a separate cluster with its own certificates, tokens and
   * kubeconfigs, in a subfolder. It stops with this control plane.
   */
  another(): Promise<ControlPlaneClient>;
  /** Stops its processes and removes its folder; a second call waits for the first. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** @default what `findBinaries` finds */
  binaries?: Binaries;
  /** Timeout for the API server to be ready, in milliseconds. @default 60000 */
  readyTimeoutMs?: number;
  /** The parent of its folder. @default the system's folder for temporary files */
  folder?: string;
  /** Attempts, since another program may take a port in between. @default 3 */
  attempts?: number;
}

/**
 * Starts a control plane. It is stopped on SIGINT and SIGTERM of this process, and when this process is
 * killed.
 * @throws Error with the end of the log when it does not become ready; then nothing is left behind
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? await findBinaries();
  for (let left = (options.attempts ?? 3) - 1;; left--) {
    try {
      return await start(binaries, options.readyTimeoutMs ?? 60_000, options.folder);
    } catch (error) {
      if (left <= 0 || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function start(
  binaries: Binaries,
  readyTimeoutMs: number,
  folder?: string,
): Promise<ControlPlane> {
  const dir = await Deno.makeTempDir({ prefix: "control-plane-", dir: folder });
  const processes = startProcesses(dir);
  const proxy = startProxy(dir);
  const stop = stopOnce(processes, proxy, dir);
  try {
    const [etcdPort, peerPort] = freePorts(2) as [number, number];
    const etcd = await processes.start(
      "etcd",
      binaries.etcd,
      etcdArguments(dir, etcdPort, peerPort),
      logFile(dir, "etcd"),
    );
    const around = { binaries, processes, proxy, etcd, readyTimeoutMs };
    let others = 0;
    await bringUp(dir, { etcdPort, prefix: "/registry" }, around);
    return {
      ...connect(dir),
      async another() {
        const name = `another-${++others}`;
        const path = join(dir, name);
        await Deno.mkdir(path, { mode: 0o700 });
        await bringUp(path, { etcdPort, prefix: `/${name}` }, around);
        return connect(path);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** State that API servers of one etcd share. */
interface Around {
  readonly binaries: Binaries;
  readonly processes: Processes;
  readonly proxy: Proxy;
  readonly etcd: Process;
  readonly readyTimeoutMs: number;
}

const logFile = (dir: string, name: string) => join(dir, `${name}.log`);

async function bringUp(
  dir: string,
  storage: Storage,
  { binaries, processes, proxy, etcd, readyTimeoutMs }: Around,
) {
  const [port] = freePorts(1) as [number];
  const url = `https://127.0.0.1:${port}`;
  const tokens = makeTokens();
  await Deno.writeTextFile(tokensFile(dir), tokenFile(tokens), { mode: 0o600 });
  await writeSigningKeys(dir);
  const { server: certificates, writeCredentials } = makeCertificates();
  await writeCertificates(dir, certificates);
  const apiServer = await processes.start(
    "kube-apiserver",
    binaries.kubeApiserver,
    kubeApiserverArguments(dir, port, storage),
    logFile(dir, "kube-apiserver"),
  );

  const credentials = await writeCredentials(dir, tokens.administrator);
  const { ca } = certificates;
  const server = { url, ca, administratorToken: tokens.administrator };
  await untilReady([etcd, apiServer], readyTimeoutMs, async () => {
    const answer = await request(server, "GET", "/readyz");
    return answer.status === 200;
  });
  for (const { path, body } of initialObjects()) {
    const answer = await request(server, "POST", path, body);
    if (answer.status !== 201) {
      throw new Error(`Cannot prepare the control plane: ${path}: ${JSON.stringify(answer.body)}`);
    }
  }
  const wiring = { url, ca, tokens, credentials, proxyUrl: proxy.url };
  await writeKubeconfigs(join(dir, "kubeconfigs"), wiring);
  const record = JSON.stringify({ ...server, kubectl: binaries.kubectl });
  await Deno.writeTextFile(recordFile(dir), record, { mode: 0o600 });
}

/** Polls until `isReady`; errors count as not ready. */
async function untilReady(
  processes: Process[],
  timeoutMs: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  let dead: Process | undefined;
  for (const process of processes) process.ended.then(() => dead ??= process);
  const end = performance.now() + timeoutMs;
  while (performance.now() < end && !dead) {
    if (await isReady().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const why = dead ? `${dead.name} ended` : `it was not ready after ${timeoutMs} ms`;
  const shown = dead ? [dead] : processes;
  throw new Error(`Cannot start the control plane: ${why}\n${shown.map(logTail).join("\n")}`);
}

function logTail({ name, logFile }: Process): string {
  return `--- end of the log of ${name}\n` +
    Deno.readTextFileSync(logFile).trimEnd().split("\n").slice(-15).join("\n");
}

function stopOnce(processes: Processes, proxy: Proxy, dir: string): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => stopping ??= stopAndRemove();
  const signals = (["SIGINT", "SIGTERM"] as const).map((name) => {
    // `stop` removes the listener, so that a second signal has its default effect.
    const listener = () => void stop().finally(() => Deno.kill(Deno.pid, name));
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });
  async function stopAndRemove() {
    await processes.stop();
    await proxy.stop();
    await Deno.remove(dir, { recursive: true });
    for (const { name, listener } of signals) Deno.removeSignalListener(name, listener);
  }
  return stop;
}
