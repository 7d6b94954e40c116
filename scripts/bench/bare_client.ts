import https from "node:https";

/** A minimal client of an API server: it sends requests over kept connections and discards responses. */
export interface BareClient {
  ask(method: string, path: string, body?: unknown, accept?: string): Promise<void>;
  close(): void;
}

/** @param kubeconfig of the administrator, as the control plane writes it: a CA and a token */
export async function bareClient(kubeconfig: string, sockets: number): Promise<BareClient> {
  const text = await Deno.readTextFile(kubeconfig);
  const find = (pattern: RegExp) => pattern.exec(text)![1]!;
  const server = find(/server"?: *"?(https:\/\/[^"\s]+)/);
  const ca = atob(find(/certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/));
  const token = find(/token"?: *"?([^"\s,}]+)/);
  const agent = new https.Agent({ keepAlive: true, maxSockets: sockets, ca });
  return {
    ask: (method, path, body, accept = "application/json") =>
      new Promise((resolve, reject) => {
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
          answer.on("data", () => {});
          answer.on("error", reject);
          answer.on("end", () => resolve());
        });
        request.on("error", reject);
        request.end(text);
      }),
    close: () => agent.destroy(),
  };
}
