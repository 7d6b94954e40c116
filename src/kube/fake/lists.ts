import { repositoryFields } from "../repository_fields.ts";
import type { ListQuery, SecretSummary, StoredSecret } from "../store.ts";

type Labels = Readonly<Record<string, string>>;

/** Whether labels match a selector in Kubernetes' syntax; all do when there is none. */
export function matches(labels: Labels, selector = ""): boolean {
  const requirements = selector.match(/(?:\([^)]*\)|[^,(])+/g) ?? [];
  return requirements.every((requirement) => meets(labels, requirement.trim()));
}

function meets(labels: Labels, requirement: string): boolean {
  const [, key = "", not, set = ""] = /^(\S+) (not)?in \(([^)]*)\)$/.exec(requirement) ?? [];
  if (key) {
    const has = set.split(",").map((value) => value.trim()).includes(labels[key] ?? "");
    return not ? !has : has && key in labels;
  }
  const [, name = "", sign, value] = /^(\S+?)\s*(!=|==?)\s*(\S*)$/.exec(requirement) ?? [];
  if (sign) return sign === "!=" ? labels[name] !== value : labels[name] === value;
  return requirement.startsWith("!") ? !(requirement.slice(1) in labels) : requirement in labels;
}

/** A secret as listed. */
export function summary(secret: StoredSecret, query: ListQuery): SecretSummary {
  const { namespace, name, labels, type, creationTimestamp } = secret;
  const annotation = query.annotation && secret.annotations[query.annotation];
  return {
    namespace,
    name,
    labels,
    type,
    creationTimestamp,
    ...(annotation === undefined ? {} : { annotation }),
    ...(query.repository ? { repository: repositoryFields(secret.data.reveal()) } : {}),
  };
}
