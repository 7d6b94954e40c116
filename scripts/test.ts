/**
 * `deno task test [--tier=TIER,…] [paths and flags of deno test]`: runs the tests, tier by tier, and provides
 * exactly what they need. The last line is `N passed, N failed`, with `, N skipped` if there were any. Steps
 * do not count, except skipped ones. With CI=true, skipped tests are failures.
 */
import { parseArguments } from "./test/arguments.ts";
import { findTests } from "./test/find.ts";
import { announce, provisions } from "./test/provide.ts";
import { lastLine, type Results, together } from "./test/report.ts";
import { runTier } from "./test/run.ts";
import { type Need, NEEDS, type TestFile, TIER, TIERS } from "./test/tiers.ts";

async function main(): Promise<number> {
  const { tiers, flags, paths } = await parseArguments(Deno.args);
  const files = (await findTests(paths)).filter(({ tier }) => tiers.includes(tier));
  for (const line of await announce(needsOf(files))) console.log(`first: ${line}`);
  const times: string[] = [];
  const results: Results[] = [];
  const provided = provisions();
  try {
    for (const tier of TIERS) {
      const its = files.filter((file) => file.tier === tier);
      if (its.length === 0) continue;
      const start = performance.now();
      await provided.provide(needsOf(its));
      const came = await runTier(tier, its, flags, provided.env);
      const seconds = Math.round((performance.now() - start) / 1000);
      times.push(`${tier}: ${lastLine(came)}, in ${seconds} s (budget ${TIER[tier].budget} s)`);
      console.log(times.at(-1));
      results.push(came);
    }
  } finally {
    await provided.stop();
  }

  const all = together(...results);
  const complaints = [...provided.missing];
  if (all.skipped.length) complaints.push(["Skipped:", ...all.skipped].join("\n  "));
  const inCi = Deno.env.get("CI") === "true";
  if (inCi && complaints.length) complaints.push("In CI, skipped tests are failures");
  if (all.passed + all.failed === 0) complaints.push("No test ran");
  // Repeated, since the first of several runs is far above, and a log may be cut.
  if (all.failures.length) console.log(["Failed:", ...all.failures].join("\n  "));
  for (const line of [...complaints, ...times]) console.log(line);
  console.log(lastLine(all));
  return all.failed > 0 || all.passed === 0 || (inCi && complaints.length > 0) ? 1 : 0;
}

function needsOf(files: readonly TestFile[]): Need[] {
  return NEEDS.filter((need) => files.some(({ needs }) => needs.includes(need)));
}

if (import.meta.main) Deno.exitCode = await main();
