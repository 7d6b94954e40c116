import type { Operation } from "../operations/operation.ts";
import type { View } from "./views/view.ts";

/** Views of operations that have their own, by operation name, or by the words of a further command. */
const OWN: Readonly<Record<string, () => Promise<View>>> = {
  listClusters: async () => (await import("./views/list_clusters.ts")).view,
  listCredentials: async () => (await import("./views/list_credentials.ts")).view,
  findCredential: async () => (await import("./views/find_credential.ts")).view,
  checkCredentials: async () => (await import("./views/check_credentials.ts")).view,
  expiring: async () => (await import("./views/expiring.ts")).view,
  listSecrets: async () => (await import("./views/list_secrets.ts")).view,
  getSecret: async () => (await import("./views/get_secret.ts")).view,
  explain: async () => (await import("./views/explain.ts")).view,
  deleteSecret: async () => (await import("./views/written.ts")).deleted,
  addDocker: async () => (await import("./views/written.ts")).addedDocker,
  addRepo: async () => (await import("./views/written.ts")).addedRepo,
  rotateCredential: async () => (await import("./views/rotation.ts")).rotated,
  showRotation: async () => (await import("./views/rotation.ts")).shownRotation,
  verifyCredential: async () => (await import("./views/verify_credential.ts")).view,
  listAuditEntries: async () => (await import("./views/list_audit_entries.ts")).view,
};

/**
 * The view of an operation's answers.
 * @param words of the command
 */
export async function viewFor({ name }: Operation, words: readonly string[]): Promise<View> {
  const own = [words.join(" "), name].find((each) => Object.hasOwn(OWN, each));
  return own === undefined ? (await import("./views/any.ts")).view : await OWN[own]!();
}
