import type { KubeConfig } from "@kubernetes/client-node";
import http from "node:http";
import https from "node:https";
import { dirname, resolve } from "node:path";
import type { Sealed } from "../../log/sealed.ts";
import type { Deadline } from "../deadline.ts";
import { deadlinePassed, type Reported, WHY } from "../reasons.ts";
import { type ExecConfig, type ExecCredential, runExecPlugin } from "./exec_plugin.ts";
import { Handshakes } from "./handshakes.ts";
import { type Endpoint, type Headers, NoAnswer } from "./http.ts";
import { proxyFromEnv } from "../../net/proxy.ts";

export interface KubeconfigSource {
  /** Of the file, for what stands relative to it. */
  readonly path: string;
  /** Its content, parsed. */
  readonly content: Sealed<Record<string, unknown>>;
}

/** A way to the API server that carries the kubeconfig's credentials. */
export interface Connection extends Endpoint {
  readonly headers: Headers;
}

export interface Connector {
  /** @throws {NoAnswer} when credentials cannot be had */
  connect(deadline: Deadline): Promise<Connection>;
  /** The server did not accept the credentials: whether others can be had. */
  refused(): boolean;
  /** Closes what is kept open. */
  close(): void;
}

/** Connections to one cluster at once; more requests wait. */
const MAX_CONNECTIONS = 16;

const UNUSABLE: Reported = { kind: "invalid_kubeconfig", why: WHY.unusable, uncertain: false };

interface User {
  readonly exec?: ExecConfig;
  readonly "auth-provider"?: unknown;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly "as-user-extra"?: unknown;
}

/**
 * Connects by a kubeconfig. The library reads it, with its contexts, certificates and auth
 * providers; what it leaves out is done here: token files, exec plugins under a deadline, groups to
 * impersonate, proxies of the environment, and connections that are kept.
 * @param connectSeconds within which a connection has to be made
 */
export async function connectorOf(
  { path, content }: KubeconfigSource,
  env: Readonly<Record<string, string>>,
  connectSeconds: number,
): Promise<Connector> {
  const folder = dirname(path);
  // A quarter of a second to import: only when used.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromString(JSON.stringify(content.reveal()));
    config.makePathsAbsolute(folder);
  } catch {
    throw new NoAnswer(UNUSABLE);
  }
  const user = rawUser(content.reveal(), config.getCurrentUser()?.name);
  const server = new URL(config.getCurrentCluster()!.server);
  if (user["as-user-extra"] !== undefined) throw new NoAnswer(unsupported("as-user-extra"));
  // By plain HTTP nothing is said of the user, like by kubectl.
  const isPlain = server.protocol === "http:";
  let plugin: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  let made: { from: ExecCredential | undefined; connection: Promise<Connection> } | undefined;
  let kept: { agent: http.Agent | https.Agent; certificate: string } | undefined;
  const agents: (http.Agent | https.Agent)[] = [];
  const handshakes = new Handshakes(connectSeconds);

  /** What the plugin gives, run once for all who wait for it. */
  async function credential(deadline: Deadline): Promise<ExecCredential | undefined> {
    if (!user.exec || isPlain) return undefined;
    if (plugin && (plugin.expires === undefined || plugin.expires > Date.now())) return plugin;
    const { server, caData, tlsServerName } = config.getCurrentCluster()!;
    const cluster = {
      server,
      "certificate-authority-data": caData,
      "tls-server-name": tlsServerName,
    };
    running ??= runExecPlugin(user.exec, cluster, folder, env, deadline)
      .finally(() => running = undefined);
    return plugin = await running;
  }

  /** An agent for these options; a connection belongs to the certificate that made it. */
  async function agentOf(tls: https.AgentOptions): Promise<http.Agent | https.Agent> {
    const certificate = String(tls.cert ?? "");
    if (kept?.certificate === certificate) return kept.agent;
    const agent = handshakes.limit(await agentFor(server, tls, config, env, handshakes));
    agents.push(agent);
    kept = { agent, certificate };
    return agent;
  }

  async function make(given: ExecCredential | undefined, deadline: Deadline): Promise<Connection> {
    if (isPlain) return { server, agent: await agentOf({}), handshakes, headers: {} };
    const applied = apply(config, given).catch(() => {
      throw new NoAnswer(UNUSABLE);
    });
    // An auth provider of the library's may ask a server of its own.
    const { tls, headers } = await inTime(applied, deadline);
    return {
      server,
      agent: await agentOf(tls),
      handshakes,
      headers: { ...headers, ...impersonation(user) },
    };
  }

  return {
    async connect(deadline) {
      const given = await credential(deadline);
      // Only the library knows until when an auth provider's token holds.
      if (made === undefined || made.from !== given || user["auth-provider"] !== undefined) {
        const making = { from: given, connection: make(given, deadline) };
        making.connection.catch(() => made = undefined);
        made = making;
      }
      const connection = await made.connection;
      if (user.tokenFile === undefined || isPlain) return connection;
      const token = await tokenIn(resolve(folder, user.tokenFile));
      // Like kubectl: the token that stands beside the file is for when that cannot be read.
      if (token === undefined && user.token) return connection;
      if (token === undefined) throw new NoAnswer(UNUSABLE);
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
    close() {
      handshakes.close();
      agents.forEach((agent) => agent.destroy());
    },
  };
}

function rawUser(config: Record<string, unknown>, name: string | undefined): User {
  const users = config.users as { name: string; user: User }[];
  return users.find((user) => user.name === name)?.user ?? {};
}

/** TLS options and headers by the library, with what a plugin gave in place of the user's own. */
async function apply(config: KubeConfig, plugin: ExecCredential | undefined) {
  const user = config.getCurrentUser() as unknown as Record<string, unknown>;
  user.exec = undefined; // the library would run it itself, without a deadline
  if (plugin?.token) user.token = plugin.token;
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, servername, rejectUnauthorized } = options;
  const cert = plugin?.clientCertificateData ?? options.cert;
  const key = plugin?.clientKeyData ?? options.key;
  const headers = { ...options.headers } as Record<string, string | readonly string[]>;
  if (options.auth) {
    headers.Authorization = `Basic ${new TextEncoder().encode(options.auth).toBase64()}`;
  }
  return { tls: { ca, cert, key, servername, rejectUnauthorized }, headers };
}

async function inTime<T>(promise: Promise<T>, deadline: Deadline): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false }));
  deadline.signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, late]);
  } finally {
    deadline.signal.removeEventListener("abort", onAbort);
  }
}

function unsupported(what: string): Reported {
  const why = `the api transport does not support ${what}; use the kubectl transport`;
  return { kind: "invalid_kubeconfig", why, uncertain: false };
}

function impersonation(user: User): Headers {
  return {
    ...(user["as-uid"] ? { "Impersonate-Uid": user["as-uid"] } : {}),
    ...(user["as-groups"]?.length ? { "Impersonate-Group": user["as-groups"] } : {}),
  };
}

/** The token in a file, or `undefined` when that cannot be read. */
async function tokenIn(file: string): Promise<string | undefined> {
  return await Deno.readTextFile(file).then((text) => text.trim(), () => undefined);
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
    throw new NoAnswer(unsupported("a proxy that is neither http:// nor https://"));
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
