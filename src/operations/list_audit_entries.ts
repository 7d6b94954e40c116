import type { AuditEntry } from "../audit/entry.ts";
import type { EntryPage } from "../audit/read.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { AuditAnswer } from "./audit_answers.ts";
import { OperationError } from "./errors.ts";
import { errors, json } from "./openapi/content.ts";
import type { Audit, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { auditFields as fields, AuditQuery } from "./schemas/queries.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Reads the file of the setting audit-log and its rotated files, also while a server writes " +
    "them. With --server, the server reads them; this needs an admin token. The table has one row " +
    "per write: its result, or `unfinished` while there is none; JSON and YAML have both entries. Missing " +
    "or modified lines are reported as warnings.",
  examples: [
    ["--cluster test-cluster --since 1h", "Show writes to one cluster in the last hour"],
    [
      "--credential 5b0c8f2e --since 2026-01-31",
      "Show who wrote one credential, and where",
    ],
    [
      "--name my-docker-secret -o wide",
      "Show who wrote a secret, from which address and to which namespaces",
    ],
  ],
};

export const describe: OperationModule["describe"] = () => ({
  about: "A token that is limited to some clusters sees only attempts on these.",
  request: { query: AuditQuery },
  answers: {
    200: json("Entries of the audit log", AuditAnswer),
    ...errors({
      400: "A parameter is unknown or invalid",
      404: "No audit log is configured",
      503: "The audit log cannot be read",
    }),
  },
});

export const take: OperationModule["take"] = ({ query }) => {
  const asked = parseQuery(query, AuditQuery);
  return {
    async run({ auditLog, identity }) {
      if (auditLog === undefined) throw new OperationError("no_audit_log", {});
      const mayShow = identity.clusters === undefined ? undefined : shownTo(identity);
      const { entries, ...page } = await read(auditLog, { ...asked, mayShow });
      return {
        reply: () => ({ status: 200, body: { entries, total: entries.length, ...page } }),
      };
    },
  };
};

/** An entry about several clusters is shown only to callers who may see all of them. */
const shownTo = (identity: Identity) => ({ cluster, clusters, more }: AuditEntry): boolean => {
  // An entry of a tampered log may have any type.
  const all = cluster !== undefined ? [cluster] : Array.isArray(clusters) ? clusters : [];
  return all.length > 0 && more?.clusters === undefined &&
    all.every((each) => mayUseCluster(identity, each));
};

async function read(log: Audit, query: Parameters<Audit["read"]>[0]): Promise<EntryPage> {
  try {
    return await log.read(query);
  } catch {
    throw new OperationError("audit_log_unreadable", {});
  }
}
