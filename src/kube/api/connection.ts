import type { KubeConfig } from "@kubernetes/client-node";
import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import { dirname, resolve } from "node:path";
import type { Sealed } from "../../log/sealed.ts";
import { type Deadline, inTime } from "../deadline.ts";
import type { UserHeaders } from "../kubeconfig/headers.ts";
import { type Current, hasCertificate, judge, whyNotOverApi } from "../kubeconfig/judge.ts";
import { certificatesIn } from "../kubeconfig/pem.ts";
import { credentialExpiry } from "../kubeconfig/expiry.ts";
import { NotUsable } from "../kubeconfig/not_usable.ts";
import type { YamlValue } from "../kubeconfig/yaml.ts";
import type { RunProcess } from "../process.ts";
import { deadlinePassed, FAILURES, unusable } from "../reasons.ts";
import { clusterInfo } from "./cluster_info.ts";
import { IdleConnections } from "./idle_connections.ts";
import { type ExecCredential, runExecPlugin } from "./exec_plugin.ts";
import { Handshakes } from "./handshakes.ts";
import { type Connection, NoResponse } from "./http.ts";
import { proxyFromEnv } from "../../net/proxy.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { asksAuthProvider, contentFor } from "./library_content.ts";

export interface KubeconfigSource {
  /** The file; paths in it are relative to its folder. */
  readonly path: string;
  /** Its content, parsed by {@link readYaml}. */
  readonly content: Sealed<YamlValue>;
}

export interface Connector {
  /** @throws {NoResponse} when there are no credentials */
  connect(deadline: Deadline): Promise<Connection>;
  /** Call it when the server rejects the credentials. Returns whether the next `connect` gets new ones. */
  refused(): boolean;
  /** When the credential expires, if that is known; no plugin is run for this. */
  expires(): Promise<Date | undefined>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Loads the library when it is first used, since that takes a quarter of a second and 85 MB. */
const loadLibrary = () => import("@kubernetes/client-node");

/** Concurrent connections to one cluster; further requests wait. */
const MAX_CONNECTIONS = 16;

/**
 * Connects with the current context of a kubeconfig that {@link judge} accepts. The library only calls auth
 * providers, which few kubeconfigs name. Done here: certificates, tokens and their files, exec plugins with
 * a deadline, impersonation, proxies from the environment, and keeping connections open.
 * @param connectSeconds the timeout of a connection
 * @param run runs an exec plugin
 * @param idle limits the connections that are kept open, together with those to other clusters
 */
export async function connectorOf(
  { path, content }: KubeconfigSource,
  env: Readonly<Record<string, string>>,
  connectSeconds: number,
  run?: RunProcess,
  idle: IdleConnections = new IdleConnections(),
): Promise<Connector> {
  const folder = dirname(path);
  const current = verdict(content.reveal());
  const { server, serverUser, user, isTls, impersonation } = current;
  const asksProvider = asksAuthProvider(current);
  const config = asksProvider ? await libraryConfig(current, folder) : undefined;
  let plugin: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  let made: { from: ExecCredential | undefined; connection: Promise<Connection> } | undefined;
  let kept: { agent: http.Agent | https.Agent; certificate: string } | undefined;
  const agents: (http.Agent | https.Agent)[] = [];
  const handshakes = new Handshakes(connectSeconds);

  /** The plugin's credential; concurrent requests share one run of the plugin. */
  async function credential(deadline: Deadline): Promise<ExecCredential | undefined> {
    if (!current.usesPlugin) return undefined;
    if (plugin && (plugin.expires === undefined || plugin.expires > Date.now())) return plugin;
    running ??= clusterInfo(current, folder)
      .then((cluster) => runExecPlugin(user.exec!, cluster, folder, env, deadline, run))
      .finally(() => running = undefined);
    return plugin = await running;
  }

  /** The agent for these options; a new client certificate needs a new agent. */
  async function agentOf(tls: https.AgentOptions): Promise<http.Agent | https.Agent> {
    const certificate = String(tls.cert ?? "");
    if (kept?.certificate === certificate) return kept.agent;
    const agent = await agentFor(current, tls, env, handshakes);
    idle.share(handshakes.limit(agent));
    agents.push(agent);
    kept = { agent, certificate };
    return agent;
  }

  async function make(given: ExecCredential | undefined, deadline: Deadline): Promise<Connection> {
    // Like kubectl: these headers are also sent over plain HTTP, and override the others.
    const userHeaders = {
      ...(serverUser === undefined ? {} : { Authorization: basic(serverUser) }),
      ...impersonation,
    };
    if (!isTls) return { server, agent: await agentOf({}), handshakes, headers: userHeaders };
    const applied = apply(config ?? current, folder, given).catch((error) => {
      if (error instanceof NoResponse) throw error;
      throw new NoResponse(asksProvider ? FAILURES.plugin : FAILURES.unusable);
    });
    // An auth provider of the library may send requests to its own server, without a timeout.
    const { tls, headers } = await inTime(
      applied,
      deadline,
      () => new NoResponse({ ...deadlinePassed(deadline.seconds), uncertain: false }),
    );
    if (asksProvider && headers.Authorization === undefined) throw new NoResponse(FAILURES.plugin);
    return {
      server,
      agent: await agentOf(tls),
      handshakes,
      headers: { ...headers, ...userHeaders },
    };
  }

  return {
    async connect(deadline) {
      const given = await credential(deadline);
      // Only the library knows when an auth provider's token expires.
      if (made === undefined || made.from !== given || asksProvider) {
        const making = { from: given, connection: make(given, deadline) };
        making.connection.catch(() => made = undefined);
        made = making;
      }
      const connection = await made.connection;
      if (user.tokenFile === "" || !isTls || serverUser !== undefined) return connection;
      const token = await tokenIn(resolve(folder, user.tokenFile));
      // Like kubectl: `token` is the fallback when `tokenFile` cannot be read.
      if (token === undefined && user.token) return connection;
      if (token === undefined) throw new NoResponse(FAILURES.unusable);
      return {
        ...connection,
        headers: { ...connection.headers, Authorization: `Bearer ${token}` },
      };
    },
    refused() {
      const had = plugin !== undefined;
      plugin = undefined;
      return had;
    },
    async expires() {
      if (!current.usesPlugin) return await credentialExpiry(path, current);
      return plugin?.expires === undefined ? undefined : new Date(plugin.expires);
    },
    close() {
      handshakes.close();
      agents.forEach((agent) => agent.destroy());
    },
  };
}

/** @throws {NoResponse} */
function verdict(content: YamlValue): Current {
  try {
    const current = judge(content);
    const why = whyNotOverApi(current);
    if (why !== undefined) throw new NotUsable(why);
    return current;
  } catch (error) {
    if (error instanceof NotUsable) throw new NoResponse(unusable(error.why));
    throw error;
  }
}

/** The kubeconfig as the library reads it. */
async function libraryConfig(current: Current, folder: string): Promise<KubeConfig> {
  const { KubeConfig } = await loadLibrary();
  const config = new KubeConfig();
  try {
    config.loadFromString(JSON.stringify(contentFor(current, folder)));
  } catch {
    throw new NoResponse(FAILURES.unusable);
  }
  return config;
}

/** The TLS options and headers of a kubeconfig without an auth provider. */
async function ownOptions(
  { cluster, user }: Current,
  folder: string,
): Promise<https.RequestOptions> {
  const read = async (file: string, data: Uint8Array) => {
    if (file !== "") return Buffer.from(await Deno.readFile(resolve(folder, file)));
    return data.length === 0 ? undefined : Buffer.from(data);
  };
  const [ca, cert, key] = await Promise.all([
    read(cluster["certificate-authority"], cluster["certificate-authority-data"]),
    ...hasCertificate(user)
      ? [
        read(user["client-certificate"], user["client-certificate-data"]),
        read(user["client-key"], user["client-key-data"]),
      ]
      : [], // like kubectl, which ignores a key without a certificate
  ]);
  return {
    ...{ ca, cert, key },
    servername: cluster["tls-server-name"] || undefined,
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] ? false : undefined,
    auth: user.username === "" ? undefined : `${user.username}:${user.password}`,
    headers: user.token === "" ? {} : { Authorization: `Bearer ${user.token}` },
  };
}

/** TLS options and headers of a kubeconfig; a plugin's credential overrides the user's own. */
async function apply(
  config: KubeConfig | Current,
  folder: string,
  plugin: ExecCredential | undefined,
) {
  const options: https.RequestOptions = {};
  if ("server" in config) Object.assign(options, await ownOptions(config, folder));
  else await config.applyToHTTPSOptions(options);
  if (plugin?.token) options.headers = { Authorization: `Bearer ${plugin.token}` };
  const { servername, rejectUnauthorized } = options;
  // Like kubectl: anything but certificates is skipped, and an empty file means the system's CAs.
  const given = String(options.ca ?? "");
  const ca = certificatesIn(given);
  if (given !== "" && ca.length === 0) throw new NoResponse(FAILURES.unusable);
  const cert = plugin?.clientCertificateData ?? options.cert;
  const key = plugin?.clientKeyData ?? options.key;
  const headers = { ...options.headers } as Record<string, UserHeaders[string]>;
  if (options.auth) {
    headers.Authorization = basic(options.auth);
  }
  const authorities = ca.length > 0 ? ca : undefined;
  return { tls: { ca: authorities, cert, key, servername, rejectUnauthorized }, headers };
}

function basic(userAndPassword: string): string {
  return `Basic ${encodeBase64Text(userAndPassword)}`;
}

/** The token in a file; `undefined` when the file cannot be read or is empty. */
async function tokenIn(file: string): Promise<string | undefined> {
  return await Deno.readTextFile(file).then((text) => text.trim() || undefined, () => undefined);
}

async function agentFor(
  { server, cluster }: Current,
  tls: https.AgentOptions,
  env: Readonly<Record<string, string>>,
  handshakes: Handshakes,
): Promise<http.Agent | https.Agent> {
  const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const isTls = server.protocol === "https:";
  const proxy = cluster["proxy-url"] || proxyFromEnv(server, env);
  if (proxy === undefined) {
    return isTls ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
  }
  if (!/^https?:/.test(proxy)) {
    const why =
      "the api transport supports only http:// and https:// proxies, and the environment " +
      "names another (HTTPS_PROXY or HTTP_PROXY)";
    throw new NoResponse({ ...FAILURES.unusable, why });
  }
  const { HttpProxyAgent, HttpsProxyAgent } = await import("hpagent");
  // The agent copies these options for each connection, and so reads the signal of that connection.
  const proxyRequestOptions: object = {
    get signal() {
      return handshakes.signal;
    },
  };
  return isTls
    ? new HttpsProxyAgent({ ...options, ...tls, proxy, proxyRequestOptions })
    : new HttpProxyAgent({ ...options, proxy, proxyRequestOptions });
}
