import type { SecretsBody } from "../client/answers.ts";
import { age, untilThen } from "./age.ts";
import type { Columns, View } from "./view.ts";

type Listed =
  & SecretsBody["docker_creds_secrets"][number]
  & Partial<NonNullable<SecretsBody["repository_secrets"]>[number]>
  & { readonly kind: string };

/** Each secret once, with its kind. */
function listed(body: SecretsBody): Listed[] {
  const repositories = body.repository_secrets ?? [];
  const isRepository = new Set(repositories.map(placeOf));
  const entries = [
    ...body.docker_creds_secrets.map((secret) => ({ ...secret, kind: "docker" })),
    ...repositories.map((secret) => ({ ...secret, kind: "repository" })),
    ...body.helm_creds_secrets.filter((secret) => !isRepository.has(placeOf(secret)))
      .map((secret) => ({ ...secret, kind: "helm-repo-creds" })),
    ...body.repo_creds_secrets.map((secret) => ({ ...secret, kind: "template" })),
  ];
  return entries.sort((a, b) => placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : 0);
}

/** A sort key: namespaces and names have no slash. */
const placeOf = ({ namespace, name }: Omit<Listed, "kind">) => `${namespace}/${name}`;

/** Shown if a secret has a declared expiry. */
const EXPIRES: Columns<Listed> = { EXPIRES: ({ expires }) => expires && untilThen(expires.at) };

export const view: View<SecretsBody, Listed> = {
  namesCluster: true,
  columns: (rows) => ({
    NAMESPACE: ({ namespace }) => namespace,
    NAME: ({ name }) => name,
    KIND: ({ kind }) => kind,
    TYPE: (secret) => secret.repository_type,
    URL: (secret) => secret.repository_url ?? listOf(secret, ({ registry }) => registry),
    ...rows.some(({ expires }) => expires !== undefined) ? EXPIRES : {},
    AGE: (secret) => age(secret.creation_timestamp),
  }),
  wide: {
    USERNAME: (secret) => secret.username ?? listOf(secret, ({ username }) => username),
    OCI: (secret) => secret.enable_oci?.toString(),
    LABELS: labelText,
  },
  rows: listed,
  names: (body) => listed(body).map(({ namespace, name }) => ({ namespace, name })),
  counted: (body) => listed(body).map(() => ({ noun: "secret" })),
  nothing: (_place, clusters) => {
    const names = clusters.map((cluster) => `'${cluster}'`).join(", ");
    return `No credentials found in ${clusters.length === 1 ? "cluster" : "clusters"} ${names}`;
  },
};

type Login = NonNullable<Listed["registries"]>[number];

/** The registries or user names of a pull secret, if they were read. */
function listOf({ registries }: Listed, of: (login: Login) => string | undefined) {
  const known = registries?.flatMap((login) => of(login) ?? []);
  return known === undefined || known.length === 0 ? undefined : [...new Set(known)].join(",");
}

/** Labels as `key=value`, comma-separated. */
export function labelText(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
}
