import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import type { Asked } from "./asked.ts";
import type { AskFleet } from "./ask_fleet.ts";
import { tableOf } from "./show_table.ts";
import type { Showing } from "./showing.ts";
import type { WaitingLine } from "./waiting_line.ts";
import type { Answer, Input } from "./way.ts";

/** What came of a cluster, as a stream tells it; where nothing was told of it, why. */
export function entryFor(
  { cluster = "", answer, failure, transport, sameServerAs }: Asked,
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
  const told = { error: true, message: failure!.message, status_code: 500, code: "no_answer" };
  return { cluster, status_code: 500, answer: told };
}

/**
 * Has what has ended so far shown above the clusters that are awaited, where the view makes one
 * answer of all of them and a terminal shows a table.
 * @returns how to ask, with that
 */
export function withPreview(
  how: Pick<AskFleet, "line" | "onEnded">,
  input: Input,
  showing: Showing,
): Pick<AskFleet, "line" | "onEnded"> {
  const { output = "table", view } = showing;
  const { whole, ...one } = view;
  const isShown = (output === "table" || output === "wide") && Deno.stdout.isTerminal();
  if (whole === undefined || view.line !== undefined || !isShown) return how;
  const awaited = new Set<string>();
  const ended: ClusterEntry[] = [];
  const line: WaitingLine = {
    ...how.line,
    begin(name, seconds) {
      awaited.add(name);
      how.line.begin(name, seconds);
    },
    end(name) {
      awaited.delete(name);
      how.line.end(name);
    },
  };
  line.preview(() => {
    const body = whole(ended, input, [...awaited]);
    const done = {
      cluster: undefined,
      input: {},
      answer: { status: 200, body: body as Answer["body"] },
    };
    return tableOf([done], { ...showing, view: one, areSeveral: false }).text.split("\n")
      .slice(0, -1);
  });
  return {
    line,
    onEnded(asked) {
      ended.push(entryFor(asked));
      how.onEnded(asked);
    },
  };
}
