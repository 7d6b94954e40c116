import { dirname, join, normalize } from "node:path";
import { ROOT } from "./readme.ts";

/** A link in a document to a file of the project, or to one of its own headings. */
export interface Link {
  /** `DOCUMENT:LINE`. */
  readonly at: string;
  /** The target, from the root of the project. */
  readonly file: string;
  readonly anchor?: string;
}

/** The lines of a document, those of its code blocks empty. */
function prose(text: string): string[] {
  let isCode = false;
  return text.split("\n").map((line) => {
    const isFence = /^ *```/.test(line);
    if (isFence) isCode = !isCode;
    return isFence || isCode ? "" : line;
  });
}

/** Each link of a document within the project. */
export function linksIn(document: string, text: string): Link[] {
  return prose(text).flatMap((line, i) =>
    [...line.replaceAll(/`[^`]*`/g, "`").matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)/g)]
      .map(([, inline, reference]) => inline ?? reference!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [path, anchor] = target.split("#");
        const file = path === "" ? document : normalize(join(dirname(document), path!));
        return { at: `${document}:${i + 1}`, file, ...(anchor ? { anchor } : {}) };
      })
  );
}

/**
 * The anchors of a document's headings, as GitHub makes them: lower case, without punctuation, with hyphens
 * for spaces; a repeated one gets a number.
 * @see https://github.com/Flet/github-slugger
 */
export function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose(text)) {
    const [, heading] = /^#{1,6} (.*?) *#*$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const base = shown.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = base;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${base}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** One line for a broken link. */
export async function broken({ at, file, anchor }: Link): Promise<string | undefined> {
  const path = join(ROOT, file);
  const found = await Deno.stat(path).catch(() => undefined);
  if (found === undefined) return `${at} links to ${file}, which does not exist`;
  if (anchor === undefined) return undefined;
  if (!file.endsWith(".md")) return `${at} links to #${anchor} of ${file}, which is no document`;
  if (anchorsIn(await Deno.readTextFile(path)).has(anchor)) return undefined;
  return `${at} links to #${anchor}, which ${file} does not have`;
}
