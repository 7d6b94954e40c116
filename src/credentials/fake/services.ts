import type { Attempt, Credentials, Outcome } from "../../audit/entry.ts";
import type { WriteRecord } from "../../audit/write_record.ts";
import type { KubeError } from "../../kube/errors.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { unusableStore } from "../../kube/lazy_store.ts";
import { Sealed } from "../../log/sealed.ts";
import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import type { AddServices } from "../adding.ts";
import { unrecorded } from "../recorded.ts";
import { Locks } from "../write/locks.ts";
import type { Writer } from "../writer.ts";

/** A writer with a unique write id. */
export function writer(): Writer {
  return {
    writeId: crypto.randomUUID(),
    requestId: "r1",
    actor: { name: "ci", from: "127.0.0.1" },
  };
}

/** One line of an audit log in memory. */
export type RecordLine =
  | {
    readonly phase: "begin";
    readonly attempt: Attempt;
    /** The unsealed value, or one per place. */
    readonly credential: string | Readonly<Record<string, string>> | undefined;
  }
  | { readonly phase: "end"; readonly outcome: Outcome };

export interface Recorder extends WriteRecord {
  readonly lines: readonly RecordLine[];
}

/** An audit log in memory. @param why makes every write to the log fail with this reason */
export function recorder(why?: string): Recorder {
  const lines: RecordLine[] = [];
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

export interface FakeServices extends AddServices {
  /** The credentials that were verified. */
  readonly verified: readonly Verifiable[];
}

/**
 * The dependencies of a use-case: an in-memory cluster, and a verifier that accepts every credential.
 * @param cluster the cluster, or the error of every request to it
 */
export function servicesOf(
  cluster: FakeCluster | KubeError,
  more: Partial<AddServices> & { readonly verdict?: Verdict } = {},
): FakeServices {
  const { verdict = ACCEPTED, ...services } = more;
  const verified: Verifiable[] = [];
  return {
    store: storeOf(cluster),
    begin: unrecorded,
    locks: new Locks(),
    seconds: 20,
    onBug: (error) => {
      throw error;
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
    verifyOne: (what) => {
      verified.push(what);
      return Promise.resolve(verdict);
    },
    once: (act) => act(),
    ...services,
    verified,
  };
}

function storeOf(cluster: FakeCluster | KubeError) {
  return cluster instanceof Error ? unusableStore(cluster) : cluster.store();
}
