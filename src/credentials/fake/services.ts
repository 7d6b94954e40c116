import type { Attempt, Credentials, Outcome } from "../../audit/entry.ts";
import type { WriteRecord } from "../../audit/write_record.ts";
import type { KubeError } from "../../kube/errors.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { refusedStore } from "../../kube/late_store.ts";
import { Sealed } from "../../log/sealed.ts";
import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import type { AddServices } from "../adding.ts";
import { unrecorded } from "../recorded.ts";
import { Locks } from "../write/locks.ts";
import type { Writer } from "../writer.ts";

/** Who writes, unlike any other. */
export function writer(): Writer {
  return {
    writeId: crypto.randomUUID(),
    requestId: "r1",
    actor: { name: "ci", from: "127.0.0.1" },
  };
}

/** What stands in a record, in the order in which it came. */
export type Line =
  | {
    readonly phase: "begin";
    readonly attempt: Attempt;
    /** The value, or one for each place. */
    readonly credential: string | Readonly<Record<string, string>> | undefined;
  }
  | { readonly phase: "end"; readonly outcome: Outcome };

export interface Recorder extends WriteRecord {
  readonly lines: readonly Line[];
}

/** @param why it cannot be written; then nothing is */
export function recorder(why?: string): Recorder {
  const lines: Line[] = [];
  return {
    lines,
    begin: (attempt, credential?: Credentials) => {
      if (why !== undefined) return Promise.resolve({ kind: "unwritable", why });
      lines.push({ phase: "begin", attempt, credential: revealed(credential) });
      const end = (outcome: Outcome) => {
        lines.push({ phase: "end", outcome });
        return Promise.resolve();
      };
      return Promise.resolve({ kind: "recorded", end });
    },
  };
}

function revealed(credential: Credentials | undefined) {
  if (credential === undefined || credential instanceof Sealed) return credential?.reveal();
  const all = Object.entries(credential).map(([place, each]) => [place, each.reveal()]);
  return Object.fromEntries(all) as Record<string, string>;
}

export const ACCEPTED: Verdict = {
  reachable: true,
  accepted: true,
  may: [],
  asked: "https://x/",
  why: "accepted",
};

export interface Services extends AddServices {
  /** What has been tried. */
  readonly tried: readonly Verifiable[];
}

/**
 * What a use-case gets, over a cluster in memory, and accepting every credential.
 * @param cluster or why it is not asked
 */
export function servicesOf(
  cluster: FakeCluster | KubeError,
  more: Partial<AddServices> & { readonly verdict?: Verdict } = {},
): Services {
  const { verdict = ACCEPTED, ...services } = more;
  const tried: Verifiable[] = [];
  return {
    store: storeOf(cluster),
    begin: unrecorded,
    locks: new Locks(),
    seconds: 20,
    onFault: (error) => {
      throw error;
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
    verifyOne: (what) => {
      tried.push(what);
      return Promise.resolve(verdict);
    },
    once: (act) => act(),
    ...services,
    tried,
  };
}

function storeOf(cluster: FakeCluster | KubeError) {
  return cluster instanceof Error ? refusedStore(cluster) : cluster.store();
}
