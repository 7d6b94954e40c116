/**
 * `deno run -A scripts/write_docs.ts [--check]`: writes the generated parts of documents (tables of
 * settings, operations, statuses, commands …) and configs/defaults.yaml. With --check it only reports
 * which files are stale.
 */
import { dump } from "js-yaml";
import { join } from "node:path";
import { envName, flagName } from "../src/config/names.ts";
import { defaultOf, plainText, type SettingTable } from "../src/config/setting.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { ERRORS } from "../src/operations/errors.ts";
import { OPERATIONS } from "../src/operations/table.ts";
import { commandsTable, exitCodesTable } from "./write_docs/commands.ts";
import { logMessagesTable } from "./write_docs/log_messages.ts";
import { type MarkedTable, withMarked } from "./write_docs/marked.ts";
import { operationsTable } from "./write_docs/operations.ts";
import { rightsTable } from "./write_docs/rights.ts";
import { statusesTable } from "./write_docs/statuses.ts";
import { errorCodesTable } from "./write_docs/troubleshooting.ts";

/** The table of settings. */
export function settingsTable(table: SettingTable): string {
  const rows = Object.entries(table).map(([key, setting]) => {
    const usual = yaml(defaultOf(setting));
    const shipped = "shipped" in setting ? yaml(setting.shipped) : usual;
    return [
      `\`${key}\``,
      setting.flag === undefined ? "" : `\`${flagName(key)}\``,
      `\`${envName(key)}\``,
      (usual === undefined ? "none" : `\`${usual}\``) +
      (shipped === usual ? "" : ` (as shipped: \`${shipped}\`)`),
      linked(setting.about),
    ];
  });
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |\n`.replaceAll(/ {2,}/g, " "));
  return ["| key | flag | environment | default | |\n", "|---|---|---|---|---|\n", ...lines].join(
    "",
  );
}

/** The documents of headings that settings refer to. */
const HEADINGS: Readonly<Record<string, string>> = {
  "tokens-and-https": "operations.md",
  "audit-log": "operations.md",
  "file-ownership-and-permissions": "",
};

/** @throws {Error} for a reference to a heading that is not in `HEADINGS` */
function linked(about: string): string {
  return about.replaceAll(/\(#([a-z-]+)\)/g, (_, heading: string) => {
    const document = HEADINGS[heading];
    if (document === undefined) throw new Error(`No document is known to have #${heading}`);
    return `(${document}#${heading})`;
  });
}

/** configs/defaults.yaml: settings that it sets, and the others as comments with their defaults. */
export function defaultsFile(table: SettingTable): string {
  const settings = Object.entries(table).map(([key, setting]) => {
    const { about, shipped, example } = setting;
    const usual = defaultOf(setting);
    const value = yaml(shipped ?? usual ?? example);
    const comment = usual === undefined || (shipped ?? usual) === usual
      ? plainText(about)
      : `${plainText(about)} Without this line: ${yaml(usual)}.`;
    return `${wrapped(comment)}${shipped === undefined ? "# " : ""}${key}: ${value}\n`;
  });
  return HEAD + settings.map((each) => `\n${each}`).join("");
}

const HEAD = wrapped(
  "Settings of argocd-configurer. A flag or an ARGOCD_CONFIGURER_… variable overrides them. Lines " +
    "in comments have the default, or an example where there is no default.",
);

/** A value as YAML in one line. */
function yaml(value: unknown): string | undefined {
  return value === undefined ? undefined : dump(value, { flowLevel: 0, lineWidth: -1 }).trimEnd();
}

/** A text as YAML comments. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > 97) lines.push(` ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => `#${line}\n`).join("");
}

/** Generated tables, between two comments in a document. */
const TABLES: readonly MarkedTable[] = [
  { document: "docs/configuration.md", name: "settings", make: () => settingsTable(SETTINGS) },
  { document: "docs/operations.md", name: "rights", make: () => rightsTable(OPERATIONS) },
  { document: "docs/troubleshooting.md", name: "error codes", make: errorCodesTable },
  { document: "docs/troubleshooting.md", name: "log messages", make: logMessagesTable },
  { document: "docs/api.md", name: "operations", make: () => operationsTable(OPERATIONS) },
  { document: "docs/api.md", name: "statuses", make: () => statusesTable(ERRORS) },
  { document: "docs/cli.md", name: "commands", make: commandsTable },
  { document: "docs/cli.md", name: "exit codes", make: exitCodesTable },
];

/** @returns the new text of a file, from its present text */
export async function written(document: string, now: string): Promise<string> {
  if (document === SETTINGS_FILE) return defaultsFile(SETTINGS);
  let text = now;
  for (const { name, make } of TABLES.filter((each) => each.document === document)) {
    text = withMarked(document, text, name, await make());
  }
  return text;
}

const SETTINGS_FILE = "configs/defaults.yaml";

/** All files with generated parts. */
export const WRITTEN = [SETTINGS_FILE, ...new Set(TABLES.map(({ document }) => document))];

if (import.meta.main) {
  const isCheck = Deno.args.includes("--check");
  for (const name of WRITTEN) {
    const path = join(import.meta.dirname!, "..", name);
    const now = await Deno.readTextFile(path);
    const next = await written(name, now);
    if (next === now) continue;
    if (!isCheck) await Deno.writeTextFile(path, next);
    console.error(
      isCheck ? `${name} is stale: deno run -A scripts/write_docs.ts` : `${name}: written`,
    );
    if (isCheck) Deno.exitCode = 1;
  }
}
