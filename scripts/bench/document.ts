import { join } from "node:path";

/** The document with the results. */
export const BENCHMARKS = join(import.meta.dirname!, "..", "..", "docs", "benchmarks.md");

/** Heading of the section that is measured by hand. */
export const BY_HAND = "## Up to 1,000 clusters";

/** The section with this heading; empty if there is none. */
export function sectionOf(text: string, heading: string): string {
  const [, section] = text.split(`\n${heading}\n`);
  return section === undefined ? "" : `${heading}\n${section.split(/\n## /)[0]!.trimEnd()}\n`;
}

/** A description of the machine. */
export async function machine(): Promise<string> {
  const cpu = /model name\s*: (.+)/.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores of ${cpu ?? Deno.build.arch}, ${memory} GiB, ` +
    `${Deno.build.os}, Deno ${Deno.version.deno}`;
}
