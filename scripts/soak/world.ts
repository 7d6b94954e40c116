/** The clusters of a soak, and the folder with their kubeconfigs. */
import { join } from "node:path";
import type { EmulatedThread, Temper } from "./emulated_thread.ts";
import { startReal } from "./real.ts";
import { startThread } from "./thread.ts";
import type { ApiSecret } from "./values.ts";

export interface World extends AsyncDisposable {
  /** The folder for all files of the server and its children. */
  readonly folder: string;
  /** The folder of the kubeconfigs; its path identifies the kubectl processes of this soak. */
  readonly clustersFolder: string;
  readonly clusters: Readonly<Record<string, Temper>>;
  readonly hasReal: boolean;
  /** Twenty namespaces, besides Argo CD's. */
  readonly namespaces: readonly string[];
  readonly argocd: string;
  /** The secrets of a cluster, read without the server. */
  secrets(cluster: string): Promise<ApiSecret[]>;
}

const EMULATED: Readonly<Record<string, Temper>> = {
  "steady-a": "healthy",
  "steady-b": "healthy",
  hung: "hung",
  flapping: "flapping",
};

export async function startWorld(): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const run = crypto.randomUUID().slice(0, 8);
  const namespaces = Array.from({ length: 20 }, (_, i) => `soak-${run}-${i}`);
  const argocd = `soak-${run}-argocd`;
  const folder = await Deno.makeTempDir({ prefix: "soak-" });
  starting.defer(() => Deno.remove(folder, { recursive: true }));
  const clustersFolder = join(folder, "clusters");
  await Deno.mkdir(clustersFolder, { mode: 0o700 });
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(clustersFolder, `${name}.kubeconfig`), text, { mode: 0o600 });

  const all = [...namespaces, argocd];
  const real = await startReal(all);
  starting.defer(() => real?.stop());
  if (real) await write("real", await real.kubeconfig());

  const thread = starting.use(startThread<EmulatedThread>("./emulated_thread.ts"));
  const kubeconfigs = await thread.ask("start", { clusters: EMULATED, namespaces: all });
  starting.defer(() => thread.ask("stop", {}));
  for (const [name, text] of Object.entries(kubeconfigs)) await write(name, text);

  const ending = starting.move();
  return {
    folder,
    clustersFolder,
    clusters: { ...(real && { real: "healthy" as const }), ...EMULATED },
    hasReal: real !== undefined,
    namespaces,
    argocd,
    secrets: (cluster) => cluster === "real" ? real!.secrets() : thread.ask("secrets", { cluster }),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}
