import { fitsHeader, impersonation, type UserHeaders } from "./headers.ts";
import { certificatesIn, whyNoPair } from "./pem.ts";
import { reject } from "./not_usable.ts";
import { serverUrl } from "./server_url.ts";
import { type ClusterFields, type Config, parseConfig, type UserFields } from "./shape.ts";
import type { YamlValue } from "./yaml.ts";

/** The current context of a usable kubeconfig. */
export interface Current {
  /** Without user info and query. */
  readonly server: URL;
  /** `user:password` in the server's URL, which kubectl uses instead of any token. */
  readonly serverUser: string | undefined;
  /** Over plain HTTP no credentials are sent, only impersonation headers, and nothing is verified. */
  readonly isTls: boolean;
  readonly cluster: ClusterFields;
  readonly user: UserFields;
  readonly userName: string;
  /** Whether the user's `exec` is run; a token, user name or certificate takes precedence. */
  readonly usesPlugin: boolean;
  readonly impersonation: UserHeaders;
}

/**
 * Accepts or rejects a kubeconfig like kubectl does. Only the current context with its cluster and its
 * user counts, except for types and names, which are checked in the whole file.
 *
 * Incomplete contexts are rejected for safety, although kubectl accepts them: without a cluster kubectl
 * connects to http://localhost:8080, whatever listens there, and without credentials it reads a user name
 * from standard input, which has the secrets.
 * @param content parsed by {@link readYaml}
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/validation.go
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/client_config.go
 * @throws {NotUsable}
 */
export function judge(content: YamlValue): Current {
  const config = parseConfig(content);
  const { cluster, user, userName } = currentOf(config);
  checkCluster(cluster);
  const { url, user: serverUser } = serverUrl(cluster.server);
  checkUser(user);
  const isTls = url.protocol === "https:";
  const headers = impersonation(user);
  if (![...Object.values(headers)].flat().every(fitsHeader)) {
    reject("'as', 'as-uid', … of its current user is not allowed in an HTTP header");
  }
  if (isTls) checkTls(cluster, user, serverUser);
  const usesPlugin = isTls && user.exec !== undefined && user.token === "" &&
    user.tokenFile === "" && user.username === "" && !hasCertificate(user);
  if (usesPlugin && user.exec?.interactiveMode === "Always") {
    reject(
      "the credential plugin of its current user requires a terminal (interactiveMode: Always)",
    );
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

/** Why a kubeconfig that kubectl accepts cannot be used by the api transport; otherwise `undefined`. */
export function whyNotOverApi(
  { cluster, user, isTls, impersonation }: Current,
): string | undefined {
  if (/^socks/i.test(cluster["proxy-url"])) {
    return "its current cluster uses a SOCKS proxy, which only the kubectl transport supports";
  }
  // Deno's node:http sends characters up to U+00FF, as UTF-8, and rejects others.
  const values = [isTls ? user.token : "", ...Object.values(impersonation)].flat();
  return values.some((value) => /[^\0-\xff]/.test(value))
    ? "a token or name of its current user has characters that only the kubectl transport supports"
    : undefined;
}

function currentOf(
  config: Config,
): { cluster: ClusterFields; user: UserFields; userName: string } {
  const current = config["current-context"];
  const context = config.contexts.get(current);
  if (context === undefined) {
    return reject(
      current === ""
        ? "its 'current-context' is not set"
        : "its 'current-context' names a context that does not exist",
    );
  }
  const cluster = config.clusters.get(context.cluster) ??
    reject("its current context names a cluster that does not exist");
  const user = config.users.get(context.user) ??
    reject("its current context names a user that does not exist");
  return { cluster, user, userName: context.user };
}

function checkCluster(cluster: ClusterFields): void {
  const proxy = cluster["proxy-url"];
  if (proxy !== "" && !(/^(https?|socks5):/i.test(proxy) && URL.canParse(proxy))) {
    reject("the 'proxy-url' of its current cluster is not an http, https or socks5 URL");
  }
  checkOnce(cluster, "cluster", "certificate-authority");
}

/** Rejects a field that is set both as a file and as embedded data. */
function checkOnce(fields: ClusterFields | UserFields, of: string, name: string): void {
  const both = fields as unknown as Record<string, string | Uint8Array>;
  if (both[name]!.length > 0 && both[`${name}-data`]!.length > 0) {
    reject(`its current ${of} has both '${name}' and '${name}-data'`);
  }
}

const TWO_METHODS = "its current user has both a token and a user name or password";

function checkUser(user: UserFields): void {
  if (user.token !== "" && (user.username !== "" || user.password !== "")) {
    reject(TWO_METHODS);
  }
  if (hasCertificate(user)) {
    checkOnce(user, "user", "client-certificate");
    checkOnce(user, "user", "client-key");
    if (user["client-key"] === "" && user["client-key-data"].length === 0) {
      reject("its current user has a client certificate without its key");
    }
  }
  const { as, exec } = user;
  const isMore = user["as-uid"] !== "" || user["as-groups"].length > 0 ||
    user["as-user-extra"].size > 0;
  if (as === "" && isMore) reject("its current user has 'as-uid', 'as-groups', … without 'as'");
  if (exec !== undefined) checkExec(exec, user["auth-provider"] !== undefined);
}

const EXEC = "the 'exec' of its current user";
const EXEC_VERSIONS = /^client\.authentication\.k8s\.io\/(v1|v1beta1)$/;

function checkExec(exec: NonNullable<UserFields["exec"]>, hasProvider: boolean): void {
  if (hasProvider) reject("its current user has both 'exec' and 'auth-provider'");
  if (exec.command === "") reject(`${EXEC} has no 'command'`);
  if (exec.apiVersion === "") reject(`${EXEC} has no 'apiVersion'`);
  if (exec.env.some(({ name }) => name === "")) reject(`${EXEC} has an 'env' without a 'name'`);
  const isOld = /\/v1(beta1|alpha1)$/.test(exec.apiVersion);
  const { interactiveMode = "" } = exec;
  if (interactiveMode === "" ? !isOld : !/^(Never|IfAvailable|Always)$/.test(interactiveMode)) {
    reject(`${EXEC} needs an 'interactiveMode' of Never, IfAvailable or Always`);
  }
}

function checkTls(cluster: ClusterFields, user: UserFields, serverUser: string | undefined): void {
  const authority = cluster["certificate-authority-data"];
  const hasAuthority = authority.length > 0 || cluster["certificate-authority"] !== "";
  if (cluster["insecure-skip-tls-verify"] && hasAuthority) {
    reject("its current cluster sets both a certificate authority and 'insecure-skip-tls-verify'");
  }
  if (authority.length > 0 && certificatesIn(textOf(authority)).length === 0) {
    reject("the 'certificate-authority-data' of its current cluster contains no PEM certificate");
  }
  const certificate = user["client-certificate-data"];
  const key = user["client-key-data"];
  if (certificate.length > 0 && key.length > 0) {
    const why = whyNoPair(textOf(certificate), textOf(key));
    if (why !== undefined) reject(`the 'client-certificate-data' of its current user ${why}`);
  }
  if (user.exec !== undefined && !EXEC_VERSIONS.test(user.exec.apiVersion)) {
    reject(`${EXEC} has an 'apiVersion' that kubectl does not support`);
  }
  checkProvider(user["auth-provider"]);
  const identifies = user.token !== "" || user.tokenFile !== "" || user.username !== "" ||
    hasCertificate(user) || user.exec !== undefined || user["auth-provider"] !== undefined;
  if (!identifies) reject("its current user has no credentials");
  if (user.username !== "" && user.tokenFile !== "") reject(TWO_METHODS);
  if (serverUser === undefined && !fitsHeader(user.token)) {
    reject("the 'token' of its current user is not allowed in an HTTP header");
  }
}

/** Credential plugins that replace auth providers, as kubectl's error recommends them. */
const PLUGINS: ReadonlyMap<string, string> = new Map([
  ["gcp", "gke-gcloud-auth-plugin"],
  ["azure", "kubelogin"],
]);

/** Only `oidc` is left since kubectl 1.26. */
function checkProvider(provider: UserFields["auth-provider"]): void {
  if (provider === undefined) return;
  const what = "the 'auth-provider' of its current user";
  const plugin = PLUGINS.get(provider.name);
  if (plugin !== undefined) {
    reject(
      `${what} is ${provider.name}, which kubectl no longer supports; use the credential plugin ${plugin}`,
    );
  }
  if (provider.name !== "oidc") reject(`${what} is not supported by kubectl`);
  for (const key of ["idp-issuer-url", "client-id"]) {
    if (!provider.config.get(key)) reject(`${what} has no '${key}'`);
  }
}

export function hasCertificate(user: UserFields): boolean {
  return user["client-certificate"] !== "" || user["client-certificate-data"].length > 0;
}

/** Decodes PEM, which is ASCII; other bytes have no meaning in it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
