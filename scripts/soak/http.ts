import { Agent, request } from "node:http";

export interface Answered {
  /** 0 without a response. */
  readonly status: number;
  readonly retryAfter: boolean;
  /** The body of the response, or why there is none. */
  readonly text: string;
  /** Milliseconds until the end of the response. */
  readonly took: number;
}

export interface HttpClient {
  /** Never rejects. */
  ask(method: "GET" | "POST", path: string, body?: unknown): Promise<Answered>;
  close(): void;
}

/** Much longer than the server may take: a minute for a write and a minute for its rollback. */
const TIMEOUT = 180_000;

/** @param sockets number of kept connections */
export function httpClient(url: string, sockets: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    ask(method, path, body) {
      const began = performance.now();
      const { promise, resolve } = Promise.withResolvers<Answered>();
      const done = (status: number, text: string, retryAfter = false) =>
        resolve({ status, text, retryAfter, took: performance.now() - began });
      const sent = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
      const headers = sent === undefined ? {} : {
        "content-type": "application/json",
        "content-length": sent.length,
      };
      const outgoing = request(url + path, { method, agent, headers }, (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => text += chunk);
        incoming.on("error", (error) => done(0, String(error)));
        incoming.on("end", () => {
          const { statusCode = 0, headers } = incoming;
          done(statusCode, text, headers["retry-after"] !== undefined);
        });
      });
      outgoing.setTimeout(TIMEOUT, () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", (error) => done(0, String(error)));
      outgoing.end(sent);
      return promise;
    },
    close: () => agent.destroy(),
  };
}
