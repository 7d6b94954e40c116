import { bareFleet } from "./bare_fleet.ts";
import { type Asked, ONE_VALUE } from "./emulated_fleet.ts";
import { type Measured, type Stage, staged } from "./fleet_stage.ts";
import { sideBySide } from "./measure.ts";
import { atMost, inSeconds, markdown, type Row } from "./table.ts";

/** Secrets in each cluster, all with the same value. */
const SECRETS = 20;

/** Rotates one value back and forth in all secrets of emulated clusters, compared with the requests alone. */
export async function measureRotation(clusters: number, turns: number): Promise<Measured> {
  const options = { clusters, credentials: SECRETS, seeding: "one value" } as const;
  return await staged(options, async (stage) => {
    const values = [ONE_VALUE, "bench-second-value"] as const;
    /** The value that is stored at present. */
    let now = 0;
    /** The requests of a rotation in each direction. */
    const recorded: Asked[][] = [];
    const rotate = async () => {
      await rotation(stage, values[now]!, values[1 - now]!, clusters);
      now = 1 - now;
    };
    for (const _ of values) recorded.push(repeatable(await stage.fleet.asked(rotate)));
    using bare = bareFleet(stage.fleet, clusters);
    const times = await sideBySide(turns, rotate, async () => {
      await bare.send(recorded[now]!);
      now = 1 - now;
    });
    return { ...times, memory: await stage.server.peakMemory() };
  });
}

/** Requests without resource versions, so that they can be sent again. */
function repeatable(requests: readonly Asked[]): Asked[] {
  return requests.map(({ body, ...request }) => {
    if (body === undefined) return request;
    const object = JSON.parse(body);
    delete object.metadata?.resourceVersion;
    return { ...request, body: JSON.stringify(object) };
  });
}

/** @throws unless it has replaced exactly these secrets */
async function rotation(
  { server }: Stage,
  from: string,
  to: string,
  clusters: number,
): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/rotations`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      find: { password: from },
      set: { password: to },
      clusters: ["*"],
      verify: false,
    }),
  });
  const answer = await response.json();
  const { message, rotated, safe_to_revoke, clusters: all = [] } = answer;
  const replaced = all.reduce(
    (sum: number, { secrets }: { secrets: unknown[] }) => sum + secrets.length,
    0,
  );
  const isDone = response.status === 200 && rotated === clusters && safe_to_revoke === true;
  if (isDone && replaced === clusters * SECRETS) return;
  const why = all.find(({ status }: { status: string }) => status === "failed")?.answer?.message;
  throw new Error(
    `${response.status}, ${rotated} clusters, ${replaced} secrets: ${why ?? message}`,
  );
}

/** One value in twenty secrets of each of 200 emulated clusters. */
export async function benchRotation(): Promise<Row> {
  const times = await measureRotation(200, 3);
  const work = `rotate one value in ${SECRETS} secrets of each of 200 emulated clusters`;
  return {
    ...atMost(1.7, work, times),
    ours: `${inSeconds(times.ours)}, ${times.memory.toFixed(0)} MB`,
    bare: inSeconds(times.bare),
  };
}

if (import.meta.main) console.log(markdown([await benchRotation()]));
