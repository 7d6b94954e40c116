import type { TriedPlace } from "../../fleet/rotation/shapes.ts";
import type { Tried } from "./answers.ts";

/** Most places in one line. */
const MOST = 5;

/**
 * A line a place; places of a fleet that came to the same share one.
 * @param isPlan whether nothing was tried yet, and the message says what would be
 */
export function triedLines(tried: readonly Tried[], isPlan = false): string[] {
  const ofFleet = tried.filter(isOfFleet);
  const alike = Map.groupBy(ofFleet, ({ state, message }) => `${state}\0${message}`);
  return [
    ...tried.flatMap((each) =>
      isOfFleet(each) ? [] : [`  ${each.at}: ${verdictOf(each)}: ${each.message}`]
    ),
    ...[...alike.values()].map((those) =>
      `  ${some(those.map(({ at }) => at))}: ${isPlan ? "" : `${verdictOf(those[0]!)}: `}` +
      those[0]!.message
    ),
  ];
}

/** In a word. */
export function verdictOf(each: Tried): string {
  if (isOfFleet(each)) {
    return each.state === "unreachable" ? "no answer" : each.state.replace("_", " ");
  }
  const { tried, reachable, accepted } = each;
  if (!tried) return "not tried";
  if (reachable === false) return "no answer";
  if (accepted === false) return "refused";
  return accepted === true ? "accepted" : "unknown";
}

const isOfFleet = (each: Tried): each is TriedPlace => "state" in each;

/** `a, b and 3 more` */
export function some(places: readonly string[]): string {
  const rest = places.length - MOST;
  return places.slice(0, MOST).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
