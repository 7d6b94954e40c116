/**
 * `deno run -A scripts/bench/thousand.ts`: measures how the matrix and a rotation grow, up to 1,000 emulated
 * clusters, or the numbers in the arguments. It takes some minutes, so `deno task bench` does not run it.
 * With `--write` it updates its section of docs/benchmarks.md.
 */
import { BENCHMARKS, BY_HAND, machine, sectionOf } from "./document.ts";
import type { Measured } from "./fleet_stage.ts";
import { measureMatrix } from "./matrix.ts";
import { measureRotation } from "./rotate.ts";
import { inSeconds } from "./table.ts";

const given = Deno.args.filter((each) => /^\d+$/.test(each)).map(Number);
const COUNTS = given.length > 0 ? given : [125, 250, 500, 1000];

async function table(measure: (clusters: number) => Promise<Measured>): Promise<string> {
  const lines = ["| clusters | ours | for each cluster | memory | bare |", "|---|---|---|---|---|"];
  for (const clusters of COUNTS) {
    const { ours, bare, memory } = await measure(clusters);
    const each = `${(ours / clusters).toFixed(1)} ms`;
    const row = [clusters, inSeconds(ours), each, `${memory.toFixed(0)} MB`, inSeconds(bare)];
    console.error(row.join("  "));
    lines.push(`| ${row.join(" | ")} |`);
  }
  return lines.join("\n");
}

const matrix = await table((clusters) => measureMatrix(clusters, 3));
const rotation = await table((clusters) => measureRotation(clusters, 2));
const section = `${BY_HAND}

Made by \`deno run -A scripts/bench/thousand.ts --write\` on ${await machine()}.
Memory is the most that the server's process had. What grows in proportion costs each cluster the same.

The matrix, of 50 credentials in each cluster:

${matrix}

A rotation of one value in 20 secrets of each cluster, with a search of all clusters at its end:

${rotation}
`;
console.log(section);
if (Deno.args.includes("--write")) {
  const text = await Deno.readTextFile(BENCHMARKS);
  const without = text.replace(sectionOf(text, BY_HAND), "").trimEnd();
  await Deno.writeTextFile(BENCHMARKS, `${without}\n\n${section}`);
}
