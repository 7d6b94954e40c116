import { parseLabelSelector } from "../label_selector.ts";
import { repositoryFields } from "../repository_fields.ts";
import type { ListQuery, SecretSummary, StoredSecret } from "../store.ts";

type Labels = Readonly<Record<string, string>>;

/** Whether labels match a selector in Kubernetes' syntax; all do when there is none. */
export function matches(labels: Labels, selector = ""): boolean {
  return parseLabelSelector(selector)(labels);
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
