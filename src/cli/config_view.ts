import { dump } from "js-yaml";
import { resolve } from "node:path";
import type { SettingKey } from "../config/schema.ts";
import { SETTINGS } from "../config/settings.ts";
import { warningText } from "../config/warning.ts";
import { tableText } from "./client/table.ts";
import { type ClustersHome, clustersHomeOf } from "./clusters_home.ts";
import { runFolder } from "./run_folder.ts";
import { configOf, type Configured, type SettingFlags } from "./setting_flags.ts";
import { print, printError } from "./terminal.ts";

export type ConfigViewFlags = SettingFlags & {
  readonly showOrigin?: boolean;
  /** @default "table" */
  readonly output?: "table" | "yaml" | "json";
};

/** Shows the settings in effect with their source, and the paths of files and folders. */
export async function configView(
  { showOrigin = false, output = "table", ...flags }: ConfigViewFlags,
): Promise<number> {
  const config = await configOf(flags);
  for (const warning of config.warnings) printError(`warning: ${warningText(warning)}\n`);
  const places = placesOf(config);
  const settings = (Object.keys(SETTINGS) as SettingKey[]).map((key) => ({
    key,
    value: shown(config.settings[key]),
    origin: config.origins[key]!,
  }));
  if (output === "table") {
    const rows = rowsOf(places, clustersHomeOf(config));
    print(tableText({ columns: ["PLACE", "PATH"], rows }) + "\n");
    const columns = ["SETTING", "VALUE", ...showOrigin ? ["ORIGIN"] : []];
    const shownSettings = settings.map(({ key, value, origin }) => [
      key,
      textOf(value),
      ...showOrigin ? [origin] : [],
    ]);
    print(tableText({ columns, rows: shownSettings }));
    return 0;
  }
  const all = {
    ...places,
    settings: Object.fromEntries(
      settings.map(({ key, value, origin }) => [key, showOrigin ? { value, origin } : value]),
    ),
  };
  print(output === "json" ? JSON.stringify(all, null, 2) + "\n" : dump(all, { lineWidth: -1 }));
  return 0;
}

/** Absolute paths; `null` for a file or folder that does not exist. */
function placesOf({ home, file, isThere, settings }: Configured) {
  return {
    /** Where the other paths are searched, unless they are named. */
    home: home.kind === "none" ? null : home.path,
    looked_in: home.looked,
    config: isThere ? resolve(file) : null,
    clusters_folder: resolve(settings["clusters-folder"]),
    run_directory: runFolder({}).path,
  };
}

const rowsOf = (places: ReturnType<typeof placesOf>, { isNew, path }: ClustersHome) => [
  ["home", places.home ?? `none; searched ${places.looked_in.join(", ")}`],
  ["configuration", places.config ?? undefined],
  ["clusters folder", places.clusters_folder],
  ...isNew ? [["imports go to", path]] : [],
  ["run directory", places.run_directory],
];

/** With the user info of URLs masked, because it may hold a password. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value === "string") return value.replace(/:\/\/[^/@\s]*@/g, "://***@");
  return value ?? null;
}

const textOf = (value: unknown) =>
  value === null
    ? undefined
    : typeof value === "string"
    ? value
    : dump(value, { flowLevel: 0, lineWidth: -1 }).trimEnd();
