import { run } from "../../src/cli/run.ts";
import { listSecrets } from "../../src/credentials/list.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { OPERATIONS } from "../../src/operations/table.ts";

/** The program with one more operation: a stream that lists a cluster's secrets repeatedly. */

/** A secret of this name ends the streams. */
export const ENOUGH = "enough";

/** The parameters of a stream. */
export interface Ticks {
  /** Milliseconds between two lists. */
  readonly every: number;
  /** The number of lists after the secret was found. */
  readonly more: number;
  /** Characters of padding in each event. */
  readonly pad: number;
  /** Whether it fails instead of sending its last event. */
  readonly fails?: boolean;
}

const TICKS: Operation = {
  name: "ticks",
  tag: "secrets",
  role: "reader",
  effect: "read",
  // It opens its cluster itself, so that more streams run than a cluster has slots.
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
