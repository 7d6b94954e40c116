import { bareFleet } from "./bare_fleet.ts";
import { type Measured, staged } from "./fleet_stage.ts";
import { get } from "./http.ts";
import { sideBySide } from "./measure.ts";
import type { ServerProcess } from "./server.ts";
import { atMost, inSeconds, markdown, type Row } from "./table.ts";

const CREDENTIALS = 50;

const MATRIX = "/api/v1/credentials";

/** The matrix of emulated clusters, compared with its requests alone, and its peak memory. */
export async function measureMatrix(
  clusters: number,
  turns: number,
  isReady = false,
): Promise<Measured> {
  return await staged(
    { clusters, credentials: CREDENTIALS, isReady },
    async ({ server, fleet }) => {
      await get(`${server.url}${MATRIX}?clusters=c0`); // loads the modules
      const asked = await fleet.asked(() => matrix(server, clusters));
      using bare = bareFleet(fleet, clusters);
      const requests = asked.filter(({ method }) => method === "GET");
      const times = await sideBySide(
        turns,
        () => matrix(server, clusters),
        () => bare.send(requests),
      );
      return { ...times, memory: await server.peakMemory() };
    },
  );
}

/** @throws when the matrix is incomplete or has no fingerprints */
async function matrix(server: ServerProcess, clusters: number): Promise<void> {
  const response = await fetch(server.url + MATRIX);
  const text = await response.text();
  const fingerprints = text.match(/"fingerprints"/g)?.length;
  if (response.status !== 200 || fingerprints !== clusters * CREDENTIALS) {
    const why = /"message": ?"[^"]*"/.exec(text)?.[0];
    throw new Error(`${response.status}, ${fingerprints} fingerprinted secrets, ${why}`);
  }
}

/** For 200 and for 1,000 emulated clusters, and the share of the program's own work. */
export async function benchMatrix(): Promise<Row[]> {
  const of200 = await measureMatrix(200, 5);
  const ready = await measureMatrix(200, 5, true);
  const of1000 = await measureMatrix(1000, 1);
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
