import { printError } from "../terminal.ts";
import type { Confirmation } from "../views/view.ts";
import { act, type ActResult, type Stage } from "./act.ts";
import type { Answer } from "./backend.ts";
import { inFlags, notesOf } from "./error_text.ts";
import { isOk } from "./job.ts";
import type { Call } from "./plan.ts";
import { entryFor } from "./preview.ts";
import { promptYes } from "./prompt.ts";
import { tableOf } from "./show_table.ts";
import { printable } from "./table.ts";

/**
 * Shows the plan of a dry run over all clusters, and carries it out after a yes.
 * @returns the results, or the exit code when nothing was done
 */
export async function actIfConfirmed(
  calls: readonly Call[],
  stage: Stage,
  confirmation: Confirmation<object>,
): Promise<ActResult | number> {
  const { display: { view, flags } } = stage;
  const dryRun = await act(calls, stage, true);
  if (dryRun.exitCode !== undefined) {
    printError(`Interrupted: nothing was ${confirmation.done}\n`);
    return dryRun.exitCode;
  }
  if (dryRun.whole.length > 0) return dryRun;
  const results = [...dryRun.results.values()].flat();
  const [{ fields, cut } = { fields: {} }] = dryRun.ends.values();
  const ok = results.filter((each) => isOk(each, view)).length;
  if (cut !== undefined || ok === 0) return dryRun;
  const body = view.whole!(results.map(entryFor), results[0]?.input ?? {}, [], fields);
  printError(planOf(body, stage));
  const why = confirmation.refusal?.(body, flags);
  if (why !== undefined) {
    printError(`error: ${printable(why)}. Nothing was ${confirmation.done}\n`);
    return NOT_DONE;
  }
  if (!await promptYes(confirmation.question(body))) {
    printError(`Nothing was ${confirmation.done}\n`);
    return NOT_DONE;
  }
  return await act(calls, stage, false);
}

/** Exit code of a plan that is not carried out: a script's next step may rely on it. */
const NOT_DONE = 1;

/** The plan as a dry run prints it, for standard error. */
function planOf(body: object, { display }: Stage): string {
  const { whole: _, ...view } = display.view;
  const answer = { status: 200, body: body as Answer["body"] };
  const done = { cluster: undefined, input: {}, answer };
  const { text } = tableOf([done], { ...display, view, areSeveral: false });
  const notes = view.notes?.(body, display.flags, display.backend) ?? [];
  const lines = [
    ...notes.map((each) => inFlags(each, display.words)),
    ...notesOf(done.answer, display.words, view.notesReplaceMessage ?? false),
  ];
  return text + lines.map((line) => `${line}\n`).join("");
}
