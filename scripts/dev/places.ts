import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** Something on the disk that the server is made of. */
export interface Place {
  /** Absolute. It need not be there. */
  readonly path: string;
  /** `folder` stands for the files directly in it, `tree` for those in folders below it too. */
  readonly kind: "file" | "folder" | "tree";
}

export interface Surroundings {
  /** The project's folder, absolute. */
  readonly root: string;
  /** What relative paths in flags and settings start from, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What `serve` reads without `--config`. */
const DEFAULT_CONFIG = "configs/defaults.yaml";
const CLUSTERS_VARIABLE = "ARGOCD_CONFIGURER_CLUSTERS_FOLDER";

/**
 * Where a change asks for a restart: the program, its configuration, the folder of kubeconfigs.
 * That folder is named by the flag, else the environment, else the configuration file. A
 * configuration that cannot be used is no error here: the server says what is wrong with it.
 *
 * Permissions: `--allow-read` of the configuration file.
 * @param args the flags of `serve`
 */
export async function placesOf(args: readonly string[], here: Surroundings): Promise<Place[]> {
  const { root, cwd } = here;
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: "string" }, "clusters-folder": { type: "string" } },
    strict: false,
  });
  const config = resolve(cwd, textOf(values.config) ?? DEFAULT_CONFIG);
  const clusters = textOf(values["clusters-folder"]) ?? await configured(config, here) ??
    (here.env[CLUSTERS_VARIABLE] || "clusters");
  return [
    { path: join(root, "src"), kind: "tree" },
    { path: join(root, "main.ts"), kind: "file" },
    { path: join(root, "deno.json"), kind: "file" },
    { path: join(root, "configs"), kind: "tree" },
    { path: config, kind: "file" },
    // The program looks at nothing below it, and ~/.kube has kubectl's cache there.
    { path: resolve(cwd, clusters), kind: "folder" },
  ];
}

const textOf = (value: unknown) => typeof value === "string" ? value : undefined;

async function configured(file: string, { env }: Surroundings): Promise<string | undefined> {
  try {
    // Imported here, since it is what is being developed: it may be broken just now.
    const { loadConfig } = await import("../../src/config/load.ts");
    const { settings } = await loadConfig({ flags: {}, env, file, fileRequired: false });
    return settings["clusters-folder"];
  } catch {
    return undefined;
  }
}

/**
 * Whether a file of that name is part of the server: not a test, and nothing that an editor keeps
 * beside a file (`.app.ts.swp`, `.#app.ts`, `#app.ts#`, `app.ts~`, `app.ts.tmp`).
 */
export function counts(name: string): boolean {
  return /^[^.#].*\.(tsx?|ya?ml|json|kubeconfig)$/.test(name) && !/_test\.tsx?$/.test(name);
}
