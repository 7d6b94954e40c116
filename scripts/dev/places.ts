import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** A file or folder that the server uses. */
export interface Place {
  /** Absolute path; it may be missing. */
  readonly path: string;
  /** `folder`: the files directly in it; `tree`: those in subfolders, too. */
  readonly kind: "file" | "folder" | "tree";
}

export interface Surroundings {
  /** The project's folder, absolute. */
  readonly root: string;
  /** The working directory for relative paths in flags and settings, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The file that `serve` reads without `--config`. */
const DEFAULT_CONFIG = "configs/defaults.yaml";
const CLUSTERS_VARIABLE = "ARGOCD_CONFIGURER_CLUSTERS_FOLDER";

/**
 * The places whose change needs a restart: the program, its configuration, the clusters folder. The flag, the
 * environment or the configuration file names that folder. An invalid configuration is not an error here:
 * the server reports it.
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
    // The program reads no subfolders, and ~/.kube contains kubectl's cache.
    { path: resolve(cwd, clusters), kind: "folder" },
  ];
}

const textOf = (value: unknown) => typeof value === "string" ? value : undefined;

async function configured(file: string, { env }: Surroundings): Promise<string | undefined> {
  try {
    // Imported here, since the code under development may be broken.
    const { loadConfig } = await import("../../src/config/load.ts");
    const { settings } = await loadConfig({ flags: {}, env, file, fileRequired: false });
    return settings["clusters-folder"];
  } catch {
    return undefined;
  }
}

/**
 * Whether a file of that name is part of the server: not a test, and not a temporary file of an editor
 * (`.app.ts.swp`, `.#app.ts`, `#app.ts#`, `app.ts~`, `app.ts.tmp`).
 */
export function counts(name: string): boolean {
  return /^[^.#].*\.(tsx?|ya?ml|json|kubeconfig)$/.test(name) && !/_test\.tsx?$/.test(name);
}
