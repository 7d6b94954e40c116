import autocannon from "autocannon";
import { join } from "node:path";
import { bundle } from "../build/bundle.ts";
import { ALONE } from "../build/offline.ts";
import { V8_FLAGS } from "../build/v8_flags.ts";
import { median, timed } from "./measure.ts";
import { PROGRAM, type ServerProcess, startServer } from "./server.ts";
import { atMost, type Row } from "./table.ts";

const BARE = join(import.meta.dirname!, "bare_server.ts");
const ROOT = join(import.meta.dirname!, "..", "..");

/** The rate of /health, compared with a server that does nothing but send the same response. */
export async function benchHealth(server: ServerProcess): Promise<Row> {
  const bare = await startServer([BARE]);
  const rates: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  try {
    for (let turn = 0; turn < 6; turn++) {
      const ours = await rate(`${server.url}/health`);
      const least = await rate(bare.url);
      if (turn === 0) continue; // warm-up
      rates.ours.push(ours);
      rates.bare.push(least);
    }
  } finally {
    await bare.stop();
  }
  const [ours, least] = [median(rates.ours), median(rates.bare)];
  const shown = (value: number) => `${value.toFixed(0)} /s`;
  return {
    work: "GET /health",
    ours: shown(ours),
    bare: shown(least),
    ratio: ours / least,
    goal: "at least 0.8 ×",
    met: ours / least >= 0.8,
  };
}

/** Responses per second over 20 connections, for two seconds. */
async function rate(url: string): Promise<number> {
  const { requests } = await autocannon({ url, connections: 20, duration: 2 });
  return requests.average;
}

/**
 * The time from the start of the process to the first response, compared with a server of one line: from
 * source, and with the bundle of the executable.
 */
export async function benchStart(clusters: string): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  try {
    const pieces = join(folder, "bundle");
    await bundle({ root: ROOT, folder: pieces, commit: "bench" });
    const flags = ["--port", "0", "--clusters-folder", clusters];
    const ways = {
      built: () =>
        startAndAsk([...ALONE, ...V8_FLAGS, join(pieces, "main.js"), ...flags], "/health"),
      source: () => startAndAsk([...PROGRAM, ...flags], "/health"),
      bare: () => startAndAsk([BARE], "/"),
    };
    const times = { built: [] as number[], source: [] as number[], bare: [] as number[] };
    for (let turn = 0; turn < 23; turn++) {
      for (const way of ["built", "source", "bare"] as const) {
        const took = await timed(ways[way]);
        if (turn > 2) times[way].push(took); // by now Deno has cached the compiled code
      }
    }
    const bare = median(times.bare);
    return [
      underStart("start to the first /health, as built", { ours: median(times.built), bare }),
      underStart("the same from source", { ours: median(times.source), bare }),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The goal in milliseconds, which is quick enough for people. */
const START_MS = 150;

function underStart(work: string, { ours, bare }: { ours: number; bare: number }): Row {
  return {
    ...atMost(Infinity, work, { ours, bare }),
    goal: `under ${START_MS} ms`,
    met: ours < START_MS,
  };
}

async function startAndAsk(args: readonly string[], path: string): Promise<void> {
  const server = await startServer(args);
  await (await fetch(server.url + path)).body?.cancel();
  server.kill(); // not part of the measurement
}

export async function benchMemory(server: ServerProcess): Promise<Row> {
  const memory = await server.residentMemory();
  return {
    work: "resident memory, idle",
    ours: `${memory.toFixed(0)} MB`,
    bare: "",
    ratio: undefined,
    goal: "under 120 MB",
    met: memory < 120,
  };
}
