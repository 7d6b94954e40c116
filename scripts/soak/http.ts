import { Agent, request } from "node:http";

export interface Answered {
  /** 0 without an answer. */
  readonly status: number;
  readonly retryAfter: boolean;
  /** Also of an answer: its body; without one: why. */
  readonly text: string;
  /** Milliseconds, from sending to the end of the answer. */
  readonly took: number;
}

export interface HttpClient {
  /** Never rejects. */
  ask(method: "GET" | "POST", path: string, body?: unknown): Promise<Answered>;
  close(): void;
}

/** Far longer than the server may take: a minute for a write, and as long for putting back. */
const TIMEOUT = 180_000;

/** @param sockets connections at once, which are kept */
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
