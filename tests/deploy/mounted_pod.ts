import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { thisMachine } from "../../src/cli/machine.ts";
import { loadConfig } from "../../src/config/load.ts";
import { configureLog } from "../../src/log/logger.ts";
import { wireServer } from "../../src/wire_server.ts";
import { ofKind, type Parsed } from "./files.ts";
import { NAME } from "./on_cluster.ts";
import { projected } from "./projected.ts";

/** Where the kubelet mounts the files that the in-cluster kubeconfig names. */
export const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly body: Parsed;
}

/** The program with the mounts of its pod. */
export interface MountedPod extends AsyncDisposable {
  readonly token: string;
  readonly log: readonly string[];
  setToken(token: string): Promise<void>;
  get(path: string): Promise<Answered>;
  post(path: string, body: unknown): Promise<Answered>;
}

export async function mountedPod(
  plane: ControlPlaneClient,
  objects: readonly Parsed[],
  namespace: string,
): Promise<MountedPod> {
  const folder = await Deno.makeTempDir({ prefix: "mounted-pod-" });
  const { data } = ofKind(objects, "ConfigMap");
  const { url, ca } = authorityOf(plane);
  const token = await tokenFor(plane, namespace);
  const account = await projected(join(folder, "account"), { token, "ca.crt": ca }, 0o1777);
  const kubeconfig = data["in-cluster.kubeconfig"]
    .replaceAll(SERVICE_ACCOUNT_FOLDER, account)
    .replace("https://kubernetes.default.svc", url);
  const clusters = { "in-cluster.kubeconfig": kubeconfig };
  const flags = {
    "clusters-folder": await projected(join(folder, "clusters"), clusters, 0o1777),
  };
  const file = join(folder, "config.yaml");
  await Deno.writeTextFile(file, data["config.yaml"]);
  const { settings } = await loadConfig({ flags, env: {}, file, fileRequired: true });
  const log: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => log.push(line) });
  const app = wireServer(settings, thisMachine(), "1.2.3");
  const ask = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await app.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: { host: "localhost", "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    );
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  };
  return {
    token,
    log,
    setToken: async (token) => {
      await projected(join(folder, "account"), { token, "ca.crt": ca }, 0o1777);
    },
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    [Symbol.asyncDispose]: async () => {
      app.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A token as the kubelet requests it for the pod. */
export async function tokenFor(plane: ControlPlaneClient, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${NAME}/token`;
  const { status, body } = await plane.request("POST", path, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 3600 },
  });
  assert.equal(status, 201);
  return body.status.token;
}

export function authorityOf(plane: ControlPlaneClient): { url: string; ca: string } {
  const text = Deno.readTextFileSync(plane.kubeconfigs.administrator);
  const { clusters } = load(text) as Parsed;
  return { url: plane.url, ca: atob(clusters[0].cluster["certificate-authority-data"]) };
}
