import type { RotationRecord } from "../fleet/rotation/rotations.ts";
import { rotationFromAudit } from "../fleet/rotation/from_audit.ts";
import { visiblePart } from "../fleet/rotation/visible.ts";
import { type Identity, mayUseCluster } from "../tokens/rights.ts";
import { OperationError } from "./errors.ts";
import { errors, json } from "./openapi/content.ts";
import type { Audit, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { rotationShown } from "./respond/rotation.ts";
import { Rotation } from "./rotation_answers.ts";
import { rotationIdFields as fields, RotationPath } from "./schemas/queries.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Shows the progress of a rotation that is running, or the result of a finished one, from the " +
    "server's memory or the audit log. The audit log has no entries for clusters where nothing had to " +
    "be written.",
  exitCodes:
    "0: the rotation is finished, and the old value is safe to revoke; 3: it is not, or not yet",
  examples: [["rotation-0f3b2c1d4e5f6a7b", "Show a rotation by the ID that rotate printed"]],
  args: [{ field: "id", brief: "ID of the rotation" }],
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "The progress of a running rotation, or the result of a finished one, from memory or from the audit log. " +
    "A token that is limited to some clusters sees only these.",
  request: { params: RotationPath },
  answers: {
    200: json("The rotation", Rotation),
    ...errors({
      400: "A parameter is unknown or invalid",
      404: "The rotation does not exist, or is not remembered",
      503: "The audit log cannot be read",
    }),
  },
});

/** Most audit log entries of one rotation: two per cluster. */
const MOST_LINES = 20_000;

export const take: OperationModule["take"] = ({ query, path }) => {
  const { id } = parseQuery(query, RotationPath, path);
  return {
    async run({ rotations, auditLog, identity, fingerprintsEnd }) {
      const hasAuditLog = auditLog !== undefined;
      const record = rotations.get(id) ?? await remembered(id, auditLog);
      const visible = record && visibleTo(identity, record);
      if (visible === undefined) {
        throw new OperationError("rotation_not_found", { id, hasAuditLog });
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

/** The part of a rotation that the caller may see; `undefined` if there is none. */
export function visibleTo(identity: Identity, record: RotationRecord): RotationRecord | undefined {
  if (identity.clusters === undefined) return record;
  return visiblePart(record, (cluster) => mayUseCluster(identity, cluster));
}
