import { load } from "js-yaml";
import { Buffer } from "node:buffer";
import https from "node:https";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import type { ApiRequest } from "../support/api_objects.ts";

/** The administrator's access to the API server, from a kubeconfig. */
export interface Access {
  readonly url: string;
  /** The certificate authority, in PEM. */
  readonly ca: string;
  readonly token: string;
}

export async function administrator(plane: ControlPlaneClient): Promise<Access> {
  const text = await Deno.readTextFile(plane.kubeconfigs.administrator);
  const { clusters, users } = load(text) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { token: string } }];
  };
  const { server, "certificate-authority-data": ca } = clusters[0].cluster;
  return { url: server, ca: atob(ca), token: users[0].user.token };
}

export function kubeconfigOf({ url, ca, token }: Access): string {
  const cluster = { server: url, "certificate-authority-data": btoa(ca) };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  });
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** HTTPS requests over persistent connections: thousands of handshakes would take most of the time. */
export interface Client {
  /** A request with exactly these headers. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<Reply>;
  /** A request with JSON, as the administrator. */
  readonly request: ApiRequest;
  close(): void;
}

export function clientOf({ url, ca, token }: Access): Client {
  const agent = new https.Agent({ keepAlive: true, ca });
  const send: Client["send"] = (method, path, headers, body) => {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const length = { "content-length": body.length };
    const outgoing = https.request(url + path, {
      method,
      agent,
      headers: { ...headers, ...length },
    }, (incoming) => {
      const { statusCode = 0, headers } = incoming;
      bytesOf(incoming).then((body) => resolve({ status: statusCode, headers, body }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
    return promise;
  };
  return {
    send,
    async request(method, path, body) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
      const headers = { authorization: `Bearer ${token}`, "content-type": type };
      const reply = await send(method, path, headers, bytes);
      return { status: reply.status, body: JSON.parse(reply.body.toString()) };
    },
    close: () => agent.destroy(),
  };
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
