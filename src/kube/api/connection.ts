import type { KubeConfig } from "@kubernetes/client-node";
import http from "node:http";
import https from "node:https";
import { dirname, resolve } from "node:path";
import type { Sealed } from "../../log/sealed.ts";
import { type Deadline, inTime } from "../deadline.ts";
import type { UserHeaders } from "../kubeconfig/headers.ts";
import { type Current, judge, whyNotOverApi } from "../kubeconfig/judge.ts";
import { certificatesIn } from "../kubeconfig/pem.ts";
import { credentialExpiry } from "../kubeconfig/expiry.ts";
import { NotUsable } from "../kubeconfig/refused.ts";
import type { Value } from "../kubeconfig/yaml.ts";
import type { RunProcess } from "../process.ts";
import { deadlinePassed, FAILURES, unusable } from "../reasons.ts";
import { clusterInfo } from "./cluster_info.ts";
import { IdleConnections } from "./idle_connections.ts";
import { type ExecCredential, runExecPlugin } from "./exec_plugin.ts";
import { Handshakes } from "./handshakes.ts";
import { type Connection, NoAnswer } from "./http.ts";
import { proxyFromEnv } from "../../net/proxy.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { asksAuthProvider, contentFor } from "./library_content.ts";

export interface KubeconfigSource {
  /** Of the file, for what stands relative to it. */
  readonly path: string;
  /** Its content, as {@link readYaml} gives it. */
  readonly content: Sealed<Value>;
}

export interface Connector {
  /** @throws {NoAnswer} when credentials cannot be had */
  connect(deadline: Deadline): Promise<Connection>;
  /** The server did not accept the credentials: whether others can be had. */
  refused(): boolean;
  /** Until when its credential is good, as far as that is known; no plugin is run for it. */
  expires(): Promise<Date | undefined>;
  /** Closes what is kept open. */
  close(): void;
}

/** A quarter of a second's work: only when it is used. */
export const loadLibrary = () => import("@kubernetes/client-node");

/** Connections to one cluster at once; more requests wait. */
const MAX_CONNECTIONS = 16;

/**
 * Connects by a kubeconfig, of which only what its verdict found to count is used. The library reads
 * certificates and asks auth providers; what it leaves out is done here: token files, exec plugins
 * under a deadline, impersonation, proxies of the environment, and connections that are kept.
 * @param connectSeconds within which a connection has to be made
 * @param run what runs an exec plugin
 * @param idle what limits the connections that are kept, those to other clusters included
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
  const { KubeConfig } = await loadLibrary();
  const config = new KubeConfig();
  try {
    config.loadFromString(JSON.stringify(contentFor(current, folder)));
  } catch {
    throw new NoAnswer(FAILURES.unusable);
  }
  let plugin: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  let made: { from: ExecCredential | undefined; connection: Promise<Connection> } | undefined;
  let kept: { agent: http.Agent | https.Agent; certificate: string } | undefined;
  const agents: (http.Agent | https.Agent)[] = [];
  const handshakes = new Handshakes(connectSeconds);

  /** What the plugin gives, run once for all who wait for it. */
  async function credential(deadline: Deadline): Promise<ExecCredential | undefined> {
    if (!current.usesPlugin) return undefined;
    if (plugin && (plugin.expires === undefined || plugin.expires > Date.now())) return plugin;
    running ??= clusterInfo(current, folder)
      .then((cluster) => runExecPlugin(user.exec!, cluster, folder, env, deadline, run))
      .finally(() => running = undefined);
    return plugin = await running;
  }

  /** An agent for these options; a connection belongs to the certificate that made it. */
  async function agentOf(tls: https.AgentOptions): Promise<http.Agent | https.Agent> {
    const certificate = String(tls.cert ?? "");
    if (kept?.certificate === certificate) return kept.agent;
    const agent = await agentFor(server, tls, config, env, handshakes);
    idle.share(handshakes.limit(agent));
    agents.push(agent);
    kept = { agent, certificate };
    return agent;
  }

  async function make(given: ExecCredential | undefined, deadline: Deadline): Promise<Connection> {
    // What kubectl says of the user by plain HTTP, too, and in place of anything else.
    const said = {
      ...(serverUser === undefined ? {} : { Authorization: basic(serverUser) }),
      ...impersonation,
    };
    if (!isTls) return { server, agent: await agentOf({}), handshakes, headers: said };
    const applied = apply(config, given).catch((error) => {
      if (error instanceof NoAnswer) throw error;
      throw new NoAnswer(asksProvider ? FAILURES.plugin : FAILURES.unusable);
    });
    // An auth provider of the library's may ask a server of its own.
    const { tls, headers } = await inTime(
      applied,
      deadline,
      () => new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false }),
    );
    if (asksProvider && headers.Authorization === undefined) throw new NoAnswer(FAILURES.plugin);
    return { server, agent: await agentOf(tls), handshakes, headers: { ...headers, ...said } };
  }

  return {
    async connect(deadline) {
      const given = await credential(deadline);
      // Only the library knows until when an auth provider's token holds.
      if (made === undefined || made.from !== given || asksProvider) {
        const making = { from: given, connection: make(given, deadline) };
        making.connection.catch(() => made = undefined);
        made = making;
      }
      const connection = await made.connection;
      if (user.tokenFile === "" || !isTls || serverUser !== undefined) return connection;
      const token = await tokenIn(resolve(folder, user.tokenFile));
      // Like kubectl: the token that stands beside the file is for when that cannot be read.
      if (token === undefined && user.token) return connection;
      if (token === undefined) throw new NoAnswer(FAILURES.unusable);
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

/** @throws {NoAnswer} */
function verdict(content: Value): Current {
  try {
    const current = judge(content);
    const why = whyNotOverApi(current);
    if (why !== undefined) throw new NotUsable(why);
    return current;
  } catch (error) {
    if (error instanceof NotUsable) throw new NoAnswer(unusable(error.why));
    throw error;
  }
}

/** TLS options and headers by the library, with what a plugin gave in place of the user's own. */
async function apply(config: KubeConfig, plugin: ExecCredential | undefined) {
  const user = config.getCurrentUser() as unknown as Record<string, unknown>;
  if (plugin?.token) user.token = plugin.token;
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { servername, rejectUnauthorized } = options;
  // What is no certificate is passed over, as by kubectl. An empty file stands for the system's.
  const given = String(options.ca ?? "");
  const ca = certificatesIn(given);
  if (given !== "" && ca.length === 0) throw new NoAnswer(FAILURES.unusable);
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

/** The token in a file, or `undefined` when that cannot be read or is empty. */
async function tokenIn(file: string): Promise<string | undefined> {
  return await Deno.readTextFile(file).then((text) => text.trim() || undefined, () => undefined);
}

async function agentFor(
  server: URL,
  tls: https.AgentOptions,
  config: KubeConfig,
  env: Readonly<Record<string, string>>,
  handshakes: Handshakes,
): Promise<http.Agent | https.Agent> {
  const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const isTls = server.protocol === "https:";
  const proxy = config.getCurrentCluster()!.proxyUrl ?? proxyFromEnv(server, env);
  if (proxy === undefined) {
    return isTls ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
  }
  if (!/^https?:/.test(proxy)) {
    const why = "the api transport does not support a proxy of the environment that is neither " +
      "http:// nor https://";
    throw new NoAnswer({ ...FAILURES.unusable, why });
  }
  const { HttpProxyAgent, HttpsProxyAgent } = await import("hpagent");
  // The agent copies these for each connection that it makes, and so reads the signal of that one.
  const proxyRequestOptions: object = {
    get signal() {
      return handshakes.signal;
    },
  };
  return isTls
    ? new HttpsProxyAgent({ ...options, ...tls, proxy, proxyRequestOptions })
    : new HttpProxyAgent({ ...options, proxy, proxyRequestOptions });
}
