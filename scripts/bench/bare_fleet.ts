import http from "node:http";
import pLimit from "p-limit";
import type { Asked, EmulatedFleet } from "./emulated_fleet.ts";

/** The number of concurrent clusters, as in the program (`fleet-at-once`). */
const AT_ONCE = 32;

/** The most idle connections to all clusters, with room for those of the servers and of the program. */
const MAX_IDLE = 10_000;

/** A minimal client of many clusters: it sends requests over kept connections and discards responses. */
export interface BareFleet extends Disposable {
  /**
   * Sends each cluster its requests, to as many clusters concurrently as the program: the first reads
   * together, then the writes after them together, and so on.
   * @throws when a write fails
   */
  send(requests: readonly Asked[]): Promise<void>;
}

/** @param count number of clusters */
export function bareFleet(fleet: EmulatedFleet, count: number): BareFleet {
  const maxFreeSockets = Math.floor(MAX_IDLE / count);
  const agents = new Map<string, http.Agent>();
  const agentOf = (cluster: string) => {
    const agent = agents.get(cluster) ?? new http.Agent({ keepAlive: true, maxFreeSockets });
    agents.set(cluster, agent);
    return agent;
  };
  return {
    async send(requests) {
      const atOnce = pLimit(AT_ONCE);
      const clusters = [...Map.groupBy(requests, ({ cluster }) => cluster)];
      await Promise.all(clusters.map(([cluster, own]) =>
        atOnce(async () => {
          for (const step of steps(own)) {
            await Promise.all(
              step.map((each) => ask(fleet.urlOf(cluster), each, agentOf(cluster))),
            );
          }
        })
      ));
    },
    [Symbol.dispose]() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

const isWrite = ({ method }: Asked) => method !== "GET";

/** Splits requests between reads and writes. */
function steps(requests: readonly Asked[]): Asked[][] {
  const all: Asked[][] = [];
  for (const each of requests) {
    const last = all.at(-1);
    if (last && isWrite(last[0]!) === isWrite(each)) last.push(each);
    else all.push([each]);
  }
  return all;
}

function ask(url: string, { method, target, accept, body }: Asked, agent: http.Agent) {
  return new Promise<void>((resolve, reject) => {
    const length = body === undefined ? undefined : new TextEncoder().encode(body).length;
    const headers = {
      Accept: accept,
      ...length === undefined ? {} : {
        "Content-Type": "application/json",
        "Content-Length": String(length),
      },
    };
    const request = http.request(url + target, { method, agent, headers }, (answer) => {
      answer.on("data", () => {});
      answer.on("error", reject);
      answer.on("end", () => {
        const { statusCode = 0 } = answer;
        if (statusCode < 300) resolve();
        else reject(new Error(`${method} ${target} is answered with ${statusCode}`));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
