import http from "node:http";
import { join } from "node:path";
import pLimit from "p-limit";
import {
  type Asked,
  clusterNames,
  type EmulatedFleet,
  startEmulatedFleet,
} from "./emulated_fleet.ts";
import { get } from "./http.ts";
import { sideBySide } from "./measure.ts";
import { PROGRAM, type ServerProcess, startServer } from "./server.ts";
import { atMost, markdown, type Row } from "./table.ts";

const CREDENTIALS = 50;

/** As many clusters at once as the program asks (`fleet-at-once`). */
const AT_ONCE = 32;

const MATRIX = "/api/v1/credentials";

interface Stage {
  readonly server: ServerProcess;
  readonly fleet: EmulatedFleet;
}

/** With a server of its own, whose memory is only that of this work. */
async function staged<T>(
  clusters: number,
  isReady: boolean,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    await using fleet = await startEmulatedFleet(clusters, CREDENTIALS, isReady);
    for (const name of clusterNames(clusters)) {
      const file = join(folder, `${name}.kubeconfig`);
      await Deno.writeTextFile(file, fleet.kubeconfig(name), { mode: 0o600 });
    }
    const flags = ["--port", "0", "--clusters-folder", folder, "--transport", "api"];
    const patience = ["--kubectl-timeout", "120"]; // a slow machine is no reason to measure nothing
    const server = await startServer([...PROGRAM, ...flags, ...patience]);
    try {
      return await work({ server, fleet });
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The matrix of emulated clusters, beside its requests alone; and the most memory that it took. */
async function measured(
  clusters: number,
  turns: number,
  isReady = false,
): Promise<{ ours: number; bare: number; memory: number }> {
  return await staged(clusters, isReady, async ({ server, fleet }) => {
    await get(`${server.url}${MATRIX}?clusters=c0`); // loads what it needs
    await fleet.asked();
    await matrix(server, clusters);
    const asked = await fleet.asked();
    const bare = bareFleet(fleet, asked);
    try {
      const times = await sideBySide(turns, () => matrix(server, clusters), () => bare.ask());
      return { ...times, memory: await server.peakMemory() };
    } finally {
      bare.close();
    }
  });
}

/** @throws where it is not the whole one, with fingerprints */
async function matrix(server: ServerProcess, clusters: number): Promise<void> {
  const response = await fetch(server.url + MATRIX);
  const text = await response.text();
  const fingerprints = text.match(/"fingerprints"/g)?.length;
  if (response.status !== 200 || fingerprints !== clusters * CREDENTIALS) {
    const why = /"message": ?"[^"]*"/.exec(text)?.[0];
    throw new Error(`${response.status}, ${fingerprints} fingerprinted secrets, ${why}`);
  }
}

/** Sends these requests over kept connections, as many clusters at once; reads the answers, no more. */
function bareFleet(fleet: EmulatedFleet, asked: readonly Asked[]) {
  const atOnce = pLimit(AT_ONCE);
  const clusters = [...Map.groupBy(asked, ({ cluster }) => cluster)].map(([name, requests]) => ({
    url: fleet.urlOf(name),
    agent: new http.Agent({ keepAlive: true }),
    requests,
  }));
  return {
    ask: () =>
      Promise.all(
        clusters.map(({ url, agent, requests }) =>
          atOnce(() =>
            Promise.all(requests.map(({ target, accept }) => read(url + target, accept, agent)))
          )
        ),
      ),
    close: () => clusters.forEach(({ agent }) => agent.destroy()),
  };
}

function read(url: string, accept: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: { Accept: accept } }, (answer) => {
      answer.on("data", () => {});
      answer.on("error", reject);
      answer.on("end", () => resolve());
    });
    request.on("error", reject);
  });
}

const inSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

/** Of 200 and of 1,000 emulated clusters; and how much of it is the program's own work. */
export async function benchMatrix(): Promise<Row[]> {
  const of200 = await measured(200, 5);
  const ready = await measured(200, 5, true);
  const of1000 = await measured(1000, 1);
  const goal = atMost(1.6, `matrix, 200 emulated clusters × ${CREDENTIALS} credentials`, of200);
  const growth = of1000.ours / of200.ours;
  return [
    {
      ...goal,
      ours: `${inSeconds(of200.ours)}, ${of200.memory.toFixed(0)} MB`,
      bare: inSeconds(of200.bare),
      goal: `${goal.goal}; 5 s, 400 MB`,
      met: goal.met && of200.ours < 5000 && of200.memory < 400,
    },
    {
      work: "the same of 1,000 clusters",
      ours: `${inSeconds(of1000.ours)}, ${of1000.memory.toFixed(0)} MB`,
      bare: inSeconds(of1000.bare),
      ratio: of1000.ours / of1000.bare,
      goal: `in proportion: ${growth.toFixed(1)} times the 200, at most 6`,
      met: growth <= 6,
    },
    {
      ...atMost(Infinity, "the 200, of servers whose answers are ready", ready),
      goal: "",
    },
  ];
}

if (import.meta.main) console.log(markdown(await benchMatrix()));
