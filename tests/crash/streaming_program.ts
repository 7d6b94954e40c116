import { run } from "../../src/cli/run.ts";
import { listSecrets } from "../../src/credentials/list.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { OPERATIONS } from "../../src/operations/table.ts";

/** The program with one more operation: a stream that lists a cluster's secrets again and again. */

/** A secret of this name ends the streams. */
export const ENOUGH = "enough";

/** What a stream is asked for, in the query. */
export interface Ticks {
  /** Milliseconds between two looks at the cluster. */
  readonly every: number;
  /** How often it looks after it has seen that it is enough. */
  readonly more: number;
  /** Characters that each event has besides. */
  readonly pad: number;
  /** Whether it fails instead of its last event. */
  readonly fails?: boolean;
}

const TICKS: Operation = {
  name: "ticks",
  tag: "secrets",
  role: "reader",
  effect: "read",
  // It opens its cluster itself, so that more streams are under way than a cluster has places.
  clusters: "none",
  method: "get",
  path: "/ticks",
  root: { path: "/ticks" },
  summary: "The cluster's secrets again and again",
  load: () =>
    Promise.resolve({
      describe: () => ({ answers: {} }),
      take({ query }) {
        const [every, more, pad] = ["every", "more", "pad"].map((name) => Number(query.get(name)));
        return {
          async run({ clusters, settings }) {
            const opened = await clusters.open("c");
            if (opened.kind !== "open") throw new Error("There is no cluster");
            const { store, seconds, argocdNamespace } = opened;
            const { dockerLabels } = settings;
            const own = { dockerLabels, dockerNamespaces: [], seconds, argocdNamespace };
            async function* events() {
              yield { event: "started" };
              let left = more!;
              for (let tick = 0;; tick++) {
                const found = await listSecrets("c", store, own);
                yield { event: "tick", tick, found: found.kind, pad: "x".repeat(pad!) };
                const isEnough = found.kind === "listed" &&
                  found.docker.some(({ name }) => name === ENOUGH);
                if (isEnough && left-- === 0) break;
                await new Promise((resolve) => setTimeout(resolve, every!));
              }
              if (query.get("fails") === "true") throw new Error("a bug");
              yield { event: "done" };
            }
            return { reply: () => ({ kind: "stream", events }) };
          },
        };
      },
    }),
};

if (import.meta.main) {
  (OPERATIONS as Operation[]).push(TICKS);
  Deno.exit(await run(Deno.args));
}
