import { join } from "node:path";
import { load } from "js-yaml";
import { type ControlPlane, startControlPlane } from "../../scripts/control_plane/control_plane.ts";
import { folder } from "../cli/support.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import { type Home, install, makeHome } from "./home.ts";
import { prepare } from "./prepare.ts";
import { type Run, shell } from "./shell.ts";

/** A real API server for one test, and a machine with the program and a kubeconfig. */
export interface OnCluster {
  readonly run: Run;
  readonly plane: ControlPlane;
  readonly home: Home;
  readonly canary: Canary;
}

/** An unused port. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** `~/.kube/config` as kubectl writes it, with the context that the examples name. */
async function writeKubeconfig(plane: ControlPlane, home: Home): Promise<void> {
  const text = await Deno.readTextFile(plane.kubeconfigs.administrator);
  const kubeconfig = JSON.parse(JSON.stringify(load(text)));
  const [context] = kubeconfig.contexts;
  kubeconfig.contexts = [{ ...context, name: "admin@test-cluster" }];
  kubeconfig["current-context"] = "admin@test-cluster";
  await Deno.mkdir(join(home.path, ".kube"));
  const file = join(home.path, ".kube", "config");
  await Deno.writeTextFile(file, JSON.stringify(kubeconfig), { mode: 0o600 });
}

/**
 * A shell in a folder with the files of the examples. No server is running; one that the commands start
 * is stopped at the end.
 * @param clusters names in the folder `clusters`, all of them the one API server
 */
export async function onCluster(
  test: (stage: OnCluster) => Promise<void>,
  clusters: readonly string[] = [],
): Promise<void> {
  const canary = makeCanary();
  const plane = await startControlPlane();
  try {
    await using place = await folder();
    const home = await makeHome(place.path, canary.value);
    await prepare(plane);
    await writeKubeconfig(plane, home);
    const work = join(home.path, "work");
    await Deno.mkdir(work);
    for (const name of Object.keys(home.files).filter((name) => !name.startsWith("."))) {
      await Deno.copyFile(join(home.path, name), join(work, name));
    }
    if (clusters.length > 0) await Deno.mkdir(join(work, "clusters"));
    for (const name of clusters) {
      const file = join(work, "clusters", `${name}.kubeconfig`);
      await Deno.copyFile(plane.kubeconfigs.administrator, file);
    }
    const port = String(freePort());
    const env = {
      ...await install(home),
      XDG_CONFIG_HOME: join(home.path, ".config"),
      XDG_STATE_HOME: join(home.path, ".local/state"),
      ARGOCD_CONFIGURER_PORT: port,
    };
    const run = shell(join(home.path, ".shell"), {
      cwd: work,
      env,
      // Without a terminal for the prompt, --yes is required.
      change: (command) =>
        command.replace(/clusters import$/, "clusters import --yes")
          .replaceAll("localhost:8091", `localhost:${port}`),
      canary,
    });
    try {
      await test({ run, plane, home, canary });
    } finally {
      await run("argocd-configurer stop");
    }
  } finally {
    await plane.stop();
  }
}
