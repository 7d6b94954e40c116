/**
 * `deno task soak`: runs the program under many clients for minutes, with some faulty clusters, and
 * prints tables of results. It connects to 127.0.0.1 only. Exit code 0 if all counts are correct, 1 if
 * not, 2 for a wrong flag; times are shown beside their goals and do not count. The last part is an
 * overload: clients without a pause, fifty times as many as four well-served ones, and 300 for the
 * cluster that hangs.
 *
 *   --minutes M      for each transport (10)
 *   --clients N      (200)
 *   --transport T    kubectl, api or both (both)
 *   --think SECONDS  between a response and the client's next request (api 2, kubectl 30)
 *   --kubectl-timeout SECONDS  of the server (3, with --short 30)
 *   --short          as CI runs it: half a minute over each transport
 *   --report FILE    the same as JSON
 */
import { optionsOf } from "./soak/options.ts";
import { isAsItMustBe, markdown, type Report } from "./soak/report.ts";
import { soak } from "./soak/run.ts";

async function main(args: string[]): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === "string") {
    console.error(options);
    return 2;
  }
  const reports: Report[] = [];
  for (const each of options.soaks) {
    console.error(`soak: ${each.transport}, ${each.clients} clients, ${each.minutes} minutes …`);
    const report = await soak(each);
    console.log(markdown(report));
    reports.push(report);
  }
  if (options.report !== undefined) {
    await Deno.writeTextFile(options.report, JSON.stringify(reports, undefined, 2));
  }
  const well = reports.every(isAsItMustBe);
  console.log(well ? "soak: passed" : "soak: FAILED: some counts are wrong, see above");
  return well ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
