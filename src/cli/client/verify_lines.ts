import type { VerifiedPlace } from "../../fleet/rotation/shapes.ts";
import type { ShownVerification } from "./answers.ts";
import { shortList } from "./table.ts";

/** Most places in one line. */
export const MOST_PLACES = 5;

/**
 * One line per place; places of a rotation with the same result share one.
 * @param isPlan whether nothing was verified yet, and each message announces what will be
 */
export function verifyLines(results: readonly ShownVerification[], isPlan = false): string[] {
  const ofRotation = results.filter(isOfRotation);
  const alike = Map.groupBy(ofRotation, ({ state, message }) => `${state}\0${message}`);
  return [
    ...results.flatMap((each) =>
      isOfRotation(each) ? [] : [`  ${each.at}: ${verdictOf(each)}: ${each.message}`]
    ),
    ...[...alike.values()].map((those) =>
      `  ${shortList(those.map(({ at }) => at), MOST_PLACES)}: ` +
      `${isPlan ? "" : `${verdictOf(those[0]!)}: `}${those[0]!.message}`
    ),
  ];
}

/** The result in a word or two. */
export function verdictOf(result: ShownVerification): string {
  if (isOfRotation(result)) return stateWord(result.state);
  const { tried, reachable, accepted } = result;
  if (!tried) return stateWord("not_tried");
  if (reachable === false) return "unreachable";
  if (accepted === false) return "refused";
  return accepted === true ? "accepted" : "unknown";
}

/** The API's state of a check, as it is printed: `not_tried` as `not verified`. */
export const stateWord = (state: string) =>
  state === "not_tried" ? "not verified" : state.replaceAll("_", " ");

const isOfRotation = (result: ShownVerification): result is VerifiedPlace => "state" in result;
