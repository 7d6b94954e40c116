import { printError } from "../terminal.ts";
import { act, type ActResult, failureText, type Stage } from "./act.ts";
import { actIfConfirmed } from "./confirm.ts";
import { hasSucceeded, type JobResult } from "./job.ts";
import { confirmDeletion } from "./confirm_deletion.ts";
import { overLimits, remainingCall } from "./dry_run_limits.ts";
import { openBackend } from "./open_backend.ts";
import { type Call, type CarryOut, planCalls } from "./plan.ts";
import { show } from "./show.ts";
import { printable } from "./table.ts";
import { countedIn, isChange } from "./tally.ts";
import { openScreen } from "./waiting_line.ts";

/** Exit code of a dry run that would change something. */
const WOULD_CHANGE = 5;

/**
 * Carries an operation out on each cluster, and shows the results. At the first Ctrl-C, a write by this
 * process finishes; everything else is abandoned.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only, 5 something
 * would change, 130 or 143 interrupted
 */
export async function carryOut(what: CarryOut): Promise<number> {
  const { flags, view, words } = what;
  const isChecked = flags.dryRun === "client";
  const backend = await openBackend(flags);
  try {
    const plan = await planCalls(what, backend);
    const output = flags.output;
    const display = { words, view, backend, output, isChecked, flags, areSeveral: false };
    if (!("calls" in plan)) return show([plan], display);
    const screen = isChecked ? undefined : await openScreen();
    const stage: Stage = {
      what,
      display: { ...display, areSeveral: plan.areSeveral },
      screen,
      printed: new Map(),
    };
    const acted = !what.isAsked
      ? await act(plan.calls, stage, false)
      : view.confirmation === undefined
      ? await deleteIfConfirmed(plan.calls, stage)
      : await actIfConfirmed(plan.calls, stage, view.confirmation);
    if (typeof acted === "number") return acted;
    const code = showAll(plan.calls, acted, stage);
    for (const warning of await view.warnings?.(backend) ?? []) {
      printError(`warning: ${printable(warning)}\n`);
    }
    if (acted.exitCode !== undefined || code !== 0 || !flags.exitCode) {
      return acted.exitCode ?? code;
    }
    const all = [...acted.results.values()].flat();
    const isChanged = all.filter(hasSucceeded)
      .some((each) => countedIn(each, view).some(isChange));
    return isChanged ? WOULD_CHANGE : 0;
  } finally {
    await backend.close();
  }
}

/** Shows the results by cluster, and then calls that failed before the first cluster. */
function showAll(
  calls: readonly Call[],
  { results, ends, whole }: ActResult,
  { display }: Stage,
): number {
  const all = calls.flatMap((call) => results.get(call) ?? []);
  const [atEnd] = calls.flatMap((call) => ends.get(call) ?? []);
  const codes = [
    ...all.length > 0 ? [show(all, { ...display, ...atEnd && { atEnd } })] : [],
    ...whole.length > 0 ? [show(whole, { ...display, areSeveral: false })] : [],
  ];
  return codes.every((code) => code === codes[0]) ? codes[0] ?? 0 : 3;
}

/**
 * Shows what would be deleted, and deletes it after a yes.
 * @returns the results, or the exit code when nothing was deleted
 */
async function deleteIfConfirmed(
  calls: readonly Call[],
  stage: Stage,
): Promise<ActResult | number> {
  const dryRun = await act(calls, stage, true);
  if (dryRun.exitCode !== undefined) {
    printError("Interrupted: nothing was deleted\n");
    return dryRun.exitCode;
  }
  if (dryRun.whole.length > 0) return dryRun;
  const dryRuns = [...dryRun.results].map(([call, results]) => ({ call, results }));
  const over = overLimits(dryRuns);
  if (over !== undefined) {
    for (const each of [...over.values()].flat()) printError(failureText(each, stage));
    return { ...dryRun, results: over };
  }
  const known = await confirmDeletion(
    dryRuns.flatMap(({ results }) => results),
    stage.what.words,
  );
  if (known === undefined) return 0;
  const isKnown = new Set(known);
  const remaining = dryRuns.map(({ call, results }) => ({
    call,
    results,
    rest: remainingCall(call, results, (each) => !isKnown.has(each)),
  }));
  const rest = remaining.flatMap(({ rest }) => rest ?? []);
  // With a prompt, these were shown above it.
  if (rest.length === 0) { for (const each of known) printError(failureText(each, stage)); }
  const acted = await act(rest, stage, false);
  const byCall = remaining.map(({ call, results, rest }): [Call, readonly JobResult[]] => {
    const done = new Map(
      ((rest && acted.results.get(rest)) ?? []).map((each) => [each.cluster, each]),
    );
    const before = results.map((each) => isKnown.has(each) ? each : done.get(each.cluster));
    const seen = new Set(results.map(({ cluster }) => cluster));
    const others = [...done.values()].filter(({ cluster }) => !seen.has(cluster));
    return [call, [...before.filter((each) => each !== undefined), ...others]];
  });
  return { ...acted, results: new Map(byCall) };
}
