import { AuditLogs } from "../../audit/audit_logs.ts";
import { type AuditKey, keyBeside, passingFingerprints } from "../../audit/key.ts";
import { clustersFolder } from "../../clusters/folder.ts";
import { stateOf, vetRules } from "../../clusters/vet.ts";
import type { Settings } from "../../config/schema.ts";
import { configuredTrust } from "../../files/trusted.ts";
import { PerMinute } from "../../rate_limit/per_minute.ts";
import { type Program, shared, wire } from "../../wire.ts";
import { surroundings } from "../surroundings.ts";
import { userName } from "../user_name.ts";
import { VERSION } from "../version.ts";
import { answerOf, type Api, type ApiAnswer, type ApiRequest, httpRequest } from "./request.ts";

/**
 * The program as the server has it, in this process: a request goes the same way. Tokens are not
 * asked for, as who runs it may read the kubeconfigs anyway.
 * @param purpose what only reads does not take the audit log, which a server may hold; what writes
 * takes it with the first request to write
 */
export async function inProcess(settings: Settings, purpose: "read" | "write"): Promise<Api> {
  const { token: _, ...surrounding } = surroundings();
  const here = { ...surrounding, anyone: userName() };
  const { fingerprint = passingFingerprints(), passing } = await fingerprints(settings);
  // Who runs it may try what he likes by kubectl, too, and may have many clusters.
  const tries = new PerMinute({ allowed: Infinity });
  const common = { ...shared(here), fingerprint, tries };
  const programs = new Map<LogUse, Program>();
  const programWith = (use: LogUse): Program => {
    const auditLog = use === "none" ? undefined : settings["audit-log"];
    const own = { ...settings, "tokens-file": undefined, "audit-log": auditLog };
    const auditLogs = use === "read" ? new AuditLogs({ areTaken: false }) : common.auditLogs;
    const program = programs.get(use) ?? wire(own, here, VERSION, { ...common, auditLogs });
    programs.set(use, program);
    return program;
  };
  const folder = clustersFolder(settings["clusters-folder"]);
  return {
    place: `the folder ${folder.path}`,
    passing,
    kubeconfig: (name) => stateOf(folder.fileOf(name), vetRules(settings, here)),
    async ask(request) {
      const sent = httpRequest("http://localhost", request, { Host: "localhost" });
      const program = programWith(useOfLog(request, purpose));
      const answer = (await answerOf(await program.fetch(sent, () => "command line")))!;
      return isHeldByServer(answer) ? { ...answer, advice: ADVICE } : answer;
    },
    async close() {
      programs.forEach((program) => program.close());
      await common.auditLogs.close();
    },
  };
}

/** What a request does with the audit log; what writes takes it. */
type LogUse = "none" | "read" | "write";

function useOfLog(request: ApiRequest, purpose: "read" | "write"): LogUse {
  const { method, path, query, body } = request;
  if (method === "GET") return path === "/audit" ? "read" : "none";
  // Not recorded here: a server may hold the log, and who runs this may read the kubeconfigs anyway.
  const isDryRun = query?.dry_run === "true" || body?.dry_run === true;
  return purpose === "write" && !isDryRun ? "write" : "none";
}

/** By the key of the audit log, whoever holds that; else why they have to end with this run. */
async function fingerprints(
  { "audit-log": log, "trusted-owners": owners }: Settings,
): Promise<{ readonly fingerprint?: AuditKey["fingerprint"]; readonly passing?: string }> {
  if (log === undefined) return { passing: "there is no audit log, whose key they would be by" };
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

const ADVICE = "a running server holds the audit log: give --server with that server's URL, so " +
  "that it writes and records this";

/** Only one process may write an audit log. */
function isHeldByServer({ status, body }: ApiAnswer): boolean {
  return status === 503 &&
    /audit log cannot be written: another process holds/.test(String(body.message));
}
