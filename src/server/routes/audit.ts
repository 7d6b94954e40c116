import { mayUseCluster } from "../../tokens/rights.ts";
import { AuditAnswer } from "../audit_answers.ts";
import type { Audit, EndpointModule, Handle } from "../endpoint.ts";
import { HttpError } from "../http_error.ts";
import { parseQuery } from "../parse.ts";
import { AuditQuery } from "../schemas/queries.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "A token that is for some clusters only is shown what was attempted there.",
  request: { query: AuditQuery },
  answers: {
    200: json("Entries of the audit log", AuditAnswer),
    ...errors({
      400: "Parameter unknown or invalid",
      404: "There is no audit log",
      503: "The audit log cannot be read",
    }),
  },
});

/** Who is for some clusters only sees what was done there. */
export const handle: Handle = async (c, { auditLog }) => {
  const query = parseQuery(c, AuditQuery);
  if (auditLog === undefined) {
    throw new HttpError(404, "There is no audit log: the setting audit-log names its file");
  }
  const identity = c.get("identity");
  const mayShow = identity.clusters === undefined
    ? undefined
    : ({ cluster }: { cluster?: string }) =>
      cluster !== undefined && mayUseCluster(identity, cluster);
  const { entries, truncated, damaged } = await read(auditLog, { ...query, mayShow });
  return { status: 200, body: { entries, total: entries.length, truncated, damaged } };
};

async function read(auditLog: Audit, query: Parameters<Audit["read"]>[0]) {
  try {
    return await auditLog.read(query);
  } catch {
    throw new HttpError(503, "The audit log cannot be read");
  }
}
