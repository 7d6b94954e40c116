import type { Refusal } from "../credentials/write.ts";
import { OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";
import type { Place } from "./operation.ts";
import type { InTheWay } from "./secret_kinds.ts";

type Kind = Refusal["kind"];
type Of<K extends Kind> = Extract<Refusal, { kind: K }>;

export interface Refused {
  readonly refusals: readonly Refusal[];
  /** The namespaces that there are, where one is missing and they may be listed. */
  readonly existingNamespaces?: readonly string[];
}

export interface RefusedBy extends Place {
  /** Where the request has its fields. */
  readonly by: InTheWay["by"];
  /** The error when secrets exist, whose body depends on what was to be written. */
  readonly exists?: () => OperationError;
}

/** Why a write is refused: of several reasons the one that the user has to mend first. */
export function refusedError(
  { refusals, existingNamespaces = [] }: Refused,
  { argocdNamespace, labelsAt, by, exists }: RefusedBy,
): OperationError {
  const of = <K extends Kind>(kind: K) =>
    refusals.filter((refusal): refusal is Of<K> => refusal.kind === kind);
  const namespacesOf = (kind: "namespace_missing" | "namespace_terminating") =>
    of(kind).map(({ ref }) => ref.namespace);
  const missing = namespacesOf("namespace_missing");
  const terminating = namespacesOf("namespace_terminating");
  if (missing.length + terminating.length > 0) {
    const code = missing.length > 0 ? "namespace_not_found" : "namespace_terminating";
    // Argo CD's own is a setting, and not what the request says.
    const asked = missing.filter((name) => name !== argocdNamespace);
    const choice = existingNamespaces.filter((name) => name !== argocdNamespace);
    const nearest = nearestNames(asked, choice);
    const about = { missing, terminating, argocdNamespace, labelsAt, nearest };
    return new OperationError(code, about);
  }
  const [foreign] = of("foreign");
  if (foreign) return inTheWay(foreign, by, 0);
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
  return inTheWay(first!, by, rest.length);
}

/** How many names one is looked for: a request may have a thousand, and a cluster thousands. */
const MAX_PROPOSED = 10;

/** For each name the one that may be meant; those without one are left out. */
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
  Of<"namespace_missing" | "namespace_terminating" | "service_account_missing" | "exists">
>;

function inTheWay(refusal: OfOneSecret, by: InTheWay["by"], more: number): OperationError {
  const { namespace, name } = refusal.ref;
  const about = { namespace, name, more, by };
  switch (refusal.kind) {
    case "foreign":
    case "type_change":
      return new OperationError(refusal.kind, { ...about, type: refusal.type });
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
