import type { AuditEntry } from "./entry.ts";

/** The possible state of the secrets after an interruption, and how to complete the operation. */
export function advice({ kind, cluster, force, service_accounts }: AuditEntry): string {
  const value = "each secret has its old or its new value" +
    (force ? ", or is missing because of force" : "");
  if (kind === "rotate") {
    const state = cluster === undefined ? "see the entries of its clusters" : value;
    return `${state}; send the same request again to continue`;
  }
  if (kind === "delete") {
    const accounts = service_accounts ? ", and service accounts may have lost it already" : "";
    return `each secret is unchanged or deleted${accounts}; ` +
      "send the same delete again for each of the names to complete it";
  }
  const accounts = service_accounts ? ", and service accounts may not use it yet" : "";
  return `${value}${accounts}; send the same request again with upsert to complete it`;
}
