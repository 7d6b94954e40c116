/**
 * `deno run -A scripts/write_docs.ts [--check]`: writes what documents repeat of the program: the
 * README's table of settings, and configs/defaults.yaml. With --check it only says what differs.
 */
import { dump } from "js-yaml";
import { join } from "node:path";
import { envName, flagName } from "../src/config/names.ts";
import { defaultOf, plain, type SettingTable } from "../src/config/setting.ts";
import { SETTINGS } from "../src/config/settings.ts";

const BEGIN = "<!-- settings, written by scripts/write_docs.ts -->\n";
const END = "<!-- end of settings -->\n";

/** The README's table of settings, between its two comments. */
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
      setting.about,
    ];
  });
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |\n`.replaceAll(/ {2,}/g, " "));
  return ["| key | flag | environment | default | |\n", "|---|---|---|---|---|\n", ...lines].join(
    "",
  );
}

/** configs/defaults.yaml: what it sets, and all else in comments with its default. */
export function defaultsFile(table: SettingTable): string {
  const settings = Object.entries(table).map(([key, setting]) => {
    const { about, shipped, example } = setting;
    const usual = defaultOf(setting);
    const value = yaml(shipped ?? usual ?? example);
    const comment = usual === undefined || (shipped ?? usual) === usual
      ? plain(about)
      : `${plain(about)} Without this line: ${yaml(usual)}.`;
    return `${wrapped(comment)}${shipped === undefined ? "# " : ""}${key}: ${value}\n`;
  });
  return HEAD + settings.map((each) => `\n${each}`).join("");
}

const HEAD = wrapped(
  "Settings of argocd-configurer; a flag or an ARGOCD_CONFIGURER_… variable wins over them. A line " +
    "in comments has the default; where there is none, a value that it may have.",
);

/** In one line; of no value `undefined`. */
function yaml(value: unknown): string | undefined {
  return value === undefined ? undefined : dump(value, { flowLevel: 0, lineWidth: -1 }).trimEnd();
}

/** As comments of YAML. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > 97) lines.push(` ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => `#${line}\n`).join("");
}

/** The README with its table as it is to be. */
function readme(now: string): string {
  const begin = now.indexOf(BEGIN);
  const end = now.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md: no ${BEGIN.trim()} … ${END.trim()}`);
  return now.slice(0, begin + BEGIN.length) + settingsTable(SETTINGS) + now.slice(end);
}

/** What each document is to be, made of what it is. */
const DOCUMENTS: Readonly<Record<string, (now: string) => string>> = {
  "README.md": readme,
  "configs/defaults.yaml": () => defaultsFile(SETTINGS),
};

if (import.meta.main) {
  const isCheck = Deno.args.includes("--check");
  for (const [name, made] of Object.entries(DOCUMENTS)) {
    const path = join(import.meta.dirname!, "..", name);
    const now = await Deno.readTextFile(path);
    const next = made(now);
    if (next === now) continue;
    if (!isCheck) await Deno.writeTextFile(path, next);
    console.error(
      isCheck ? `${name} is stale: deno run -A scripts/write_docs.ts` : `${name} is written`,
    );
    if (isCheck) Deno.exitCode = 1;
  }
}
