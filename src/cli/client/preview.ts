import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import type { JobResult } from "./job.ts";
import type { RequestFleet } from "./request_fleet.ts";
import { tableOf } from "./show_table.ts";
import type { Display } from "./display.ts";
import type { WaitingLine } from "./waiting_line.ts";
import type { Answer, Input } from "./backend.ts";

/** The entry of a cluster, as in a stream; without an answer, an error with the reason. */
export function entryFor(
  { cluster = "", answer, failure, transport, sameServerAs }: JobResult,
): ClusterEntry {
  if (answer !== undefined) {
    return {
      cluster,
      status_code: answer.status,
      answer: answer.body,
      ...transport === undefined ? {} : { transport },
      ...sameServerAs === undefined ? {} : { same_server_as: [...sameServerAs] },
    };
  }
  const error = { error: true, message: failure!.message, status_code: 500, code: "no_answer" };
  return { cluster, status_code: 500, answer: error };
}

/**
 * Shows a table of the finished clusters above the awaited ones, if the view makes one answer of all
 * clusters and the output is a table on a terminal.
 * @returns `line` and `onFinished` that do so
 */
export function withPreview(
  how: Pick<RequestFleet, "line" | "onFinished">,
  input: Input,
  display: Display,
): Pick<RequestFleet, "line" | "onFinished"> {
  const { output = "table", view } = display;
  const { whole, ...one } = view;
  const isShown = (output === "table" || output === "wide") && Deno.stdout.isTerminal();
  if (whole === undefined || view.line !== undefined || !isShown) return how;
  const awaited = new Set<string>();
  const finished: ClusterEntry[] = [];
  const line: WaitingLine = {
    ...how.line,
    start(name, seconds) {
      awaited.add(name);
      how.line.start(name, seconds);
    },
    finish(name) {
      awaited.delete(name);
      how.line.finish(name);
    },
  };
  line.preview(() => {
    const body = whole(finished, input, [...awaited]);
    const done = {
      cluster: undefined,
      input: {},
      answer: { status: 200, body: body as Answer["body"] },
    };
    return tableOf([done], { ...display, view: one, areSeveral: false }).text.split("\n")
      .slice(0, -1);
  });
  return {
    line,
    onFinished(result) {
      finished.push(entryFor(result));
      how.onFinished(result);
    },
  };
}
