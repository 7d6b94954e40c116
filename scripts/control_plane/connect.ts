/** Connects to a running control plane by its folder, since test files run in separate isolates. */
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { type KubeconfigName, kubeconfigPaths } from "./kubeconfigs.ts";

/** An answer of the API server. */
export interface ApiResponse {
  status: number;
  /** The parsed JSON, or the text if it is not JSON. Untyped, since tests read many kinds. */
  // deno-lint-ignore no-explicit-any
  body: any;
}

export interface ControlPlaneClient {
  /** https://127.0.0.1:PORT */
  url: string;
  /** Its temporary folder; `dir/kubeconfigs` holds nothing but the kubeconfigs. */
  dir: string;
  kubeconfigs: Record<KubeconfigName, string>;
  /** Path of the kubectl to use. */
  kubectl: string;
  /**
   * Sends a request to the API server as the administrator. An error status is not an exception.
   * @param path from the root, such as `/api/v1/namespaces/argocd/secrets?labelSelector=a%3Db`
   * @param body sent as JSON; PATCH sends a merge patch
   */
  request(method: string, path: string, body?: unknown): Promise<ApiResponse>;
}

/** The content of `dir/control_plane.json`, which `startControlPlane` writes for `connect`. */
export interface ControlPlaneRecord {
  url: string;
  ca: string;
  administratorToken: string;
  kubectl: string;
}

export const recordFile = (dir: string): string => join(dir, "control_plane.json");

/** The control plane in the folder `dir`. It keeps no connections between requests. */
export function connect(dir: string): ControlPlaneClient {
  const record: ControlPlaneRecord = JSON.parse(Deno.readTextFileSync(recordFile(dir)));
  return {
    url: record.url,
    dir,
    kubeconfigs: kubeconfigPaths(join(dir, "kubeconfigs")),
    kubectl: record.kubectl,
    request: (method, path, body) => request(record, method, path, body),
  };
}

/** The control plane that `deno task test` started, or undefined when there is none. */
export function controlPlaneFromEnv(): ControlPlaneClient | undefined {
  const dir = Deno.env.get("ARGOCD_CONFIGURER_TEST_CONTROL_PLANE");
  return dir ? connect(dir) : undefined;
}

/** Sends one HTTPS request over a new connection. @throws Error when the server cannot be reached */
export function request(
  server: Pick<ControlPlaneRecord, "url" | "ca" | "administratorToken">,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const outgoing = httpsRequest(server.url + path, {
    method,
    ca: server.ca,
    agent: new Agent({ keepAlive: false }),
    headers: {
      accept: "application/json",
      authorization: `Bearer ${server.administratorToken}`,
      ...(sent === undefined
        ? {}
        : { "content-type": type, "content-length": new TextEncoder().encode(sent).length }),
    },
  }, (incoming) => {
    let text = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => text += chunk);
    incoming.on("error", reject);
    incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: parsed(text) }));
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
