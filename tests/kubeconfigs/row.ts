import type { KubeErrorKind } from "../../src/kube/errors.ts";

/** The parts of the table's kubeconfigs. */
export interface Parts {
  /** https://127.0.0.1:PORT of a real API server, and its certificate authority `ca`, in PEM. */
  readonly url: string;
  readonly ca: string;
  /** A certificate authority that did not sign the server's certificate. */
  readonly otherCa: string;
  /** A token and a certificate of administrators. */
  readonly token: string;
  readonly client: { readonly certificate: string; readonly key: string };
  /** A key that does not belong to that certificate. */
  readonly otherKey: string;
  /** 127.0.0.1:PORT of an API server over plain HTTP. */
  readonly plain: string;
  /** An HTTP proxy. */
  readonly proxy: string;
  /** Is in each kubeconfig, and must not be in any output. */
  readonly canary: string;
  /** A program that prints the administrator's token, and one that fails. */
  readonly plugin: string;
  readonly failingPlugin: string;
}

/** A kubeconfig as an object, before it is written as YAML. */
// deno-lint-ignore no-explicit-any
export type Draft = any;

/** A kubeconfig and its verdict. */
export interface Row {
  /** What is special about it. */
  readonly what: string;
  /** @returns the kubeconfig as text or as an object */
  make(draft: Draft, parts: Parts): string | Uint8Array<ArrayBuffer> | Draft | void;
  /** Files beside it, by name. */
  files?(parts: Parts): Readonly<Record<string, string>>;
  /** Whether the kubeconfig is a symbolic link, with those files beside the link. */
  readonly isLink?: true;
  /** Whether kubectl accepts it, or kubectl's error. */
  readonly kubectl: "takes" | RegExp;
  /**
   * This program's verdict, with either transport: it works, is rejected before the cluster is
   * contacted (also by `clusters -o wide`), or the cluster or a plugin causes a failure.
   */
  readonly verdict: "works" | { readonly refused: RegExp } | { readonly kind: KubeErrorKind };
  /** Why it is rejected although kubectl may accept it. */
  readonly safety?: string;
}

type Make = Row["make"];
type More = Partial<Pick<Row, "files" | "isLink">>;

/** kubectl accepts it. */
export function works(what: string, make: Make, more: More = {}): Row {
  return { what, make, kubectl: "takes", verdict: "works", ...more };
}

/** kubectl rejects it. */
export function refused(
  what: string,
  make: Make,
  why: RegExp,
  kubectl: RegExp,
  more: More = {},
): Row {
  return { what, make, kubectl, verdict: { refused: why }, ...more };
}

/** kubectl accepts it, and this program rejects it for the reason `safety`. */
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

/** It fails only when the cluster or a plugin is contacted. */
export function fails(
  what: string,
  make: Make,
  kind: KubeErrorKind,
  kubectl: RegExp,
  more: More = {},
): Row {
  return { what, make, kubectl, verdict: { kind }, ...more };
}

/** A valid kubeconfig with additional, unused entries. */
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

/** Its current cluster and user, to modify. */
export const clusterOf = (draft: Draft): Draft => draft.clusters[0].cluster;
export const userOf = (draft: Draft): Draft => draft.users[0].user;

/** Replaces its user's credentials. */
export function credentials(draft: Draft, user: Draft): void {
  draft.users[0].user = user;
}

/** A kubeconfig as text, for what objects cannot express. */
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
