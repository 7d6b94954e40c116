/**
 * `deno run -A scripts/check_regexps.ts`: checks that each regular expression of the program takes time
 * linear in the length of the text. Others could block the event loop for all clients. An expression that
 * sees only trusted or short text may have a reason in a comment before it: `// regexp: why`.
 */
import { join, relative } from "node:path";
import { cacheFolder, realWorld } from "./control_plane/cache.ts";
import { findRegexps, type Found } from "./regexps/find.ts";
import { judge, keyOf, type Pattern, recall, RECHECK, remember } from "./regexps/judge.ts";

/** The most expressions with a reason, since these are not checked. */
export const MOST_REASONS = 3;

/** An expression and its file. */
export interface Placed extends Found {
  readonly file: string;
}

/** The expressions of all files below `root`, without tests, which read no untrusted text. */
export async function readRegexps(root: string): Promise<Placed[]> {
  const found: Placed[] = [];
  for (const path of await sources(root)) {
    const file = relative(root, path);
    const regexps = findRegexps(await Deno.readTextFile(path), path.endsWith("x"));
    found.push(...regexps.map((one) => ({ ...one, file })));
  }
  return found;
}

async function sources(root: string): Promise<string[]> {
  const paths: string[] = [];
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) await walk(path);
      else if (/\.[jt]sx?$/.test(name) && !/_test\.[jt]sx?$/.test(name)) paths.push(path);
    }
  };
  await walk(join(root, "src"));
  return [...paths.sort(), join(root, "main.ts")];
}

/** One line for each expression that is not linear and has no reason, and for too many reasons. */
export async function complaints(
  found: readonly Placed[],
  judged: (patterns: readonly Pattern[]) => Promise<Readonly<Record<string, string>>>,
): Promise<string[]> {
  const open = found.filter(({ reason }) => reason === undefined);
  const known = open.filter(isKnown);
  const verdicts = await judged(known);
  const lines = open.flatMap((one) => {
    const at = `${one.file}:${one.line}`;
    if (!isKnown(one)) return [`${at} makes a regular expression of a text that is not constant`];
    const verdict = verdicts[keyOf(one)];
    return verdict === "linear" ? [] : [`${at} ${keyOf(one)} is not linear: ${verdict}`];
  });
  const reasons = found.filter(({ reason }) => reason !== undefined);
  if (reasons.length > MOST_REASONS) {
    const at = reasons.map(({ file, line }) => `${file}:${line}`).join(", ");
    lines.push(`${reasons.length} expressions have a reason, at most ${MOST_REASONS} may: ${at}`);
  }
  return lines;
}

function isKnown(one: Placed): one is Placed & Pattern {
  return one.pattern !== undefined;
}

if (import.meta.main) {
  const root = join(import.meta.dirname!, "..");
  const cache = join(cacheFolder(realWorld), "..", `regexps-${RECHECK}.json`);
  const remembered = await recall(cache);
  const lines = await complaints(await readRegexps(root), async (patterns) => {
    const verdicts = await judge(patterns, remembered);
    await remember(cache, verdicts);
    return verdicts;
  });
  for (const line of lines) console.log(line);
  Deno.exit(lines.length > 0 ? 1 : 0); // recheck's thread keeps running
}
