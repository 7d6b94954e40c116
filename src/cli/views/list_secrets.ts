import type { Secrets } from "../client/answers.ts";
import { age, untilThen } from "./age.ts";
import type { Columns, View } from "./view.ts";

type Listed =
  & Secrets["docker_creds_secrets"][number]
  & Partial<NonNullable<Secrets["repository_secrets"]>[number]>
  & { readonly kind: string };

/** Each secret once, with what it is. */
function listed(body: Secrets): Listed[] {
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

/** No namespace or name has a slash in it, so this sorts by both. */
const placeOf = ({ namespace, name }: Omit<Listed, "kind">) => `${namespace}/${name}`;

/** Where something is declared. */
const EXPIRES: Columns<Listed> = { EXPIRES: ({ expires }) => expires && untilThen(expires.at) };

export const view: View<Secrets, Listed> = {
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
    LABELS: labelsOf,
  },
  rows: listed,
  names: (body) => listed(body).map(({ namespace, name }) => ({ namespace, name })),
  counted: (body) => listed(body).map(() => ({ noun: "secret" })),
  nothing: (_place, clusters) => {
    const names = clusters.map((cluster) => `'${cluster}'`).join(", ");
    return `There are no credentials in ${clusters.length === 1 ? "cluster" : "clusters"} ${names}`;
  },
};

type Login = NonNullable<Listed["registries"]>[number];

/** What a pull secret is for, where that was looked at. */
function listOf({ registries }: Listed, of: (login: Login) => string | undefined) {
  const known = registries?.flatMap((login) => of(login) ?? []);
  return known === undefined || known.length === 0 ? undefined : [...new Set(known)].join(",");
}

/** By commas. */
export function labelsOf(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
}
