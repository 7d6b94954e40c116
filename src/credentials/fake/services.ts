import type { Attempt, Outcome, WriteRecord } from "../../audit/audit_log.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import type { AddServices } from "../adding.ts";
import type { OpenedCluster } from "../stores.ts";
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
  | { readonly phase: "begin"; readonly attempt: Attempt; readonly credential: string | undefined }
  | { readonly phase: "end"; readonly outcome: Outcome };

export interface Recorder extends WriteRecord {
  readonly lines: readonly Line[];
}

/** @param why it cannot be written; then nothing is */
export function recorder(why?: string): Recorder {
  const lines: Line[] = [];
  return {
    lines,
    begin: (attempt, credential?: Sealed<string>) => {
      if (why !== undefined) return Promise.resolve({ kind: "unwritable", why });
      lines.push({ phase: "begin", attempt, credential: credential?.reveal() });
      const end = (outcome: Outcome) => {
        lines.push({ phase: "end", outcome });
        return Promise.resolve();
      };
      return Promise.resolve({ kind: "recorded", end });
    },
  };
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

/** What a use-case gets, over a cluster in memory, and accepting every credential. */
export function servicesOf(
  cluster: FakeCluster | Exclude<OpenedCluster, { kind: "open" }>,
  more: Partial<AddServices> & { readonly verdict?: Verdict } = {},
): Services {
  const { verdict = ACCEPTED, ...services } = more;
  const tried: Verifiable[] = [];
  const opened: OpenedCluster = "kind" in cluster
    ? cluster
    : { kind: "open", store: cluster.store() };
  return {
    open: () => Promise.resolve(opened),
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
    ...services,
    tried,
  };
}

export const NOT_FOUND = {
  kind: "cluster_not_found",
  cluster: "nowhere",
  file: "clusters/nowhere.kubeconfig",
} as const;
