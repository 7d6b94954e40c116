import type { Settings } from "../../config/schema.ts";
import { shared, wire } from "../../wire.ts";
import { surroundings } from "../surroundings.ts";
import { VERSION } from "../version.ts";
import { answerOf, type Api, type ApiAnswer, httpRequest } from "./request.ts";

/**
 * The program as the server has it, in this process: a request goes the same way. Tokens are not
 * asked for, as who runs it may read the kubeconfigs anyway.
 * @param writes whether it is to be recorded; what only reads does not take the audit log, which a
 * server may be about to take
 */
export function inProcess(settings: Settings, writes: boolean): Api {
  const { token: _, ...here } = surroundings();
  const auditLog = writes ? settings["audit-log"] : undefined;
  const common = shared(here);
  const own = { ...settings, "tokens-file": undefined, "audit-log": auditLog };
  const program = wire(own, here, VERSION, common);
  return {
    place: `the folder ${settings["clusters-folder"]}`,
    async ask(request) {
      const sent = httpRequest("http://localhost", request, { Host: "localhost" });
      const answer = (await answerOf(await program.fetch(sent, () => "command line")))!;
      return isHeldByServer(answer) ? { ...answer, advice: ADVICE } : answer;
    },
    async close() {
      program.close();
      await common.auditLogs.close();
    },
  };
}

const ADVICE = "a running server holds the audit log: give --server with that server's URL, so " +
  "that it writes and records this";

/** Only one process may write an audit log. */
function isHeldByServer({ status, body }: ApiAnswer): boolean {
  return status === 503 &&
    /audit log cannot be written: another process holds/.test(String(body.message));
}
