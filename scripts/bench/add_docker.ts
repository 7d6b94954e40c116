import { WRITTEN_TEMPLATE } from "../../src/kube/kubectl/templates.ts";
import type { ControlPlane } from "../control_plane/control_plane.ts";
import { bareClient } from "./bare_client.ts";
import { post } from "./http.ts";
import { runBare, sideBySide } from "./measure.ts";
import type { ServerProcess } from "./server.ts";
import { atMost, type Row } from "./table.ts";

const CONFIG = btoa(JSON.stringify({ auths: { "ghcr.io": { username: "u", password: "p" } } }));

function secret(namespace: string, name: string) {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": CONFIG },
  };
}

/** Names that no other measurement uses. */
const fresh = () => crypto.randomUUID().slice(0, 8);

function add(server: ServerProcess, namespaces: readonly string[]): Promise<void> {
  return post(`${server.url}/secrets/add_docker`, {
    password: "bench",
    username: "bench",
    cluster_name: "bench",
    name: `ours-${fresh()}`,
    namespaces,
  });
}

/** Over kubectl, compared with its two kubectl processes. */
export async function benchAddOverKubectl(
  server: ServerProcess,
  plane: ControlPlane,
  namespaces: readonly string[],
): Promise<Row> {
  const targets = [...namespaces, "argocd"];
  const kubectl = (args: string[], items: unknown[]) =>
    runBare(
      plane.kubectl,
      [...args, `--kubeconfig=${plane.kubeconfigs.administrator}`, "--filename=-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
  const times = await sideBySide(15, () => add(server, namespaces), async () => {
    const name = `bare-${fresh()}`;
    const secrets = targets.map((namespace) => secret(namespace, name));
    const spaces = targets.map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    await kubectl(["get", "--ignore-not-found", "--output=json"], [...secrets, ...spaces]);
    await kubectl(
      ["create", "--validate=false", `--output=go-template=${WRITTEN_TEMPLATE}`],
      secrets,
    );
  });
  return atMost(1.4, `add_docker, ${namespaces.length} namespaces, kubectl`, times);
}

/** Over the API, compared with the same requests sent concurrently over as many kept connections. */
export async function benchAddOverApi(
  server: ServerProcess,
  plane: ControlPlane,
  namespaces: readonly string[],
): Promise<Row> {
  const bare = await bareClient(plane.kubeconfigs.administrator, 16);
  const targets = [...namespaces, "argocd"];
  try {
    const times = await sideBySide(15, () => add(server, namespaces), async () => {
      const name = `bare-${fresh()}`;
      await Promise.all(targets.flatMap((namespace) => [
        bare.ask("GET", `/api/v1/namespaces/${namespace}/secrets/${name}`),
        bare.ask("GET", `/api/v1/namespaces/${namespace}`),
      ]));
      await Promise.all(
        targets.map((namespace) =>
          bare.ask("POST", `/api/v1/namespaces/${namespace}/secrets`, secret(namespace, name))
        ),
      );
    });
    return atMost(1.6, `add_docker, ${namespaces.length} namespaces, api`, times);
  } finally {
    bare.close();
  }
}
