/**
 * `deno task soak`: the program as a process, many clients for minutes, some clusters ill; and what
 * came of it, in tables. Nothing but 127.0.0.1 is spoken to. Exit code 0 when what was counted is as
 * it must be, 1 otherwise, 2 for a wrong flag; times are told beside their goals and decide nothing.
 * Last comes an overload: clients without a pause, fifty times as many as four that are served well,
 * and 300 at the cluster that hangs.
 *
 *   --minutes M      for each transport (10)
 *   --clients N      (200)
 *   --transport T    kubectl, api or both (both)
 *   --think SECONDS  between an answer and a client's next request (api 2, kubectl 30)
 *   --kubectl-timeout SECONDS  as the server's own (3, with --short 30)
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
  console.log(well ? "soak: all counts are as they must be" : "soak: NOT all is as it must be");
  return well ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
