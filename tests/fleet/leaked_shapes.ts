import { encodeBase64 } from "../support/base64.ts";

/** Every shape in which people store a leaked value in secrets. */

/** A Secret as people write it. */
export interface Manifest {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly type: string;
  readonly stringData: Readonly<Record<string, string>>;
}

export interface Where {
  /** In Argo CD's namespace. */
  readonly argocd: string;
  /** A pull secret. */
  readonly team: string;
}

export interface Shape {
  readonly name: string;
  readonly of: "argocd" | "team";
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  /** Its data with this value; everything else is the same for each value. */
  data(value: string): Readonly<Record<string, string>>;
}

const DOCKER_LABEL = { "mcops.tech/secret-type": "docker-creds" };
const argocdLabel = (type: string) => ({ "argocd.argoproj.io/secret-type": type });

/** Labels and annotations of others, on each secret. */
export const NOTE = "keep this";

/** Another credential, which was not leaked. */
const OTHER = "another-credential";

const auth = (username: string, password: string) => encodeBase64(`${username}:${password}`);
const login = (password: string) => ({ username: "ci", password, auth: auth("ci", password) });

const dockerJson = (auths: object, more: object = {}) => ({
  ".dockerconfigjson": JSON.stringify({ auths, ...more }),
});

function pull(name: string, auths: (value: string) => object, more: Partial<Shape> = {}): Shape {
  return {
    name,
    of: "team",
    labels: DOCKER_LABEL,
    type: "kubernetes.io/dockerconfigjson",
    data: (value) => dockerJson(auths(value)),
    ...more,
  };
}

function argocd(name: string, type: string, data: Shape["data"]): Shape {
  return { name, of: "argocd", labels: argocdLabel(type), type: "Opaque", data };
}

/** The user name for an ACR refresh token. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The shapes for a password or a token. */
export const SHAPES: readonly Shape[] = [
  pull("password", (value) => ({ "ghcr.io": { ...login(value), email: "ci@example.com" } })),
  pull("auth-only", (value) => ({ "ghcr.io": { auth: auth("ci", value) } })),
  pull("identity-token", (value) => ({
    "reg.azurecr.io": { username: NOBODY, auth: auth(NOBODY, ""), identitytoken: value },
  })),
  pull("docker-hub", (value) => ({
    "https://index.docker.io/v1/": login(value),
    "https://registry-1.docker.io": login(value),
  })),
  pull("among-others", (value) => ({
    "quay.io": login(OTHER),
    "ghcr.io": login(value),
    "ghcr.io/org": { auth: auth("bot", value) },
  })),
  pull("with-helpers", () => ({}), {
    data: (value) =>
      dockerJson({ "ghcr.io": login(value) }, { credHelpers: { "gcr.io": "gcloud" } }),
  }),
  // The format before `auths`, without any label to search for.
  pull("legacy", () => ({}), {
    labels: {},
    type: "kubernetes.io/dockercfg",
    data: (value) => ({ ".dockercfg": JSON.stringify({ "ghcr.io": login(value) }) }),
  }),
  pull("unlabelled", (value) => ({ "ghcr.io": login(value) }), { labels: {} }),
  // The secret that Image Updater commits with.
  {
    ...{ name: "pull-iu", of: "argocd", labels: DOCKER_LABEL, type: "Opaque" },
    data: (password) => ({ username: "ci", password }),
  },
  argocd("repository", "repository", (password) => ({
    ...{ type: "git", url: "https://git.example.com/team/app", project: "team" },
    ...{ username: "ci", password, insecure: "true" },
  })),
  argocd("write-repository", "repository-write", (password) => ({
    ...{ type: "git", url: "https://git.example.com/team/hydrated", username: "ci", password },
  })),
  argocd("template", "repo-creds", (password) => ({
    ...{ type: "git", url: "https://git.example.com/org", username: "ci", password },
  })),
  argocd("write-template", "repo-write-creds", (password) => ({
    ...{ type: "git", url: "https://git.example.com/written", username: "ci", password },
  })),
  argocd("in-url", "repository", (value) => ({
    ...{ type: "git", url: `https://ci:${encodeURIComponent(value)}@git.example.com/in/url` },
  })),
  argocd("in-proxy", "repository", (value) => ({
    ...{ type: "git", url: "https://git.example.com/in/proxy", username: "ci", password: OTHER },
    proxy: `http://ci:${encodeURIComponent(value)}@proxy.example.com:3128`,
  })),
];

/** The shapes for an SSH key, with either kind of line ending and any number of final line breaks. */
export const KEY_SHAPES: readonly Shape[] = [
  ["key-as-it-is", (key: string) => key],
  ["key-of-windows", (key: string) => key.replaceAll("\n", "\r\n")],
  ["key-cut", (key: string) => key.trimEnd()],
  ["key-with-more", (key: string) => `${key}\n\n`],
].map(([name, spelled]) =>
  argocd(name as string, "repository", (key) => ({
    ...{ type: "git", url: `git@git.example.com:team/${name}.git` },
    sshPrivateKey: (spelled as (key: string) => string)(key),
  }))
);

export function manifestOf(shape: Shape, value: string, where: Where): Manifest {
  const { name, of, labels, type, data } = shape;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: where[of], name, labels, annotations: { note: NOTE } },
    type,
    stringData: data(value),
  };
}
