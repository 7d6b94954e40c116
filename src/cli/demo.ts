import { join } from "node:path";
import { settingsOf } from "../config/schema.ts";
import type { EmulatedCluster } from "../emulator/cluster.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { configureLog } from "../log/logger.ts";
import { front } from "../server/front.ts";
import { shared } from "../shared.ts";
import { wireServer } from "../wire_server.ts";
import { FLEET, type FleetCluster, labelsFile, OLD_PASSWORD } from "../demo/fleet.ts";
import { seedProductionCluster, seedTestCluster } from "../demo/secrets.ts";
import { emulatedServers } from "../demo/servers.ts";
import { TWELVE } from "../demo/twelve.ts";
import { listen } from "../server/listen/listen.ts";
import { stopSeconds } from "../server/listen/graceful_stop.ts";
import { thisMachine } from "./machine.ts";
import { print } from "./terminal.ts";
import { VERSION } from "./version.ts";

type DemoFlags = {
  /** 0 for any free one. @default 8091 */
  readonly port?: number;
  /** Whether the clusters are those of docs/rotate.md. @default false */
  readonly twelve?: boolean;
};

/** Serves until Ctrl-C; leaves nothing behind. */
export async function demo({ port = 8091, twelve = false }: DemoFlags): Promise<number> {
  configureLog({ format: "text", level: "info" });
  const folder = await Deno.makeTempDir({ prefix: "argocd-configurer-demo-" });
  const { fleet, others, unreachable, introduction } = sceneOf(twelve);
  const emulators = Object.entries({ ...seedsOf(fleet), ...others }).map(([name, seed]) => {
    const emulator = startEmulator({ defaultAccounts: true });
    seed(emulator.cluster);
    return { name, emulator };
  });
  try {
    const clusters = await writeFolder(folder, fleet, {
      ...Object.fromEntries(emulators.map(({ name, emulator }) => [name, emulator.kubeconfig()])),
      ...unreachable,
    });
    const settings = settingsOf({
      port,
      "clusters-folder": clusters,
      kubectl_timeout: 10,
      "audit-log": join(folder, "audit.log"),
    });
    const here = {
      ...thisMachine(),
      kubectlCache: join(folder, "kubectl-cache"),
      send: emulatedServers(new Set([OLD_PASSWORD])),
    };
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

type Seeds = Readonly<Record<string, (cluster: EmulatedCluster) => void>>;

type Fleet = Readonly<Record<string, FleetCluster>>;

const seedsOf = (fleet: Fleet): Seeds =>
  Object.fromEntries(Object.entries(fleet).map(([name, { seed }]) => [name, seed]));

/** Of port 1 of this machine: nothing listens there. */
const UNREACHABLE = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: "http://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: {} }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  "current-context": "nowhere",
});

/** Clusters, and what is said of them. */
interface Scene {
  /** Those that have labels. */
  readonly fleet: Fleet;
  readonly others: Seeds;
  /** Kubeconfigs of those that cannot be reached, by their names. */
  readonly unreachable: Readonly<Record<string, string>>;
  readonly introduction: (url: string) => string;
}

function sceneOf(twelve: boolean): Scene {
  if (twelve) {
    return { fleet: TWELVE, others: {}, unreachable: {}, introduction: introductionOfTwelve };
  }
  return {
    fleet: FLEET,
    others: { "test-cluster": seedTestCluster, "production-cluster": seedProductionCluster },
    unreachable: { "unreachable-cluster": UNREACHABLE },
    introduction: introductionOfEight,
  };
}

/** @param kubeconfigs by the clusters' names. @returns the path of the folder with them */
async function writeFolder(
  folder: string,
  fleet: Fleet,
  kubeconfigs: Readonly<Record<string, string>>,
): Promise<string> {
  const clusters = join(folder, "clusters");
  await Deno.mkdir(clusters);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(clusters, name), text, { mode: 0o600 });
  await write("labels.yaml", labelsFile(fleet));
  for (const [name, text] of Object.entries(kubeconfigs)) await write(`${name}.kubeconfig`, text);
  return clusters;
}

function introductionOfEight(url: string): string {
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

Compare all clusters, and ask why Argo CD and a kubelet do not use a credential (docs/explain.md):
  argocd-configurer fleet
  argocd-configurer explain us-prod https://github.com/example-shop/deploy.git
  argocd-configurer explain dev --image registry.example.net/shop/web:1.4 --namespace shop
  curl "${url}/api/v1/credentials?cluster_selector=env%3Dprod"

Find a value, see what ends soon, and plan to replace a password everywhere (docs/rotate.md):
  printf %s demo-password | argocd-configurer find --password-stdin --everywhere
  argocd-configurer expiring --within 30d
  argocd-configurer check --selector env
  printf %s demo-new-password | argocd-configurer rotate --registry ghcr.io --old-username demo-reader --password-stdin --selector env --everywhere --dry-run
`;
}

function introductionOfTwelve(url: string): string {
  return `
argocd-configurer serves twelve emulated clusters on ${url}
Nothing of this is real, and all of it is gone with Ctrl-C.

In another terminal, try the commands of docs/rotate.md:
  export ARGOCD_CONFIGURER_SERVER=${url}
  argocd-configurer fleet --selector env=stage
`;
}
