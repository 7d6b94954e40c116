import { join, resolve } from "node:path";
import { settingsOf } from "../config/schema.ts";
import type { EmulatedCluster } from "../emulator/cluster.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { warningsIn } from "../daemon/log_warnings.ts";
import { configureLog, flushLog } from "../log/logger.ts";
import { front } from "../server/front.ts";
import { shared } from "../shared.ts";
import { wireServer } from "../wire_server.ts";
import { FLEET, type FleetCluster, labelsFile, OLD_PASSWORD } from "../demo/fleet.ts";
import { type DemoScreen, EIGHT_SCREEN, screenText, TWELVE_SCREEN } from "../demo/screen.ts";
import { seedProductionCluster, seedTestCluster } from "../demo/secrets.ts";
import { emulatedServers } from "../demo/servers.ts";
import { TWELVE } from "../demo/twelve.ts";
import { listen } from "../server/listen/listen.ts";
import { stopSeconds } from "../server/listen/graceful_stop.ts";
import { checkAddress } from "./check_address.ts";
import { Failure } from "./failure.ts";
import { thisMachine } from "./machine.ts";
import { openLog } from "./open_log.ts";
import { print, printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

type DemoFlags = {
  /** 0 picks a free port. @default 8091 */
  readonly port?: number;
  /** Whether to serve the clusters of docs/rotate.md. @default false */
  readonly twelve?: boolean;
  /** @default demo.log in a private temporary folder, which is deleted at the end */
  readonly logFile?: string;
};

/** Serves until Ctrl-C, and leaves nothing behind but a log file that was named. */
export async function demo(
  { port = 8091, twelve = false, logFile }: DemoFlags,
): Promise<number> {
  checkPort(port);
  const folder = await Deno.makeTempDir({ prefix: "argocd-configurer-demo-" });
  const { fleet, others, unreachable, screen } = twelve ? TWELVE_SCENE : EIGHT_SCENE;
  const emulators = Object.entries({ ...seedsOf(fleet), ...others }).map(([name, seed]) => {
    const emulator = startEmulator({ defaultAccounts: true });
    seed(emulator.cluster);
    return { name, emulator };
  });
  let state: "starting" | "serving" | "stopping" = "starting";
  try {
    using ending = new DisposableStack();
    const log = resolve(logFile ?? join(folder, "demo.log"));
    const file = ending.adopt(openLog(log), (each) => each.close());
    // The screen stays alone on the terminal, but for what fails at the start or at the end.
    const write = (line: string, now?: boolean) => {
      file(line, now);
      if (state === "serving") return;
      for (const each of warningsIn([line.trimEnd()])) {
        if (each.startsWith("error:")) printError(`${each}\n`);
      }
    };
    configureLog({
      format: "text",
      level: "info",
      write: Object.assign(write, { flush: file.flush }),
    });
    ending.defer(flushLog);
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
      onListening(url) {
        state = "serving";
        print(screenText(screen, url, log, Deno.build.standalone));
      },
      onStopping() {
        state = "stopping";
      },
    });
    program.close();
    await common.auditLogs.close();
    return code;
  } finally {
    await Promise.all(emulators.map(({ emulator }) => emulator.stop()));
    await Deno.remove(folder, { recursive: true });
  }
}

/** @throws {Failure} when the port cannot be used, such as by a second demo */
function checkPort(port: number): void {
  try {
    checkAddress(settingsOf({}).host, port);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}. Choose another port with --port, or a free port with --port 0`,
    );
  }
}

type Seeds = Readonly<Record<string, (cluster: EmulatedCluster) => void>>;

type Fleet = Readonly<Record<string, FleetCluster>>;

const seedsOf = (fleet: Fleet): Seeds =>
  Object.fromEntries(Object.entries(fleet).map(([name, { seed }]) => [name, seed]));

/** A kubeconfig for port 1 of this machine, where nothing listens. */
const UNREACHABLE = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: "http://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: {} }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  "current-context": "nowhere",
});

/** The clusters, and the screen that goes with them. */
interface Scene {
  /** Clusters with labels. */
  readonly fleet: Fleet;
  /** Clusters without labels. */
  readonly others: Seeds;
  /** Kubeconfigs of unreachable clusters, by cluster name. */
  readonly unreachable: Readonly<Record<string, string>>;
  readonly screen: DemoScreen;
}

const EIGHT_SCENE: Scene = {
  fleet: FLEET,
  others: { "test-cluster": seedTestCluster, "production-cluster": seedProductionCluster },
  unreachable: { "unreachable-cluster": UNREACHABLE },
  screen: EIGHT_SCREEN,
};

const TWELVE_SCENE: Scene = { fleet: TWELVE, others: {}, unreachable: {}, screen: TWELVE_SCREEN };

/**
 * Writes the clusters folder.
 * @param kubeconfigs by cluster name
 * @returns its path
 */
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
