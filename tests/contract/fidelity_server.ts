import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { recordFile } from "../../scripts/control_plane/connect.ts";
import type {
  ControlPlaneClient,
  ControlPlaneRecord,
} from "../../scripts/control_plane/connect.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";

/** A request: method, path, body (a string is sent unchanged) and additional headers. */
export type Ask = readonly [
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];

export interface Answer {
  readonly status: number;
  /** The headers that clients use; missing ones are `undefined`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON, or the text if it is not JSON. Untyped, since rows read many kinds. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** An API server that the rows are sent to. */
export interface Server {
  readonly name: string;
  ask(request: Ask): Promise<Answer>;
}

export function emulatedServer(emulator: Emulator, token: string): Server {
  return { name: "emulator", ask: (request) => send(emulator.url, token, undefined, request) };
}

export function realServer(plane: ControlPlaneClient): Server {
  const record: ControlPlaneRecord = JSON.parse(Deno.readTextFileSync(recordFile(plane.dir)));
  const { url, administratorToken, ca } = record;
  return { name: "real server", ask: (request) => send(url, administratorToken, ca, request) };
}

const comparedHeaders = ["content-type", "warning", "retry-after", "allow", "cache-control"];

function send(url: string, token: string, ca: string | undefined, request: Ask): Promise<Answer> {
  const [method, path, body, headers = {}] = request;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const options = {
    method,
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      ...(sent !== undefined && {
        "content-type": "application/json",
        "content-length": new TextEncoder().encode(sent).length,
      }),
      ...headers,
    },
  };
  const outgoing = ca === undefined
    ? httpRequest(url + path, { ...options, agent: new HttpAgent({ keepAlive: false }) })
    : httpsRequest(url + path, { ...options, ca, agent: new HttpsAgent({ keepAlive: false }) });
  outgoing.on("response", (incoming) => {
    let text = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => text += chunk);
    incoming.on("error", reject);
    incoming.on("end", () => {
      const picked = comparedHeaders.map((name) => [name, incoming.headers[name]]);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: Object.fromEntries(picked),
        body: parsed(text),
      });
    });
  });
  outgoing.on("error", reject);
  outgoing.end(sent);
  return promise;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
