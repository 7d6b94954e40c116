import type { RotationRecord } from "../fleet/rotation/rotations.ts";
import { rotationFromAudit } from "../fleet/rotation/from_audit.ts";
import { partlyVisible } from "../fleet/rotation/visible.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { OperationError } from "./errors.ts";
import { errors, json } from "./openapi/content.ts";
import type { Audit, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { rotationShown } from "./respond/rotation.ts";
import { Rotation } from "./rotation_answers.ts";
import { rotationIdFields as fields, RotationPath } from "./schemas/rotation_id.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "While it runs, how far it is; afterwards what came of it, as the server remembers, or the audit " +
    "log. That has no lines of clusters where nothing was to be written.",
  exitCodes: "0: it is over, and the old value was safe to revoke; 3: it was not, or is not yet.",
  examples: [["rotation-0f3b2c1d4e5f6a7b", "One, by the id that rotate printed"]],
  args: [{ field: "id", brief: "The rotation's id" }],
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "While it runs, how far it is. Afterwards what came of it: from memory, then from the audit log. A " +
    "token that is for some clusters only is shown these.",
  request: { params: RotationPath },
  answers: {
    200: json("What is known of it", Rotation),
    ...errors({
      400: "Parameter unknown or invalid",
      404: "There is no such rotation, or none that is remembered",
      503: "The audit log cannot be read",
    }),
  },
});

/** Most lines of one rotation: two a cluster. */
const MOST_LINES = 20_000;

export const take: OperationModule["take"] = ({ query, path }) => {
  const { id } = parseQuery(query, RotationPath, path);
  return {
    async run({ rotations, auditLog, identity, fingerprintsEnd }) {
      const hasAuditLog = auditLog !== undefined;
      const record = rotations.get(id) ?? await remembered(id, auditLog);
      const visible = record && visibleTo(identity, record);
      if (visible === undefined) {
        throw new OperationError("rotation_not_found", { hasAuditLog });
      }
      return { reply: () => rotationShown(visible, identity, { hasAuditLog, fingerprintsEnd }) };
    },
  };
};

async function remembered(id: string, auditLog: Audit | undefined) {
  if (auditLog === undefined) return undefined;
  const page = await auditLog.read({ rotation: id, limit: MOST_LINES }).catch(() => {
    throw new OperationError("audit_log_unreadable", {});
  });
  return rotationFromAudit(id, page.entries);
}

/** What of a rotation somebody may see; `undefined` where nothing is for them. */
export function visibleTo(identity: Identity, record: RotationRecord): RotationRecord | undefined {
  if (identity.clusters === undefined) return record;
  return partlyVisible(record, (cluster) => mayUseCluster(identity, cluster));
}
