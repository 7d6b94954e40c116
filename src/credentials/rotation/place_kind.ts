import type { StoredSecret } from "../../kube/store.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { HELM_REPO_CREDS } from "../list.ts";

/** The kinds of secrets that are searched. */
export const PLACE_KINDS = [
  "docker",
  "repository",
  "template",
  "write_repository",
  "write_template",
  "scm",
  /** Argo CD's credentials of a cluster. */
  "cluster",
  /** An Argo CD secret type that argocd-configurer does not know. */
  "other",
] as const;
export type PlaceKind = typeof PLACE_KINDS[number];

/** Kinds by the value of Argo CD's label. */
const OF_TYPE: Readonly<Record<string, PlaceKind>> = {
  "repository": "repository",
  "repo-creds": "template",
  [HELM_REPO_CREDS]: "template",
  "repository-write": "write_repository",
  "repo-write-creds": "write_template",
  "scm-creds": "scm",
  "cluster": "cluster",
};

export function kindOfSecret({ labels }: Pick<StoredSecret, "labels">): PlaceKind {
  const type = labels[SECRET_TYPE_LABEL];
  if (type === undefined) return "docker";
  return Object.hasOwn(OF_TYPE, type) ? OF_TYPE[type]! : "other";
}

/** Whether a rotation may rewrite the secret; others are searched only. */
export function isRewritable(secret: Pick<StoredSecret, "labels">): boolean {
  const kind = kindOfSecret(secret);
  return kind !== "cluster" && kind !== "other";
}
