import { AuditLogs } from "./audit/audit_logs.ts";
import { FingerprintKeys } from "./audit/fingerprint_keys.ts";
import { NO_KEY, passingFingerprints } from "./audit/key.ts";
import { checkTurns } from "./clusters/check_clusters.ts";
import { PassedOverFiles } from "./clusters/passed_over_files.ts";
import { IssuerAnswers } from "./credentials/checks/issuer_answers.ts";
import { CheckMemory } from "./credentials/checks/memory.ts";
import { Locks } from "./credentials/write/locks.ts";
import { Rotations } from "./fleet/rotation/rotations.ts";
import { Breakers } from "./kube/breaker.ts";
import { defaultGateLimits, ProcessGate } from "./kube/kubectl/gate.ts";
import { observe } from "./observe/observe.ts";
import { FINDS_A_MINUTE, TRIES_A_MINUTE } from "./operations/call.ts";
import { Limits } from "./operations/limits.ts";
import { fleetQueue, serverLimits } from "./operations/server_limits.ts";
import { PerMinute } from "./rate_limit/per_minute.ts";
import { MAX_HELD, ReadBudget } from "./verify/read_budget.ts";

/** What programs in one process have in common, so that one may follow another while it serves. */
export type Shared = ReturnType<typeof shared>;

/** @param onLonger told when a request has more time than any before it, in seconds */
export function shared(
  { cores }: { readonly cores: number },
  passedOverFiles: PassedOverFiles = new PassedOverFiles(),
  onLonger: (seconds: number) => void = () => {},
) {
  let longest = 0;
  const gate = new ProcessGate(defaultGateLimits(cores));
  return {
    locks: new Locks(),
    /** As the program that was put together last has them. */
    limits: new Limits(serverLimits({ maxRequests: 1, seconds: 1 })),
    /** Of requests about several clusters; as {@link limits}. */
    fleet: fleetQueue(1, gate.limits),
    gate,
    breakers: new Breakers({
      onOpened: (cluster, { message: reason }) =>
        observe("clusters.unreachable", { cluster, reason }),
      onClosed: (cluster) => observe("clusters.reachable", { cluster }),
    }),
    /** Of requests that check clusters. */
    checkTurns: checkTurns(),
    auditLogs: new AuditLogs(),
    /** Of credentials, by the keys in files. */
    fingerprintKeys: new FingerprintKeys(),
    /** Of credentials, where neither a file nor an audit log has a key for them. */
    fingerprint: passingFingerprints(),
    /** Why those end with this process; absent where they do not. */
    fingerprintsEnd: NO_KEY as string | undefined,
    /** Whether this process makes them for one call only. */
    fingerprintsAreNew: false,
    /** Of answers to who tries credentials: what of them is held at once. */
    readBudget: new ReadBudget(MAX_HELD),
    /** Dry runs and tried credentials of each token or address. */
    tries: new PerMinute({ allowed: TRIES_A_MINUTE }),
    /** What came of trying stored credentials. */
    checks: new CheckMemory(),
    /** When tokens end, as their issuers said. */
    issuerAnswers: new IssuerAnswers(),
    /** Searches for a value of each token or address. */
    finds: new PerMinute({ allowed: FINDS_A_MINUTE }),
    /** Rotations that run, and that are remembered. */
    rotations: new Rotations(),
    /** Told of the time that a request to a cluster has, in seconds. */
    onOpen(seconds: number) {
      if (seconds <= longest) return;
      longest = seconds;
      onLonger(seconds);
    },
    /** Files in folders of kubeconfigs of which the log says already that they are none. */
    passedOverFiles,
  };
}
