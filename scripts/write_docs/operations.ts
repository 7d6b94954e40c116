import type { Operation } from "../../src/operations/operation.ts";
import { PREFIX } from "../../src/operations/routes.ts";
import { table } from "./marked.ts";

/** Links from docs/api.md to the description of an operation, by its name. */
const EXPLAINED: Readonly<Record<string, string>> = {
  getHealth: "api-read.md#health",
  listClusters: "api-read.md#clusters",
  listSecrets: "api-read.md#list-credentials",
  getSecret: "api-read.md#show-a-credential",
  addDocker: "api-write.md#write-a-pull-secret",
  addHelmRepo: "api-write.md#write-a-helm-repository",
  addRepo: "api-write.md#write-a-repository-or-template",
  verifyCredential: "api-write.md#verify-a-credential",
  deleteSecret: "api-write.md#delete-a-credential",
  listCredentials: "fleet.md#compare-clusters",
  explain: "explain.md",
  findCredential: "rotate.md",
  checkCredentials: "rotate.md",
  rotateCredential: "rotate.md",
  showRotation: "rotate.md",
  listAuditEntries: "api-read.md#audit-log",
};

/** The clusters of an operation, for documents. */
const CLUSTERS: Readonly<Record<Operation["clusters"], string>> = {
  none: "",
  one: "one",
  each: "one or several",
  many: "several",
};

/** docs/api.md: each operation with its paths, the role that it needs and what it does. */
export function operationsTable(operations: readonly Operation[]): string {
  const rows = operations.map(({ name, method, path, root, role, clusters, summary }) => {
    const verb = method.toUpperCase();
    const explained = EXPLAINED[name];
    return [
      `\`${verb} ${PREFIX}${path}\``,
      root === undefined ? "" : `\`${verb} ${root.path}\`${root.isSeed ? " \\*" : ""}`,
      role,
      CLUSTERS[clusters],
      explained === undefined ? summary : `[${summary}](${explained})`,
    ];
  });
  return table(["path", "older path", "role", "clusters", "what it does"], rows);
}
