import type { Operation } from "../../src/operations/operation.ts";
import { table } from "./marked.ts";

/** RBAC verbs on resources of the core group, with the feature that needs them if not all do. */
export interface NeededRights {
  readonly secrets?: string;
  readonly namespaces?: string;
  readonly serviceaccounts?: string;
  /** What the operation does with fewer rights. */
  readonly otherwise?: string;
}

const WRITES = "get, create; update (`upsert`); delete (rollback, `force`)";

/**
 * Rights by operation, for operations that contact a cluster. `read` of a store needs get, its lists need
 * list.
 */
export const RIGHTS: Readonly<Record<string, NeededRights>> = {
  listSecrets: {
    secrets: "list; get (filters `username`, `registry`)",
    otherwise: "Without list in all namespaces: those of `docker-namespaces`, with a warning",
  },
  getSecret: { secrets: "list, get" },
  deleteSecret: {
    secrets: "list, get, delete; create (rollback)",
    namespaces: "get",
    serviceaccounts: "list, get, update (those that use it)",
    otherwise: "Without rights on service accounts they keep a reference to the deleted secret",
  },
  addDocker: {
    secrets: WRITES,
    namespaces: "get; list (selectors); create (`create_namespaces`)",
    serviceaccounts: "list, get, update (`service_accounts`)",
    otherwise:
      "Without get on namespaces, a missing one is detected during the write, which is rolled back",
  },
  addHelmRepo: {
    secrets: `list, ${WRITES}`,
    namespaces: "get",
    otherwise: "All in Argo CD's namespace",
  },
  addRepo: {
    secrets: `list, ${WRITES}`,
    namespaces: "get",
    otherwise: "All in Argo CD's namespace",
  },
  listCredentials: {
    secrets: "list",
    serviceaccounts: "list",
    otherwise: "Without rights on service accounts: a warning",
  },
  findCredential: { secrets: "list", otherwise: "Namespaces that are not visible are listed" },
  checkCredentials: { secrets: "list" },
  explain: { secrets: "list; get (`image`)", serviceaccounts: "list (`image`)" },
  rotateCredential: {
    secrets: "list, get, update; create, delete (`force`)",
    namespaces: "get",
  },
};

/** The rights that each operation needs in a cluster, and the role that its token needs. */
export function rightsTable(operations: readonly Operation[]): string {
  const asking = operations.filter(({ clusters }) => clusters !== "none").map(({ name }) => name);
  const wrong = [...new Set([...asking, ...Object.keys(RIGHTS)])]
    .filter((name) => asking.includes(name) !== (name in RIGHTS));
  if (wrong.length > 0) {
    throw new Error(
      `scripts/write_docs/rights.ts: rights missing, or without an operation: ${wrong.join(", ")}`,
    );
  }
  const rows = operations.filter(({ name }) => name in RIGHTS).map((operation) => {
    const { secrets = "", namespaces = "", serviceaccounts = "", otherwise = "" } =
      RIGHTS[operation.name]!;
    const does = `\`${operation.method.toUpperCase()} /api/v1${operation.path}\``;
    const command = operation.command === undefined
      ? ""
      : `\`${operation.command.words.join(" ")}\``;
    return [does, command, operation.role, secrets, namespaces, serviceaccounts, otherwise];
  });
  return table(
    ["operation", "command", "token", "secrets", "namespaces", "serviceaccounts", "notes"],
    rows,
  );
}
