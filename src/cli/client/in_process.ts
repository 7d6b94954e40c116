import { resolve } from "node:path";
import { AuditLogs } from "../../audit/audit_logs.ts";
import { type AuditKey, keyBeside, NO_KEY, passingFingerprints } from "../../audit/key.ts";
import { type ClustersFolder, clustersFolder } from "../../clusters/folder.ts";
import { whyPassedOver } from "../../clusters/further_contexts.ts";
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
import { bugText } from "../bug.ts";
import { Failure } from "../failure.ts";
import { thisMachine } from "../machine.ts";
import { userName } from "../user_name.ts";
import { VERSION } from "../version.ts";
import { answerOf, answerTo } from "./answer_of.ts";
import { type Input, partsOf, targetOf, type Way } from "./way.ts";

/**
 * The operations themselves, in this process. Tokens are not asked for, as who runs it may read the
 * kubeconfigs anyway.
 * @param place where clusters are, for messages
 */
export async function inProcess(
  settings: Settings,
  place = `the folder ${resolve(settings["clusters-folder"])}`,
): Promise<Way> {
  // What is not waited for any more ends with this: kubectl would go on by itself.
  const closing = new AbortController();
  const here = thisMachine((program, args, options) => {
    const signal = AbortSignal.any([options.deadline.signal, closing.signal]);
    return runProcess(program, args, { ...options, deadline: { ...options.deadline, signal } });
  });
  const { fingerprint = passingFingerprints(), passing } = await fingerprints(settings);
  // Who runs it may try what he likes by kubectl, too, and may have many clusters.
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
      // Of a server: who runs this waits for one command.
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
    const action = `${method} ${targetOf(operation, { ...parts, query: new URLSearchParams() })}`;
    const caller = { requestId, actor, identity: ANYONE, face: "v1", action } as const;
    const all = { ...gates, hasTokens: false };
    const asked = (how: Pick<Caller, "wantsEvents" | "gone"> = {}) =>
      call(operation, { ...caller, ...how }, parts, services, all);
    return { method, requestId, asked };
  };
  const folder = clustersFolder(settings["clusters-folder"]);
  return {
    place,
    isRemote: false,
    passing,
    isForgotten: settings["audit-log"] === undefined,
    placeOf: openedIn,
    passedOver: () => filesToTell(folder),
    async seconds(_operation, cluster) {
      const own = cluster === undefined ? undefined : await openedIn(cluster);
      return own?.seconds ?? settings.kubectl_timeout;
    },
    async ask(operation, input) {
      const { method, requestId, asked } = callOf(operation, input);
      try {
        return answerOf(await inRequest(requestId, () => asked()));
      } catch (error) {
        return answerTo(error, requestId, method);
      }
    },
    async follow(operation, input, gone) {
      const { method, requestId, asked } = callOf(operation, input);
      try {
        const wants = { wantsEvents: true, gone: () => gone };
        const reply = await inRequest(requestId, () => asked(wants));
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

/** The events of a reply, each made in the context of its request, by which lines of the log name it. */
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

/** What an operation does with the audit log; what writes takes it. */
type LogUse = "none" | "read" | "write";

/**
 * Dry runs, and credentials that are tried, are not recorded here: a server may hold the log, and who
 * runs this may read the kubeconfigs anyway.
 */
function useOfLog({ effect, tag, readsAuditLog }: Operation, { dry_run }: Input): LogUse {
  if (effect === "read") return readsAuditLog || tag === "audit" ? "read" : "none";
  return effect === "write" && dry_run !== true ? "write" : "none";
}

/** By the key of the audit log, whoever holds that; else why they have to end with this run. */
async function fingerprints(
  { "audit-log": log, "fingerprint-key-file": keyFile, "trusted-owners": owners }: Settings,
): Promise<{ readonly fingerprint?: AuditKey["fingerprint"]; readonly passing?: string }> {
  // Which goes before both.
  if (keyFile !== undefined) return {};
  if (log === undefined) return { passing: NO_KEY };
  try {
    const key = await keyBeside(`${log}.key`, configuredTrust(owners));
    return key === undefined
      ? { passing: "the audit log has no key yet" }
      : { fingerprint: key.fingerprint };
  } catch (error) {
    const why = error instanceof Deno.errors.PermissionDenied
      ? "you may not read it"
      : (error as Error).message;
    return { passing: `the key of the audit log cannot be used: ${why}` };
  }
}

/** Most files that are read for what is in them besides. */
const MOST = 1000;

/** Which files are no cluster's kubeconfig, and why. */
async function filesToTell(folder: ClustersFolder): Promise<readonly string[]> {
  const { passedOver = [] } = await folder.look() ?? {};
  return passedOver.map((each, i) => {
    const why = i < MOST ? whyPassedOver(folder.path, each) : each.why;
    return `${folder.path}/${each.file} is no cluster's kubeconfig: ${why}`;
  });
}
