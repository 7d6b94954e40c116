import type { Entry } from "../audit/entry.ts";
import type { AuditPage } from "../audit/read.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { AuditAnswer } from "./audit_answers.ts";
import { OperationError } from "./errors.ts";
import { errors, json } from "./openapi/content.ts";
import type { Audit, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { auditFields as fields, AuditQuery } from "./schemas/queries.ts";

export { fields };

export const command: CommandHelp = {
  full: "Reads the file that the setting audit-log names, and the older ones beside it, also " +
    "while a server writes it; with --server that server is asked, with the token of an admin. A " +
    "write is one line: how it ended, or begun while it has not; JSON and YAML show both. It warns " +
    "where lines are missing or changed.",
  examples: [
    ["--cluster test-cluster --since 1h", "What was done on one cluster in the last hour"],
    ["--credential 5b0c8f2e --since 2026-01-31", "Where one credential was written, and by whom"],
    [
      "--name my-docker-secret -o wide",
      "Who wrote a secret, from where and into which namespaces",
    ],
  ],
};

export const describe: OperationModule["describe"] = () => ({
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

/** Of what was about several clusters the line is shown to who may see all of them. */
const shownTo = (identity: Identity) => ({ cluster, clusters, more }: Entry): boolean => {
  // A line that somebody has changed may hold anything.
  const all = cluster !== undefined ? [cluster] : Array.isArray(clusters) ? clusters : [];
  return all.length > 0 && more?.clusters === undefined &&
    all.every((each) => mayUseCluster(identity, each));
};

async function read(log: Audit, query: Parameters<Audit["read"]>[0]): Promise<AuditPage> {
  try {
    return await log.read(query);
  } catch {
    throw new OperationError("audit_log_unreadable", {});
  }
}
