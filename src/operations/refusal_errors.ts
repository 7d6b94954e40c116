import type { Refusal } from "../credentials/write.ts";
import { OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import type { ArgocdLocation } from "./operation.ts";
import type { SecretProblem } from "./secret_kinds.ts";

type Kind = Refusal["kind"];
type Of<K extends Kind> = Extract<Refusal, { kind: K }>;

export interface Refused {
  readonly refusals: readonly Refusal[];
  /** All namespaces, if one is missing and the kubeconfig may list them. */
  readonly existingNamespaces?: readonly string[];
}

export interface RefusedBy extends ArgocdLocation {
  /** Where the request has its fields. */
  readonly by: SecretProblem["by"];
  /** What the request writes: "pull secret". */
  readonly wanted?: string;
  /** The error when secrets exist; its body depends on the operation. */
  readonly exists?: () => OperationError;
}

/** The error of a rejected write: the first problem that the user has to solve, and a count of the others. */
export function refusedError(
  { refusals, existingNamespaces = [] }: Refused,
  { argocdNamespace, labelsAt, by, wanted, exists }: RefusedBy,
): OperationError {
  const of = <K extends Kind>(kind: K) =>
    refusals.filter((refusal): refusal is Of<K> => refusal.kind === kind);
  const namespacesOf = (kind: "namespace_missing" | "namespace_terminating") =>
    of(kind).map(({ ref }) => ref.namespace);
  const missing = namespacesOf("namespace_missing");
  const terminating = namespacesOf("namespace_terminating");
  if (missing.length + terminating.length > 0) {
    const code = missing.length > 0 ? "namespace_not_found" : "namespace_terminating";
    // Argo CD's namespace comes from a setting, not from the request.
    const asked = missing.filter((name) => name !== argocdNamespace);
    const choice = existingNamespaces.filter((name) => name !== argocdNamespace);
    const nearest = nearestNames(asked, choice);
    const about = { missing, terminating, argocdNamespace, labelsAt, nearest };
    return new OperationError(code, about);
  }
  const [foreign] = of("foreign");
  if (foreign) {
    const { ref, type } = foreign;
    return new OperationError("foreign", { ...ref, more: 0, by, type, wanted });
  }
  const accounts = of("service_account_missing").map(({ ref }) => ref);
  if (accounts.length > 0) return new OperationError("service_account_not_found", { accounts });
  if (exists !== undefined && of("exists").length > 0) return exists();
  const [first, ...rest] = [
    ...of("changed"),
    ...of("owned"),
    ...of("not_ours"),
    ...of("unmergeable"),
    ...of("type_change"),
    ...of("immutable"),
    ...of("finalizers"),
    ...of("being_deleted"),
    ...of("identity"),
  ];
  return secretProblem(first!, by, rest.length);
}

/** Most missing names with a suggestion: a request may have a thousand, and a cluster thousands. */
const MAX_PROPOSED = 10;

/** The most similar existing name for each name that has one. */
function nearestNames(names: readonly string[], existing: readonly string[]) {
  return Object.fromEntries(
    [...new Set(names)].slice(0, MAX_PROPOSED).flatMap((name) => {
      const nearest = nearestName(name, existing);
      return nearest === undefined ? [] : [[name, nearest]];
    }),
  );
}

type OfOneSecret = Exclude<
  Refusal,
  Of<
    "namespace_missing" | "namespace_terminating" | "service_account_missing" | "exists" | "foreign"
  >
>;

function secretProblem(
  refusal: OfOneSecret,
  by: SecretProblem["by"],
  more: number,
): OperationError {
  const { namespace, name } = refusal.ref;
  const about = { namespace, name, more, by };
  switch (refusal.kind) {
    case "type_change":
      return new OperationError("type_change", { ...about, type: refusal.type });
    case "owned":
      return new OperationError("owned", { ...about, owner: refusal.owner });
    case "unmergeable":
      return new OperationError("unmergeable", { ...about, why: refusal.why });
    case "identity":
      return new OperationError("identity_held", { ...about, holders: refusal.holders });
    case "changed":
      return new OperationError("secret_changed", about);
    case "not_ours":
    case "immutable":
    case "finalizers":
    case "being_deleted":
      return new OperationError(refusal.kind, about);
  }
}
