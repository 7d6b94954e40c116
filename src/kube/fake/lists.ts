import { parseLabelSelector } from "../label_selector.ts";
import { repositoryFields } from "../repository_fields.ts";
import { fromListed, toWire } from "../manifest.ts";
import type { DataQuery, ListQuery, SecretSummary, StoredSecret } from "../store.ts";

type Labels = Readonly<Record<string, string>>;

/** Whether labels match a selector in Kubernetes' syntax; without a selector all do. */
export function matches(labels: Labels, selector = ""): boolean {
  return parseLabelSelector(selector)(labels);
}

/** A secret as `list` returns it. */
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

/** A secret as `listData` returns it, with the requested values. */
export function listedWithData(secret: StoredSecret, { keys }: DataQuery): StoredSecret {
  const { annotations, data } = fromListed(toWire(secret), keys);
  return { ...secret, annotations, data };
}
