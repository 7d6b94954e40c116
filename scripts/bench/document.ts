import { join } from "node:path";

/** Where the figures are kept, once they are measured. */
export const BENCHMARKS = join(import.meta.dirname!, "..", "..", "docs", "benchmarks.md");

/** Heading of what is measured by hand. */
export const BY_HAND = "## Up to 1,000 clusters";

/** The section of the document that begins with this heading; empty where it has none. */
export function sectionOf(text: string, heading: string): string {
  const [, section] = text.split(`\n${heading}\n`);
  return section === undefined ? "" : `${heading}\n${section.split(/\n## /)[0]!.trimEnd()}\n`;
}

/** The machine and what runs on it, for a sentence. */
export async function machine(): Promise<string> {
  const cpu = /model name\s*: (.+)/.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores of ${cpu ?? Deno.build.arch}, ${memory} GiB, ` +
    `${Deno.build.os}, Deno ${Deno.version.deno}`;
}
