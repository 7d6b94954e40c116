import type { KubeErrorKind } from "../../src/kube/errors.ts";

/** What the kubeconfigs of the table are made of. */
export interface Parts {
  /** https://127.0.0.1:PORT of a real API server, whose authority is `ca`, in PEM. */
  readonly url: string;
  readonly ca: string;
  /** An authority that did not sign the server's certificate. */
  readonly otherCa: string;
  /** A token and a certificate of administrators. */
  readonly token: string;
  readonly client: { readonly certificate: string; readonly key: string };
  /** A key that is not of that certificate. */
  readonly otherKey: string;
  /** 127.0.0.1:PORT of an API server by plain HTTP. */
  readonly plain: string;
  /** An HTTP proxy. */
  readonly proxy: string;
  /** Stands in each kubeconfig, and may be in nothing that is said. */
  readonly canary: string;
  /** Program that gives the administrator's token, and one that fails. */
  readonly plugin: string;
  readonly failingPlugin: string;
}

/** A kubeconfig to be: what is written down of it, in its own words. */
// deno-lint-ignore no-explicit-any
export type Draft = any;

/** A kubeconfig, and the verdict on it. */
export interface Row {
  /** What it has that others have not. */
  readonly what: string;
  /** @returns the kubeconfig's text, or what becomes that */
  make(draft: Draft, parts: Parts): string | Uint8Array<ArrayBuffer> | Draft | void;
  /** Files beside it, by their names. */
  files?(parts: Parts): Readonly<Record<string, string>>;
  /** Whether the kubeconfig is a link, with those files beside the link. */
  readonly isLink?: true;
  /** Whether kubectl takes it, or what it says. */
  readonly kubectl: "takes" | RegExp;
  /**
   * What this program makes of it, by either transport: it works, is refused before the cluster is
   * asked (which `clusters -o wide` says, too), or the cluster or a plugin brings a failure.
   */
  readonly verdict: "works" | { readonly refused: RegExp } | { readonly kind: KubeErrorKind };
  /** Why it is refused though kubectl may take it. */
  readonly safety?: string;
}

type Make = Row["make"];
type More = Partial<Pick<Row, "files" | "isLink">>;

/** kubectl takes it. */
export function works(what: string, make: Make, more: More = {}): Row {
  return { what, make, kubectl: "takes", verdict: "works", ...more };
}

/** kubectl refuses it. */
export function refused(
  what: string,
  make: Make,
  why: RegExp,
  kubectl: RegExp,
  more: More = {},
): Row {
  return { what, make, kubectl, verdict: { refused: why }, ...more };
}

/** kubectl takes it, and this program does not: for safety, which is why. */
export function unsafe(
  what: string,
  make: Make,
  why: RegExp,
  kubectl: Row["kubectl"],
  safety: string,
  more: More = {},
): Row {
  return { what, make, kubectl, verdict: { refused: why }, safety, ...more };
}

/** Only asking tells. */
export function fails(
  what: string,
  make: Make,
  kind: KubeErrorKind,
  kubectl: RegExp,
  more: More = {},
): Row {
  return { what, make, kubectl, verdict: { kind }, ...more };
}

/** A kubeconfig that works, with more in it than counts. */
export function draftOf({ url, ca, token, canary }: Parts): Draft {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "certificate-authority-data": btoa(ca) } }],
    users: [{ name: "u", user: { token } }, { name: "other", user: { token: canary } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
}

/** Its current cluster and user, to be changed. */
export const clusterOf = (draft: Draft): Draft => draft.clusters[0].cluster;
export const userOf = (draft: Draft): Draft => draft.users[0].user;

/** Gives its user other credentials. */
export function credentials(draft: Draft, user: Draft): void {
  draft.users[0].user = user;
}

/** A kubeconfig as text, to write down what objects have no words for. */
export function textOf(parts: Parts, lines: {
  cluster?: string;
  user?: string;
  before?: string;
  after?: string;
} = {}): string {
  const { url, ca, token, canary } = parts;
  const {
    cluster = `server: ${url}\n    certificate-authority-data: ${btoa(ca)}`,
    user = `token: ${token}`,
    before = "",
    after = "",
  } = lines;
  return `${before}apiVersion: v1
kind: Config
clusters:
- name: c
  cluster:
    ${cluster}
users:
- name: u
  user:
    ${user}
- name: other
  user: {token: ${canary}}
contexts:
- name: x
  context: {cluster: c, user: u}
current-context: x
${after}`;
}
