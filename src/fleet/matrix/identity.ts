import type { InventoryPart } from "../../credentials/inventory.ts";
import { comparableUrl, templateKey } from "../../credentials/kinds/comparable_url.ts";
import { SECRET_TYPE_LABEL } from "../../credentials/kinds/repository_credential.ts";
import { shownUrl } from "../../credentials/kinds/url.ts";
import { repositoryFields } from "../../kube/repository_fields.ts";
import type { RepositoryFields, StoredSecret } from "../../kube/store.ts";
import type { RowIdentity, RowKind } from "./shapes.ts";

/** The Argo CD secret types that have rows. */
const KINDS: Readonly<Record<string, Exclude<RowKind, "docker">>> = {
  "repository": "repository",
  "repo-creds": "template",
  "repository-write": "write_repository",
  "repo-write-creds": "write_template",
};

/** The row of the pull secrets with this name. */
export function dockerIdentity(name: string): RowIdentity {
  return { id: `docker/${name}`, kind: "docker", name };
}

/**
 * The row of a repository or template: `repository/git/URL`, or `repository/git@PROJECT/URL` with a project. A
 * credential in the URL is not part of the identity, so rotating it does not change the row.
 * @returns `undefined` for other secrets
 */
export function argocdIdentity(
  { labels }: Pick<StoredSecret, "labels">,
  fields: Pick<RepositoryFields, "url" | "type" | "project">,
): RowIdentity | undefined {
  const secretType = labels[SECRET_TYPE_LABEL] ?? "";
  if (!Object.hasOwn(KINDS, secretType)) return undefined;
  const kind = KINDS[secretType]!;
  if (kind === "template" || kind === "write_template") {
    const url = normalised(fields.url ?? "", (text) => templateKey(text) || text);
    return { id: `${kind}/${url}`, kind, url };
  }
  const { type = "git", project = "" } = fields;
  const url = normalised(fields.url ?? "", comparableUrl);
  const scope = [type, ...project === "" ? [] : [project]].map(encodeURIComponent).join("@");
  return {
    id: `${kind}/${scope}/${url}`,
    kind,
    url,
    ...project === "" ? {} : { project },
    type,
  };
}

/** The part of the inventory that contains the secrets of the row with this id. */
export const partOfRow = (id: string): InventoryPart =>
  id.startsWith(dockerIdentity("").id) ? "docker" : "argocd";

/**
 * Whether a secret is of the row with this id. A secret may be of two rows: a repository may have a docker label.
 * @param secret of the row's part of the inventory
 */
export function isOfRow(secret: StoredSecret, id: string): boolean {
  const identity = partOfRow(id) === "docker"
    ? dockerIdentity(secret.name)
    : argocdIdentity(secret, repositoryFields(secret.data.reveal()));
  return identity?.id === id;
}

/** Masked first, because masking recognizes tokens by letter case, and again, because Go escapes the mask. */
function normalised(url: string, by: (url: string) => string): string {
  return shownUrl(by(shownUrl(url)));
}
