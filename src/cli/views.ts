import type { Operation } from "../operations/operation.ts";
import type { View } from "./views/view.ts";

/** Views of operations whose answers are shown otherwise than any other's, by operation. */
const OWN: Readonly<Record<string, () => Promise<View>>> = {
  listClusters: async () => (await import("./views/list_clusters.ts")).view,
  listCredentials: async () => (await import("./views/list_credentials.ts")).view,
  listSecrets: async () => (await import("./views/list_secrets.ts")).view,
  getSecret: async () => (await import("./views/get_secret.ts")).view,
  explain: async () => (await import("./views/explain.ts")).view,
  deleteSecret: async () => (await import("./views/written.ts")).deleted,
  addDocker: async () => (await import("./views/written.ts")).addedDocker,
  addRepo: async () => (await import("./views/written.ts")).addedRepo,
  verifyCredential: async () => (await import("./views/verify_credential.ts")).view,
  listAuditEntries: async () => (await import("./views/list_audit_entries.ts")).view,
};

/** How the answers of an operation are shown. */
export async function viewFor({ name }: Operation): Promise<View> {
  const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  return own === undefined ? (await import("./views/any.ts")).view : await own();
}
