import { fitsHeader, impersonation, type UserHeaders } from "./headers.ts";
import { certificatesIn, whyNoPair } from "./pem.ts";
import { refuse } from "./refused.ts";
import { serverUrl } from "./server_url.ts";
import { type ClusterFields, type Config, configOf, type UserFields } from "./shape.ts";
import type { Value } from "./yaml.ts";

/** What a kubeconfig says of its current context, once it is found usable. */
export interface Current {
  /** Without a user or a query. */
  readonly server: URL;
  /** `user:password` in the server's URL, which kubectl uses in place of any token. */
  readonly serverUser: string | undefined;
  /** By plain HTTP nothing is said of the user but whom to take it for, and nothing is verified. */
  readonly isTls: boolean;
  readonly cluster: ClusterFields;
  readonly user: UserFields;
  readonly userName: string;
  /** Whether its user's `exec` is run: a token, a name or a certificate stands in for it. */
  readonly usesPlugin: boolean;
  readonly impersonation: UserHeaders;
}

/**
 * The verdict on a kubeconfig: kubectl's, and so that of everyone who uses it. Of what it holds only
 * the current context with its cluster and its user count, but for types and names, which are of all.
 * Refused for safety, though kubectl would take it: a context that is not whole. For a cluster that
 * is not there kubectl speaks to http://localhost:8080, whoever listens there, and without a user's
 * credentials it reads a user name from standard input, where the secrets are.
 * @param content as {@link readYaml} gives it
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/validation.go
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/client_config.go
 * @throws {NotUsable}
 */
export function judge(content: Value): Current {
  const config = configOf(content);
  const { cluster, user, userName } = currentOf(config);
  checkCluster(cluster);
  const { url, user: serverUser } = serverUrl(cluster.server);
  checkUser(user);
  const isTls = url.protocol === "https:";
  const headers = impersonation(user);
  if (![...Object.values(headers)].flat().every(fitsHeader)) {
    refuse("a name that its current user takes ('as', …) does not fit into a header");
  }
  if (isTls) checkTls(cluster, user, serverUser);
  const usesPlugin = isTls && user.exec !== undefined && user.token === "" &&
    user.tokenFile === "" && user.username === "" && !hasCertificate(user);
  if (usesPlugin && user.exec?.interactiveMode === "Always") {
    refuse("the credential plugin of its current user asks for a terminal, and there is none");
  }
  return {
    server: url,
    serverUser,
    isTls,
    cluster,
    user,
    userName,
    usesPlugin,
    impersonation: headers,
  };
}

/** Why a kubeconfig that kubectl takes cannot be used without kubectl, or `undefined`. */
export function whyNotOverApi(
  { cluster, user, isTls, impersonation }: Current,
): string | undefined {
  if (/^socks/i.test(cluster["proxy-url"])) {
    return "its current cluster is reached by a SOCKS proxy, which takes the kubectl transport";
  }
  // Deno's node:http sends letters up to U+00FF, as UTF-8, and refuses others.
  const values = [isTls ? user.token : "", ...Object.values(impersonation)].flat();
  return values.some((value) => /[^\0-\xff]/.test(value))
    ? "a token or name of its current user has letters that take the kubectl transport"
    : undefined;
}

function currentOf(
  config: Config,
): { cluster: ClusterFields; user: UserFields; userName: string } {
  const current = config["current-context"];
  const context = config.contexts.get(current);
  if (context === undefined) {
    return refuse(
      current === ""
        ? "its 'current-context' is missing"
        : "its 'current-context' names a context that is not there",
    );
  }
  const cluster = config.clusters.get(context.cluster) ??
    refuse("its current context names a cluster that is not there");
  const user = config.users.get(context.user) ??
    refuse("its current context names a user that is not there");
  return { cluster, user, userName: context.user };
}

function checkCluster(cluster: ClusterFields): void {
  const proxy = cluster["proxy-url"];
  if (proxy !== "" && !(/^(https?|socks5):/i.test(proxy) && URL.canParse(proxy))) {
    refuse("the 'proxy-url' of its current cluster is no URL of an http, https or socks5 proxy");
  }
  checkOnce(cluster, "cluster", "certificate-authority");
}

/** A file, or what would be in it. */
function checkOnce(fields: ClusterFields | UserFields, of: string, name: string): void {
  const both = fields as unknown as Record<string, string | Uint8Array>;
  if (both[name]!.length > 0 && both[`${name}-data`]!.length > 0) {
    refuse(`its current ${of} has both '${name}' and '${name}-data'`);
  }
}

const TWO_METHODS = "its current user has both a token and a user name or password";

function checkUser(user: UserFields): void {
  if (user.token !== "" && (user.username !== "" || user.password !== "")) {
    refuse(TWO_METHODS);
  }
  if (hasCertificate(user)) {
    checkOnce(user, "user", "client-certificate");
    checkOnce(user, "user", "client-key");
    if (user["client-key"] === "" && user["client-key-data"].length === 0) {
      refuse("its current user has a client certificate without its key");
    }
  }
  const { as, exec } = user;
  const isMore = user["as-uid"] !== "" || user["as-groups"].length > 0 ||
    user["as-user-extra"].size > 0;
  if (as === "" && isMore) refuse("its current user has 'as-uid', 'as-groups' … without 'as'");
  if (exec !== undefined) checkExec(exec, user["auth-provider"] !== undefined);
}

const EXEC = "the 'exec' of its current user";
const EXEC_VERSIONS = /^client\.authentication\.k8s\.io\/(v1|v1beta1)$/;

function checkExec(exec: NonNullable<UserFields["exec"]>, hasProvider: boolean): void {
  if (hasProvider) refuse("its current user has both 'exec' and 'auth-provider'");
  if (exec.command === "") refuse(`${EXEC} has no 'command'`);
  if (exec.apiVersion === "") refuse(`${EXEC} has no 'apiVersion'`);
  if (exec.env.some(({ name }) => name === "")) refuse(`${EXEC} has an 'env' without a 'name'`);
  const isOld = /\/v1(beta1|alpha1)$/.test(exec.apiVersion);
  const { interactiveMode = "" } = exec;
  if (interactiveMode === "" ? !isOld : !/^(Never|IfAvailable|Always)$/.test(interactiveMode)) {
    refuse(`${EXEC} needs an 'interactiveMode' of Never, IfAvailable or Always`);
  }
}

function checkTls(cluster: ClusterFields, user: UserFields, serverUser: string | undefined): void {
  const authority = cluster["certificate-authority-data"];
  const hasAuthority = authority.length > 0 || cluster["certificate-authority"] !== "";
  if (cluster["insecure-skip-tls-verify"] && hasAuthority) {
    refuse("its current cluster has a certificate authority beside 'insecure-skip-tls-verify'");
  }
  if (authority.length > 0 && certificatesIn(textOf(authority)).length === 0) {
    refuse("the 'certificate-authority-data' of its current cluster holds no certificate in PEM");
  }
  const certificate = user["client-certificate-data"];
  const key = user["client-key-data"];
  if (certificate.length > 0 && key.length > 0) {
    const why = whyNoPair(textOf(certificate), textOf(key));
    if (why !== undefined) refuse(`the 'client-certificate-data' of its current user ${why}`);
  }
  if (user.exec !== undefined && !EXEC_VERSIONS.test(user.exec.apiVersion)) {
    refuse(`${EXEC} has an 'apiVersion' that kubectl does not support`);
  }
  checkProvider(user["auth-provider"]);
  const identifies = user.token !== "" || user.tokenFile !== "" || user.username !== "" ||
    hasCertificate(user) || user.exec !== undefined || user["auth-provider"] !== undefined;
  if (!identifies) refuse("its current user has no credentials");
  if (user.username !== "" && user.tokenFile !== "") refuse(TWO_METHODS);
  if (serverUser === undefined && !fitsHeader(user.token)) {
    refuse("the 'token' of its current user does not fit into a header");
  }
}

/** Those of kubectl since 1.26. */
function checkProvider(provider: UserFields["auth-provider"]): void {
  if (provider === undefined) return;
  const what = "the 'auth-provider' of its current user";
  if (provider.name === "gcp" || provider.name === "azure") {
    refuse(`${what} is ${provider.name}, which kubectl no longer has; use its credential plugin`);
  }
  if (provider.name !== "oidc") refuse(`${what} is none that kubectl has`);
  for (const key of ["idp-issuer-url", "client-id"]) {
    if (!provider.config.get(key)) refuse(`${what} has no '${key}'`);
  }
}

function hasCertificate(user: UserFields): boolean {
  return user["client-certificate"] !== "" || user["client-certificate-data"].length > 0;
}

/** PEM is ASCII; other bytes mean nothing in it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
