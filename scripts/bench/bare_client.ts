import https from "node:https";

/** A minimal client of an API server: it sends requests over kept connections and discards responses. */
export interface BareClient {
  ask(method: string, path: string, body?: unknown, accept?: string): Promise<void>;
  /** Requests all pages of a list. @param path with a query */
  askPages(path: string, accept?: string): Promise<void>;
  close(): void;
}

/** Where a list has the token of its next page, in bytes: its metadata comes first. */
const HEAD = 2048;

/** @param kubeconfig of the administrator, as the control plane writes it: a CA and a token */
export async function bareClient(kubeconfig: string, sockets: number): Promise<BareClient> {
  const text = await Deno.readTextFile(kubeconfig);
  const find = (pattern: RegExp) => pattern.exec(text)![1]!;
  const server = find(/server"?: *"?(https:\/\/[^"\s]+)/);
  const ca = atob(find(/certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/));
  const token = find(/token"?: *"?([^"\s,}]+)/);
  const agent = new https.Agent({ keepAlive: true, maxSockets: sockets, ca });
  /** @returns the start of the response */
  const send = (method: string, path: string, body?: unknown, accept = "application/json") =>
    new Promise<string>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        Authorization: `Bearer ${token}`,
        Accept: accept,
        ...(text === undefined ? {} : {
          "Content-Type": "application/json",
          "Content-Length": String(new TextEncoder().encode(text).length),
        }),
      };
      const request = https.request(server + path, { method, agent, headers }, (answer) => {
        let head = "";
        answer.on("data", (chunk: Uint8Array) => {
          if (head.length < HEAD) head += new TextDecoder().decode(chunk.subarray(0, HEAD));
        });
        answer.on("error", reject);
        answer.on("end", () => resolve(head));
      });
      request.on("error", reject);
      request.end(text);
    });
  return {
    async ask(...request) {
      await send(...request);
    },
    async askPages(path, accept) {
      for (let next: string | undefined = ""; next !== undefined;) {
        const head = await send("GET", path + next, undefined, accept);
        const [, token] = /"continue":"([^"]+)"/.exec(head) ?? [];
        next = token && `&continue=${encodeURIComponent(token)}`;
      }
    },
    close: () => agent.destroy(),
  };
}
