import { join } from "node:path";
import { settingsOf } from "../config/schema.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { configureLog } from "../log/logger.ts";
import { front } from "../server/front.ts";
import { shared } from "../shared.ts";
import { wireServer } from "../wire_server.ts";
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
  const test = startEmulator({ defaultAccounts: true });
  const production = startEmulator({ defaultAccounts: true });
  try {
    seedTestCluster(test.cluster);
    seedProductionCluster(production.cluster);
    const clusters = await writeKubeconfigs(folder, test, production);
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
    await Promise.all([test.stop(), production.stop()]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeKubeconfigs(
  folder: string,
  test: Emulator,
  production: Emulator,
): Promise<string> {
  const clusters = join(folder, "clusters");
  await Deno.mkdir(clusters);
  const kubeconfigs = {
    "test-cluster": test.kubeconfig(),
    "production-cluster": production.kubeconfig(),
    // Port 1 of this machine: nothing listens there.
    "unreachable-cluster": test.kubeconfig().replaceAll(test.url, "http://127.0.0.1:1"),
  };
  for (const [name, kubeconfig] of Object.entries(kubeconfigs)) {
    await Deno.writeTextFile(join(clusters, `${name}.kubeconfig`), kubeconfig, { mode: 0o600 });
  }
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
argocd-configurer serves three emulated clusters on ${url}
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
`;
}
