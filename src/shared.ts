import { AuditLogs } from "./audit/audit_logs.ts";
import { FingerprintKeys } from "./audit/fingerprint_keys.ts";
import { NO_KEY, passingFingerprints } from "./audit/key.ts";
import { checkTurns } from "./clusters/check_clusters.ts";
import { FolderLog } from "./clusters/folder_log.ts";
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

/** State that survives a reload: all wired programs of a process share it. */
export type Shared = ReturnType<typeof shared>;

/** @param onLonger called when a request has a longer timeout than any before it, in seconds */
export function shared(
  { cores }: { readonly cores: number },
  folderLog: FolderLog = new FolderLog(),
  onLonger: (seconds: number) => void = () => {},
) {
  let longest = 0;
  const gate = new ProcessGate(defaultGateLimits(cores));
  return {
    locks: new Locks(),
    /** The last wired program configures them. */
    limits: new Limits(serverLimits({ maxRequests: 1, seconds: 1 })),
    /** The queue of requests about several clusters; configured as {@link limits}. */
    fleet: fleetQueue(1, gate.limits),
    gate,
    breakers: new Breakers({
      onOpened: (cluster, { message: reason }) =>
        observe("clusters.unreachable", { cluster, reason }),
      onClosed: (cluster) => observe("clusters.reachable", { cluster }),
    }),
    /** Limits concurrent checks of clusters. */
    checkTurns: checkTurns(),
    auditLogs: new AuditLogs(),
    /** Fingerprint keys from files. */
    fingerprintKeys: new FingerprintKeys(),
    /** Makes fingerprints if neither a key file nor an audit log has a key. */
    fingerprint: passingFingerprints(),
    /** Why those fingerprints are lost with this process; absent if they are not. */
    fingerprintsEnd: NO_KEY as string | undefined,
    /** Whether this process makes them for one call only. */
    fingerprintsAreNew: false,
    /** Limits the size of responses held in memory while credentials are verified. */
    readBudget: new ReadBudget(MAX_HELD),
    /** Dry runs and verifications of each token or address. */
    tries: new PerMinute({ allowed: TRIES_A_MINUTE }),
    /** Results of verified stored credentials. */
    checks: new CheckMemory(),
    /** Expiry of tokens, as reported by their issuers. */
    issuerAnswers: new IssuerAnswers(),
    /** Searches for a value of each token or address. */
    finds: new PerMinute({ allowed: FINDS_A_MINUTE }),
    /** Running and remembered rotations. */
    rotations: new Rotations(),
    /** Called with the timeout of each request to a cluster, in seconds. */
    onOpen(seconds: number) {
      if (seconds <= longest) return;
      longest = seconds;
      onLonger(seconds);
    },
    /** What the log has already reported of clusters folders. */
    folderLog,
  };
}
