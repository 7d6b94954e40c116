import { Failure } from "../failure.ts";
import { age } from "./age.ts";
import type { Secrets, Shown } from "./answers.ts";
import { carryOut, clustersOf, type View } from "./carry_out.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { ApiRequest } from "./request.ts";

export type SecretsFlags = ProgramFlags & {
  readonly cluster?: readonly string[];
  readonly allClusters?: boolean;
  /** Of the one secret that is shown. */
  readonly namespace?: string;
};

/**
 * Shows the credentials of clusters, or one of them in all namespaces, without their values:
 * `[CLUSTER] [NAME]`, or `[NAME]` with `--cluster` or `--all-clusters`.
 */
export function secrets(flags: SecretsFlags, first?: string, second?: string): Promise<number> {
  const areFlags = flags.cluster !== undefined || flags.allClusters === true;
  if (areFlags && second !== undefined) {
    throw new Failure("Give CLUSTER or --cluster or --all-clusters, not both", 2);
  }
  if (!areFlags && first === undefined) {
    throw new Failure("Missing CLUSTER, --cluster or --all-clusters", 2);
  }
  const given = areFlags ? clustersOf(flags.cluster) : [first];
  const name = areFlags ? first : second;
  checkName(name, flags);
  const { namespace } = flags;
  return carryOut(
    flags,
    "read",
    given,
    (cluster): ApiRequest =>
      name === undefined ? { method: "GET", path: "/secrets", query: { cluster } } : {
        method: "GET",
        path: `/secrets/${encodeURIComponent(name)}`,
        query: { cluster, namespace },
      },
    {
      ...name === undefined ? LIST_VIEW : SHOWN_VIEW,
      fields: {
        names: [],
        places: { name: "NAME", cluster: areFlags ? "--cluster" : "CLUSTER" },
      },
    },
  );
}

function checkName(name: string | undefined, { namespace }: SecretsFlags): void {
  if (name === undefined && namespace !== undefined) {
    throw new Failure("--namespace needs a NAME, of which it is the namespace", 2);
  }
  // A URL cannot have these in it.
  if (name !== undefined && /^\.{0,2}$/.test(name)) {
    throw new Failure("NAME must be a secret's name", 2);
  }
}

type Listed = Secrets["docker_creds_secrets"][number] | Secrets["repository_secrets"][number];

/** Each secret once, with what it is. */
function listed(body: Secrets): { kind: string; secret: Listed }[] {
  const repositories = body.repository_secrets ?? [];
  const isRepository = new Set(repositories.map(placeOf));
  const entries = [
    ...body.docker_creds_secrets.map((secret) => ({ kind: "docker", secret })),
    ...repositories.map((secret) => ({ kind: "repository", secret })),
    ...body.helm_creds_secrets.filter((secret) => !isRepository.has(placeOf(secret)))
      .map((secret) => ({ kind: "helm-repo-creds", secret })),
    ...body.repo_creds_secrets.map((secret) => ({ kind: "template", secret })),
  ];
  const key = ({ secret }: { secret: Listed }) => placeOf(secret);
  return entries.sort((a, b) => key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

/** No namespace or name has a slash in it, so this sorts by both. */
const placeOf = ({ namespace, name }: Listed) => `${namespace}/${name}`;

const LIST_VIEW: Omit<View, "fields"> = {
  namesCluster: true,
  columns: ["NAMESPACE", "NAME", "KIND", "TYPE", "URL", "AGE"],
  wideColumns: ["USERNAME", "OCI", "LABELS"],
  rows({ body }) {
    const now = new Date();
    return listed(body as Secrets).map(({ kind, secret }) => {
      const repository = "repository_url" in secret ? secret : undefined;
      return [
        secret.namespace,
        secret.name,
        kind,
        repository?.repository_type,
        repository?.repository_url,
        age(secret.creation_timestamp, now),
        repository?.username,
        repository && String(repository.enable_oci),
        labelsOf(secret),
      ];
    });
  },
  names: ({ body }) => listed(body as Secrets).map(({ secret }) => `secret/${secret.name}`),
  nothing: (_place, clusters) => {
    const names = clusters.map((cluster) => `'${cluster}'`).join(", ");
    return `There are no credentials in ${clusters.length === 1 ? "cluster" : "clusters"} ${names}`;
  },
};

function labelsOf({ labels }: Pick<Listed, "labels">): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
}

type ShownSecret = Shown["secrets"][number];

const SHOWN_VIEW: Omit<View, "fields"> = {
  namesCluster: true,
  showsFingerprints: true,
  columns: ["NAMESPACE", "NAME", "TYPE", "DATA", "FINGERPRINT", "MANAGED", "AGE"],
  wideColumns: ["FOR", "USERNAME", "IMMUTABLE", "OWNER", "WRITE", "LABELS"],
  rows({ body }) {
    const now = new Date();
    return (body as Shown).secrets.map((secret) => [
      secret.namespace,
      secret.name,
      secret.type,
      String(secret.keys.length),
      secret.fingerprint ?? undefined,
      String(secret.managed),
      age(secret.creation_timestamp, now),
      placesOf(secret),
      usernamesOf(secret),
      String(secret.immutable),
      secret.owner ?? undefined,
      secret.write ?? undefined,
      labelsOf(secret),
    ]);
  },
  names: ({ body }) => (body as Shown).secrets.map(({ name }) => `secret/${name}`),
};

/** Registries, or the repository's URL. */
function placesOf({ registries, repository_url }: ShownSecret): string | undefined {
  return registries?.map(({ registry }) => registry).join(",") ?? repository_url;
}

function usernamesOf({ registries, username }: ShownSecret): string | undefined {
  const names = registries?.flatMap(({ username }) => username === undefined ? [] : [username]);
  return names === undefined ? username : [...new Set(names)].join(",");
}
