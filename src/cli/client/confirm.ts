import { printError } from "../terminal.ts";
import type { Confirmation } from "../views/view.ts";
import { act, type Acted, type Stage } from "./act.ts";
import { askYes } from "./ask.ts";
import { isFine } from "./asked.ts";
import type { Call } from "./plan.ts";
import { entryFor } from "./preview.ts";
import { tableOf } from "./show_table.ts";
import { plain } from "./table.ts";
import { inFlags, notesOf } from "./told.ts";
import type { Answer } from "./way.ts";

/** What is shown by a dry run before it is done, over several clusters as a whole. */

/**
 * Shows what would be done, and does it where the user wants it.
 * @returns what came of it, or the exit code where that is nothing
 */
export async function actIfConfirmed(
  calls: readonly Call[],
  stage: Stage,
  confirmation: Confirmation<object>,
): Promise<Acted | number> {
  const { showing: { view } } = stage;
  const looked = await act(calls, stage, true);
  if (looked.exitCode !== undefined) {
    printError(`Interrupted: nothing was ${confirmation.done}\n`);
    return looked.exitCode;
  }
  if (looked.whole.length > 0) return looked;
  const asked = [...looked.asked.values()].flat();
  const [{ told, cut } = { told: {} }] = looked.told.values();
  const ok = asked.filter((each) => isFine(each, view)).length;
  if (cut !== undefined || ok === 0) return looked;
  const body = view.whole!(asked.map(entryFor), asked[0]?.input ?? {}, [], told);
  printError(planOf(body, stage));
  const why = confirmation.refusal?.(body, stage.showing.flags);
  if (why !== undefined) {
    printError(`error: ${plain(why)}; nothing was ${confirmation.done}\n`);
    return NOT_DONE;
  }
  if (!await askYes(confirmation.question(body))) {
    printError(`Nothing was ${confirmation.done}\n`);
    return NOT_DONE;
  }
  return await act(calls, stage, false);
}

/** Exit code where a plan is not carried out: what follows in a script may rely on that it was. */
const NOT_DONE = 1;

/** As a dry run has it, for the eyes of who is asked. */
function planOf(body: object, { showing }: Stage): string {
  const { whole: _, ...view } = showing.view;
  const answer = { status: 200, body: body as Answer["body"] };
  const done = { cluster: undefined, input: {}, answer };
  const { text } = tableOf([done], { ...showing, view, areSeveral: false });
  const notes = [
    ...view.notes?.(body, showing.flags, showing.way).map((each) => inFlags(each, showing.words)) ??
      [],
    ...notesOf(done.answer, showing.words, view.notesTellAll ?? false),
  ];
  return text + notes.map((note) => `${note}\n`).join("");
}
