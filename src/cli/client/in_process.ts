import { resolve } from "node:path";
import { AuditLogs } from "../../audit/audit_logs.ts";
import { type AuditKey, keyBeside, NO_KEY, passingFingerprints } from "../../audit/key.ts";
import { type ClustersFolder, clustersFolder } from "../../clusters/folder.ts";
import { whyIgnored } from "../../clusters/further_contexts.ts";
import type { Settings } from "../../config/schema.ts";
import { SETTINGS } from "../../config/settings.ts";
import { configuredTrust } from "../../files/trusted.ts";
import { runProcess } from "../../kube/process.ts";
import { inRequest } from "../../log/in_request.ts";
import { call } from "../../operations/call.ts";
import { observe } from "../../observe/observe.ts";
import type { FleetEvent } from "../../operations/fleet_answers.ts";
import type { Caller, Operation } from "../../operations/operation.ts";
import type { Stream } from "../../operations/reply.ts";
import { PerMinute } from "../../rate_limit/per_minute.ts";
import { shared } from "../../shared.ts";
import { ANYONE } from "../../tokens/rights.ts";
import { wire, type Wired } from "../../wire.ts";
import { bugText, Failure } from "../failure.ts";
import { thisMachine, userName } from "../machine.ts";
import { VERSION } from "../version.ts";
import { answerOf, answerTo } from "./answer_of.ts";
import {
  type Backend,
  IMPORT_SOME,
  type Input,
  isUnknownCluster,
  LIST_CLUSTERS,
  partsOf,
  pathAndQuery,
} from "./backend.ts";

/**
 * Runs operations in this process. No token is needed, since the user can read the kubeconfigs anyway.
 * @param place where clusters are, for messages
 */
export async function inProcess(
  settings: Settings,
  place = `the folder ${resolve(settings["clusters-folder"])}`,
): Promise<Backend> {
  // Stops kubectl processes of abandoned requests, which would otherwise continue.
  const closing = new AbortController();
  const here = thisMachine((program, args, options) => {
    const signal = AbortSignal.any([options.deadline.signal, closing.signal]);
    return runProcess(program, args, { ...options, deadline: { ...options.deadline, signal } });
  });
  const { fingerprint = passingFingerprints(), passing } = await fingerprints(settings);
  // The user could use kubectl as well, so nothing is rate-limited.
  const unlimited = new PerMinute({ allowed: Infinity });
  const passes = { tries: unlimited, finds: unlimited };
  const fingerprintsAreNew = passing !== undefined;
  const key = { fingerprint, fingerprintsEnd: passing, fingerprintsAreNew };
  const common = { ...shared(here), ...key, ...passes };
  const wired = new Map<LogUse, Wired>();
  const wiredFor = (use: LogUse): Wired => {
    const own = {
      ...settings,
      "audit-log": use === "none" ? undefined : settings["audit-log"],
      // That setting is for servers: one command needs no limit.
      "max-requests": SETTINGS["max-requests"].schema.parse(undefined),
    };
    const auditLogs = use === "read" ? new AuditLogs({ areTaken: false }) : common.auditLogs;
    const made = wired.get(use) ?? wire(own, here, VERSION, { ...common, auditLogs });
    wired.set(use, made);
    return made;
  };
  const openedIn = async (cluster: string) => {
    const opened = await wiredFor("none").services.clusters.open(cluster);
    return opened.kind === "open" ? opened : undefined;
  };
  const actor = { name: userName(), from: "command line" };
  const callOf = (operation: Operation, input: Input) => {
    const { services, gates } = wiredFor(useOfLog(operation, input));
    const parts = partsOf(operation, input);
    const { method } = parts;
    const requestId = crypto.randomUUID();
    const action = `${method} ${
      pathAndQuery(operation, { ...parts, query: new URLSearchParams() })
    }`;
    const caller = { requestId, actor, identity: ANYONE, face: "v1", action } as const;
    const all = { ...gates, hasTokens: false };
    const run = (how: Pick<Caller, "wantsEvents" | "gone"> = {}) =>
      call(operation, { ...caller, ...how }, parts, services, all);
    return { method, requestId, run };
  };
  const folder = clustersFolder(settings["clusters-folder"]);
  return {
    place,
    isRemote: false,
    passing,
    isForgotten: settings["audit-log"] === undefined,
    placeOf: openedIn,
    ignoredFiles: () => ignoredFilesIn(folder),
    async seconds(_operation, cluster) {
      const own = cluster === undefined ? undefined : await openedIn(cluster);
      return own?.seconds ?? settings.kubectl_timeout;
    },
    async request(operation, input) {
      const { method, requestId, run } = callOf(operation, input);
      try {
        return answerOf(await inRequest(requestId, () => run()));
      } catch (error) {
        const answer = answerTo(error, requestId, method);
        if (!isUnknownCluster(answer)) return answer;
        const { clusters } = wiredFor("none").services;
        const isEmpty = (await clusters.names()).length === 0;
        return { ...answer, advice: isEmpty ? IMPORT_SOME : LIST_CLUSTERS };
      }
    },
    async follow(operation, input, gone) {
      const { method, requestId, run } = callOf(operation, input);
      try {
        const wants = { wantsEvents: true, gone: () => gone };
        const reply = await inRequest(requestId, () => run(wants));
        return reply.kind === "stream" ? eventsOf(reply, requestId, gone) : answerOf(reply);
      } catch (error) {
        return answerTo(error, requestId, method);
      }
    },
    async close() {
      closing.abort();
      wired.forEach((each) => each.close());
      await common.auditLogs.close();
    },
  };
}

/** The events of a reply, in the context of their request, so that log lines have its id. */
async function* eventsOf(
  { events, onOver }: Stream,
  requestId: string,
  gone: AbortSignal,
): AsyncGenerator<FleetEvent> {
  try {
    const iterator = inRequest(requestId, () => events({ gone })[Symbol.asyncIterator]());
    for (;;) {
      const { done, value } = await inRequest(requestId, () => iterator.next());
      if (done) return;
      yield value as FleetEvent;
    }
  } catch (error) {
    observe("command.internal_error", { id: requestId, error });
    throw new Failure(bugText(error));
  } finally {
    onOver?.();
  }
}

/** What an operation does with the audit log. */
type LogUse = "none" | "read" | "write";

/**
 * Dry runs and verifications are not recorded here: a server may have the log open, and the user can read
 * the kubeconfigs anyway.
 */
function useOfLog({ effect, tag, readsAuditLog }: Operation, { dry_run }: Input): LogUse {
  if (effect === "read") return readsAuditLog || tag === "audit" ? "read" : "none";
  return effect === "write" && dry_run !== true ? "write" : "none";
}

/** Fingerprints by the audit log's key, even if a server has the log open; or why they are for this run only. */
async function fingerprints(
  { "audit-log": log, "fingerprint-key-file": keyFile, "trusted-owners": owners }: Settings,
): Promise<{ readonly fingerprint?: AuditKey["fingerprint"]; readonly passing?: string }> {
  // The key file has precedence.
  if (keyFile !== undefined) return {};
  if (log === undefined) return { passing: NO_KEY };
  try {
    const key = await keyBeside(`${log}.key`, configuredTrust(owners));
    return key === undefined
      ? { passing: "the audit log has no key yet" }
      : { fingerprint: key.fingerprint };
  } catch (error) {
    const why = error instanceof Deno.errors.PermissionDenied
      ? "permission denied"
      : (error as Error).message;
    return { passing: `cannot read the key of the audit log: ${why}` };
  }
}

/** Most files that are read for further contexts. */
const MOST = 1000;

/** The ignored files of the folder, with the reasons. */
async function ignoredFilesIn(folder: ClustersFolder): Promise<readonly string[]> {
  const { ignored = [] } = await folder.look() ?? {};
  return ignored.map((each, i) => {
    const why = i < MOST ? whyIgnored(folder.path, each) : each.why;
    return `${folder.path}/${each.file} is ignored: ${why}`;
  });
}
