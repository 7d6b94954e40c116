import { printError } from "../terminal.ts";
import { act, type Acted, failed, type Stage } from "./act.ts";
import { type Asked, isDone } from "./asked.ts";
import { lookBeforeDelete } from "./look_before_delete.ts";
import { actIfConfirmed } from "./confirm.ts";
import { leftOf, overLimits } from "./look_limits.ts";
import { openWay } from "./open_way.ts";
import { type Call, type CarryOut, planned } from "./plan.ts";
import { show } from "./show.ts";
import { plain } from "./table.ts";
import { countedIn, isChange } from "./tally.ts";
import { openScreen } from "./waiting_line.ts";

/** Exit code of a dry run by which something would change. */
const WOULD_CHANGE = 5;

/**
 * Carries an operation out on each cluster, and shows what came of it. The first Ctrl-C lets a write
 * of this process end, and waits for nothing else.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only, 5 something
 * would change, 130 or 143 interrupted
 */
export async function carryOut(what: CarryOut): Promise<number> {
  const { flags, view, words } = what;
  const isChecked = flags.dryRun === "client";
  const way = await openWay(flags);
  try {
    const plan = await planned(what, way);
    const showing = { words, view, way, output: flags.output, isChecked, flags, areSeveral: false };
    if (!("calls" in plan)) return show([plan], showing);
    const screen = isChecked ? undefined : await openScreen();
    const stage: Stage = {
      what,
      showing: { ...showing, areSeveral: plan.areSeveral },
      screen,
      told: new Set(),
    };
    const ended = !what.isAsked
      ? await act(plan.calls, stage, false)
      : view.confirmation === undefined
      ? await actIfWanted(plan.calls, stage)
      : await actIfConfirmed(plan.calls, stage, view.confirmation);
    if (typeof ended === "number") return ended;
    const code = shown(plan.calls, ended, stage);
    for (const warning of await view.warnings?.(way) ?? []) {
      printError(`warning: ${plain(warning)}\n`);
    }
    if (ended.exitCode !== undefined || code !== 0 || !flags.exitCode) {
      return ended.exitCode ?? code;
    }
    const all = [...ended.asked.values()].flat();
    const isChanged = all.filter(isDone).some((each) => countedIn(each, view).some(isChange));
    return isChanged ? WOULD_CHANGE : 0;
  } finally {
    await way.close();
  }
}

/** Shows what came of clusters, and then of calls that came to nothing before. */
function shown(calls: readonly Call[], { asked, told, whole }: Acted, { showing }: Stage): number {
  const all = calls.flatMap((call) => asked.get(call) ?? []);
  const [atEnd] = calls.flatMap((call) => told.get(call) ?? []);
  const codes = [
    ...all.length > 0 ? [show(all, { ...showing, ...atEnd && { atEnd } })] : [],
    ...whole.length > 0 ? [show(whole, { ...showing, areSeveral: false })] : [],
  ];
  return codes.every((code) => code === codes[0]) ? codes[0] ?? 0 : 3;
}

/**
 * Looks first, and does it where the user wants it.
 * @returns what came of it, or the exit code where that is nothing
 */
async function actIfWanted(calls: readonly Call[], stage: Stage): Promise<Acted | number> {
  const looked = await act(calls, stage, true);
  if (looked.exitCode !== undefined) {
    printError("Interrupted: nothing was deleted\n");
    return looked.exitCode;
  }
  if (looked.whole.length > 0) return looked;
  const seen = [...looked.asked].map(([call, asked]) => ({ call, asked }));
  const over = overLimits(seen);
  if (over !== undefined) {
    for (const each of [...over.values()].flat()) printError(failed(each, stage));
    return { ...looked, asked: over };
  }
  const all = seen.flatMap(({ asked }) => asked);
  const known = await lookBeforeDelete(all, stage.what.words);
  if (known === undefined) return 0;
  const isKnown = new Set(known);
  const left = seen.map(({ call, asked }) => ({
    call,
    asked,
    rest: leftOf(call, asked, (each) => !isKnown.has(each)),
  }));
  const rest = left.flatMap(({ rest }) => rest ?? []);
  // Else it was told before it was asked.
  if (rest.length === 0) { for (const each of known) printError(failed(each, stage)); }
  const acted = await act(rest, stage, false);
  const byCall = left.map(({ call, asked, rest }): [Call, readonly Asked[]] => {
    const done = new Map(
      ((rest && acted.asked.get(rest)) ?? []).map((each) => [each.cluster, each]),
    );
    const before = asked.map((each) => isKnown.has(each) ? each : done.get(each.cluster));
    const seen = new Set(asked.map(({ cluster }) => cluster));
    const others = [...done.values()].filter(({ cluster }) => !seen.has(cluster));
    return [call, [...before.filter((each) => each !== undefined), ...others]];
  });
  return { ...acted, asked: new Map(byCall) };
}
