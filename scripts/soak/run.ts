/** Runs one soak over one transport. */
import { defaultGateLimits } from "../../src/kube/kubectl/gate.ts";
import { makeCanary } from "./canary.ts";
import { runClients } from "./clients.ts";
import type { HealthThread, Probed } from "./health_thread.ts";
import { Histories } from "./history.ts";
import { httpClient } from "./http.ts";
import {
  type Overload,
  overload,
  overloadCounts,
  overloadTimes,
  wrongAnswers,
} from "./overload.ts";
import { processesWith } from "./processes.ts";
import { type Report, timesOf } from "./report.ts";
import { startServer, type Transport } from "./server.ts";
import { drift, percentile, spread } from "./statistics.ts";
import { Tally } from "./tally.ts";
import { startThread } from "./thread.ts";
import { type Verified, verify } from "./verify.ts";
import type { Watched, WatchThread } from "./watch_thread.ts";
import { startWorld } from "./world.ts";

export interface Soak {
  readonly transport: Transport;
  readonly clients: number;
  readonly minutes: number;
  /** Average seconds between a response and a client's next request. */
  readonly think: number;
  /** `kubectl_timeout` of the server, in seconds. */
  readonly timeout: number;
  /** The overload at the end. */
  readonly overload: { readonly seconds: number; readonly short: boolean };
}

/** Requests to /health per second. */
const PROBES = 20;
const MAX_REQUESTS = 1_000_000;
/** Time until a process counts as left over. */
const AFTERWARDS = 2000;
/** The most examples of wrong responses that are kept. */
const EXAMPLES = 10;
/** Milliseconds until the measurement starts, so that earlier kubectl processes do not count. */
const SETTLE = 500;

export async function soak(options: Soak): Promise<Report> {
  const { transport, clients, minutes, think, timeout } = options;
  const canary = makeCanary();
  const tally = new Tally(canary);
  const histories = new Histories();
  await using world = await startWorld();
  await using server = await startServer(world, transport, timeout);
  await pause(SETTLE);
  using health = startThread<HealthThread>("./health_thread.ts");
  using watching = startThread<WatchThread>("./watch_thread.ts");
  const http = httpClient(server.url, clients);

  await watching.ask("start", { pid: server.pid });
  await health.ask("start", { url: server.url, rate: PROBES });
  const began = performance.now();
  await runClients({
    clients,
    think: think * 1000,
    http,
    world,
    canary: canary.value,
    histories,
    tally,
    duration: minutes * 60_000,
    maxRequests: MAX_REQUESTS,
  });
  const seconds = (performance.now() - began) / 1000;
  const probed = await health.ask("finish", {});
  http.close();
  await pause(SETTLE);
  const watched = await watching.ask("finish", { pid: server.pid });
  const overloaded = await overload({
    ...options.overload,
    url: server.url,
    healthy: "steady-a",
    hung: "hung",
    namespace: world.namespaces[0]!,
    canary: canary.value,
  });

  const code = await server.stop();
  await pause(AFTERWARDS);
  const found: Found = {
    tally,
    probed,
    watched,
    overloaded,
    code,
    orphans: processesWith(`--kubeconfig=${world.clustersFolder}`).length,
    canaryInLog: canary.isIn(await server.log()),
    verified: await verify(histories, world, canary.value),
  };
  return {
    transport,
    clients,
    seconds,
    hasReal: world.hasReal,
    requests: tally.rows(),
    counts: countsOf(found, Object.keys(world.clusters).length),
    times: timesFound(found, seconds),
    memory: watched.memory,
    examples: [
      ...tally.examples,
      ...found.verified.examples,
      ...wrongAnswers(overloaded).slice(0, EXAMPLES),
    ],
  };
}

interface Found {
  readonly tally: Tally;
  readonly probed: Probed;
  readonly watched: Watched;
  readonly overloaded: Overload;
  /** Exit code of the server after SIGTERM. */
  readonly code: number;
  readonly orphans: number;
  readonly canaryInLog: boolean;
  readonly verified: Verified;
}

function countsOf(found: Found, clusters: number): Report["counts"] {
  const { tally, probed, watched, code, orphans, canaryInLog, verified } = found;
  const { secrets, lost, halfWritten, denied } = verified;
  const limits = defaultGateLimits(navigator.hardwareConcurrency);
  const none = (what: string, found: number) => ({ what, found, most: 0 });
  return [
    none(`secrets lost, of ${secrets}`, lost),
    none("secrets half-written", halfWritten),
    none("secrets with a value whose write failed", denied),
    none("errors on healthy clusters", tally.errorsOnHealthy),
    none("responses with status 500", tally.bugs),
    none("requests without a response", tally.unanswered),
    none("errors of /health", probed.failed),
    none("canaries in responses", tally.canaries),
    none("canaries in the log", Number(canaryInLog)),
    none("processes left over", orphans),
    none("exit code after SIGTERM", code),
    {
      // Twice the limit, since from outside, processes that have started to respond look like starting ones.
      what: "concurrent processes younger than 250 ms",
      found: Math.max(0, ...watched.young),
      most: 2 * limits.starting,
    },
    {
      what: "concurrent processes",
      found: Math.max(0, ...watched.alive),
      most: limits.alive + clusters, // one more for each cluster without a process
    },
    ...overloadCounts(found.overloaded),
  ];
}

function timesFound(
  { tally, probed, watched, overloaded }: Found,
  seconds: number,
): Report["times"] {
  const share = (part: number) => `${(100 * part / seconds).toFixed(0)} %`;
  const { memory, descriptors, alive, young } = watched;
  const grown = drift(memory);
  const measured = (what: string, found: string) => ({ what, found, goal: "", met: true });
  const ends = (values: readonly number[]) =>
    [values[0], Math.max(...values), values.at(-1)].map((value) => value?.toFixed(0) ?? "?");
  const [memoryFirst, memoryMost, memoryLast] = ends(memory);
  const [openFirst, openMost, openLast] = ends(descriptors);
  return [
    timesOf("/health", spread(probed.times), 50),
    timesOf(
      "/health after the first fifth",
      spread(probed.times.slice(Math.ceil(probed.times.length / 5))),
      50,
    ),
    timesOf("GET /secrets of healthy clusters", spread(tally.listTimes)),
    {
      what: "resident memory",
      found: `${memoryFirst} MB at first, ${memoryMost} at most, ${memoryLast} at last, ` +
        `drift ${(100 * grown).toFixed(1)} %`,
      goal: "drift under 10 %",
      met: grown < 0.1,
    },
    measured(
      "file descriptors",
      `${openFirst} at first, ${openMost} at most, ${openLast} at last`,
    ),
    measured(
      "concurrent processes",
      `p50 ${percentile(alive, 0.5)}, p99 ${percentile(alive, 0.99)}, max ${percentile(alive, 1)}`,
    ),
    measured(
      "of these younger than 250 ms",
      `p50 ${percentile(young, 0.5)}, p99 ${percentile(young, 0.99)}, max ${percentile(young, 1)}`,
    ),
    measured(
      "the server's main thread",
      `running ${share(watched.processor.had)}, waiting for a CPU ` +
        `${share(watched.processor.waited)} of the time`,
    ),
    measured("responses that ask to retry later", String(tally.busy)),
    ...overloadTimes(overloaded),
  ];
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
