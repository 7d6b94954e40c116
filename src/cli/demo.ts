import { join } from "node:path";
import { settingsOf } from "../config/schema.ts";
import type { EmulatedCluster } from "../emulator/cluster.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { configureLog } from "../log/logger.ts";
import { front } from "../server/front.ts";
import { shared } from "../shared.ts";
import { wireServer } from "../wire_server.ts";
import { FLEET, labelsFile } from "./demo_fleet.ts";
import { seedProductionCluster, seedTestCluster } from "./demo_secrets.ts";
import { listen } from "../server/listen/listen.ts";
import { stopSeconds } from "../server/listen/graceful_stop.ts";
import { thisMachine } from "./machine.ts";
import { print } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** Serves until Ctrl-C; leaves nothing behind. */
export async function demo({ port = 8091 }: { port?: number }): Promise<number> {
  configureLog({ format: "text", level: "info" });
  const folder = await Deno.makeTempDir({ prefix: "argocd-configurer-demo-" });
  const emulators = Object.entries(SEEDS).map(([name, seed]) => {
    const emulator = startEmulator({ defaultAccounts: true });
    seed(emulator.cluster);
    return { name, emulator };
  });
  try {
    const clusters = await writeFolder(folder, {
      ...Object.fromEntries(emulators.map(({ name, emulator }) => [name, emulator.kubeconfig()])),
      "unreachable-cluster": UNREACHABLE,
    });
    const settings = settingsOf({
      port,
      "clusters-folder": clusters,
      kubectl_timeout: 10,
      "audit-log": join(folder, "audit.log"),
    });
    const here = { ...thisMachine(), kubectlCache: join(folder, "kubectl-cache") };
    const common = shared(here);
    const program = wireServer(settings, here, VERSION, common);
    const code = await listen(front(() => program), {
      hostname: settings.host,
      port,
      stopSeconds: () => stopSeconds(settings),
      onListening: (url) => print(introduction(url) + "\n"),
    });
    program.close();
    await common.auditLogs.close();
    return code;
  } finally {
    await Promise.all(emulators.map(({ emulator }) => emulator.stop()));
    await Deno.remove(folder, { recursive: true });
  }
}

const SEEDS: Readonly<Record<string, (cluster: EmulatedCluster) => void>> = {
  "test-cluster": seedTestCluster,
  "production-cluster": seedProductionCluster,
  ...Object.fromEntries(Object.entries(FLEET).map(([name, { seed }]) => [name, seed])),
};

/** Of port 1 of this machine: nothing listens there. */
const UNREACHABLE = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: "http://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: {} }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  "current-context": "nowhere",
});

/** @param kubeconfigs by the clusters' names. @returns the path of the folder with them */
async function writeFolder(
  folder: string,
  kubeconfigs: Readonly<Record<string, string>>,
): Promise<string> {
  const clusters = join(folder, "clusters");
  await Deno.mkdir(clusters);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(clusters, name), text, { mode: 0o600 });
  await write("labels.yaml", labelsFile(FLEET));
  for (const [name, text] of Object.entries(kubeconfigs)) await write(`${name}.kubeconfig`, text);
  return clusters;
}

function introduction(url: string): string {
  const post = (path: string, body: object) =>
    `curl -X POST ${url}${path} -H "Content-Type: application/json" -d '${JSON.stringify(body)}'`;
  const docker = {
    password: "demo-token",
    username: "demo-user",
    cluster_name: "test-cluster",
    name: "my-docker-secret",
    namespaces: "kube-system,default",
  };
  const helm = {
    name: "ghcr-helm-repo",
    repository_url: "https://ghcr.io/",
    cluster_name: "test-cluster",
    username: "demo-user",
    password: "demo-token",
  };
  return `
argocd-configurer serves eight emulated clusters on ${url}
Nothing of this is real, and all of it is gone with Ctrl-C.

Look around:
  curl ${url}/health
  curl ${url}/clusters
  curl "${url}/secrets?cluster=test-cluster"
  curl "${url}/secrets?cluster=unreachable-cluster"

Write a pull secret into two namespaces and Argo CD's; again, and it exists; then replace it:
  ${post("/secrets/add_docker", docker)}
  ${post("/secrets/add_docker", { ...docker, password: "new-demo-token", upsert: true })}

Let Argo CD use charts of ghcr.io:
  ${post("/secrets/add_helm_repo", helm)}

Commands ask it, too, in another terminal:
  export ARGOCD_CONFIGURER_SERVER=${url}
  argocd-configurer secrets --all-clusters
  argocd-configurer audit

Compare all clusters, and ask why Argo CD and a kubelet do not use a credential (docs/fleet.md):
  argocd-configurer fleet
  argocd-configurer explain us-prod https://github.com/example-shop/deploy.git
  argocd-configurer explain dev --image registry.example.net/shop/web:1.4 --namespace shop
  curl "${url}/api/v1/credentials?cluster_selector=env%3Dprod"
`;
}
