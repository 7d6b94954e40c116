import { Selection } from "../../clusters/selection.ts";
import { Failure } from "../failure.ts";
import { type Asked, isDone } from "./asked.ts";
import { isThere } from "./look_before_delete.ts";
import type { Call, Several } from "./plan.ts";

/**
 * What a look before a deletion has to do with how many clusters may fail: one that fails when it is
 * looked at has failed, as it would when it were deleted from.
 */

interface Looked {
  readonly call: Call;
  readonly asked: readonly Asked[];
}

/**
 * Holds the look to the limits that were given.
 * @returns what is told of each cluster where nothing may be deleted any more; `undefined` where it may
 */
export function overLimits(
  looked: readonly Looked[],
): ReadonlyMap<Call, readonly Asked[]> | undefined {
  const isOver = looked.some(({ call, asked }) => call.kind === "several" && isMuch(call, asked));
  if (!isOver) return undefined;
  return new Map(looked.map(({ call, asked }) => [
    call,
    asked.map((each) => isThere(each) ? { ...each, answer: undefined, ...NOT_BEGUN() } : each),
  ]));
}

const NOT_BEGUN = () => ({
  left: "not begun" as const,
  failure: new Failure("Not deleted: the check of other clusters failed"),
});

function isMuch({ selected: { first, max_failures: most } }: Several, asked: readonly Asked[]) {
  const failed = asked.filter((each) => !isDone(each));
  return asked.some(({ left }) => left === "not begun") ||
    most !== undefined && failed.length > most ||
    failed.some(goesFirstBy(first));
}

/** Whether one goes first: by any of its names, as whoever carries it out has it. */
function goesFirstBy(first: readonly string[] | undefined): (asked: Asked) => boolean {
  const selection = new Selection(first ?? []);
  return (asked) => first !== undefined && namesOf(asked).some((name) => selection.has(name));
}

const namesOf = ({ cluster, sameServerAs = [] }: Asked): readonly string[] =>
  cluster === undefined ? [] : [cluster, ...sameServerAs];

/**
 * What is left to be done by a call, with the limits that are left.
 * @returns `undefined` where that is nothing
 */
export function leftOf(
  call: Call,
  asked: readonly Asked[],
  isLeft: (asked: Asked) => boolean,
): Call | undefined {
  const left = asked.filter(isLeft);
  if (left.length === 0) return undefined;
  if (call.kind === "one") return call;
  const { first, max_failures: most } = call.selected;
  const clusters = left.flatMap(({ cluster }) => cluster ?? []);
  const stillFirst = left.filter(goesFirstBy(first)).flatMap(({ cluster }) => cluster ?? []);
  const failed = asked.filter((each) => !isDone(each)).length;
  return {
    ...call,
    selected: {
      // By their names, so that none is deleted from that came since and was not looked at.
      clusters,
      ...stillFirst.length === 0 ? {} : { first: stillFirst },
      ...most === undefined ? {} : { max_failures: Math.max(0, most - failed) },
    },
  };
}
