import { colors } from "../color.ts";
import { printError } from "../terminal.ts";
import { type Asked, type Done, isDone, isFine, type Left } from "./asked.ts";
import type { Showing } from "./showing.ts";
import { plain } from "./table.ts";
import { summaryOf } from "./tally.ts";
import { inFlags, notesOf, type Told, toldOf, type Words } from "./told.ts";
import type { Answer } from "./way.ts";

/** What is said of what was asked, on standard error, besides results. */

/**
 * Says of a cluster of several, as soon as it has failed, why; the details once where they are the same
 * for several.
 * @param known texts that were said before; the new one is added
 */
export function failedLines(asked: Asked, showing: Showing, known: Set<string>): string {
  const { view } = showing;
  if (isFine(asked, view) || asked.left !== undefined) return "";
  if (isDone(asked)) {
    const { body } = asked.answer;
    return `${asked.cluster}: ${plain(view.ended?.(body) ?? "failed")}\n`;
  }
  const { lines, isUsage } = toldWhy(asked, showing);
  // What is wrong with the usage is so for all.
  if (isUsage) return "";
  const [first = "", ...details] = lines;
  const isNew = !known.has(lines.join("\n"));
  known.add(lines.join("\n"));
  return [`${asked.cluster}: ${colors("stderr").bad("failed")}: ${first}`, ...isNew ? details : []]
    .map((line) => `${line}\n`).join("");
}

const NOT_SENT = "Nothing is wrong with it as far as can be told here; it was not sent";

/** Says what answers say besides their results, once where several clusters say the same. */
export function sayNotes(asked: readonly Asked[], showing: Showing): void {
  const done = asked.filter(isDone);
  const all = new Set(done.map(({ cluster }) => cluster));
  const said = done.flatMap((each) =>
    textsOf(each, showing).map((text) => ({ text, cluster: each.cluster }))
  );
  for (const { cluster, sameServerAs: others = [] } of asked) {
    if (others.length === 0) continue;
    const names = plain([cluster, ...others].join(", "));
    printError(`note: ${names} share one API server and are treated as one cluster\n`);
  }
  for (const [text, those] of Map.groupBy(said, ({ text }) => text)) {
    const clusters = new Set(those.map(({ cluster }) => cluster));
    const isForAll = !showing.areSeveral || (clusters.size === all.size && all.size > 1);
    const where = isForAll ? "" : `${[...clusters].join(", ")}: `;
    printError(`${where}${text}\n`);
  }
}

function textsOf(
  { answer }: Done,
  { output = "table", view, isChecked, areSeveral, words, flags, way }: Showing,
): string[] {
  if (isChecked) return [NOT_SENT];
  const { message } = answer.body;
  const isTable = output === "table" || output === "wide";
  // They are in what is printed.
  const isWhole = output === "json" || output === "yaml";
  return [
    // Of several a summary tells it.
    ...isTable && !areSeveral && !view.notesTellAll && typeof message === "string"
      ? [plain(message)]
      : [],
    ...isTable
      ? (view.notes?.(answer.body, flags, way) ?? []).map((each) => inFlags(each, words))
      : [],
    ...isWhole ? [] : notesOf(answer, words, view.showsVerified ?? view.notesTellAll ?? false),
  ];
}

/** Says what the one answer of several clusters says besides, where that is to be the last. */
export function sayNotesOfAll(
  body: object,
  { output = "table", view, words, flags, way }: Showing,
): void {
  if (output !== "table" && output !== "wide") return;
  for (const note of view.notes?.(body, flags, way) ?? []) printError(`${inFlags(note, words)}\n`);
}

/**
 * Says why of what has failed, unless that was said when it did: of one cluster, and of all what is
 * wrong with the usage, or was interrupted.
 * @returns whether all that failed is wrong usage
 */
export function sayFailures(asked: readonly Asked[], showing: Showing): boolean {
  const { areSeveral } = showing;
  const failed = asked.filter((each) => !isDone(each))
    .map((each) => ({ ...each, ...toldWhy(each, showing) }));
  const isUsage = failed.length > 0 && failed.every((each) => each.isUsage);
  const untold = failed.filter((each) => !areSeveral || each.isUsage || isUntold(each));
  for (const [text, those] of Map.groupBy(untold, ({ lines }) => lines.join("\n"))) {
    const where = areSeveral ? `${named(those).join(", ")}: ` : "";
    printError(`error: ${where}${text}\n`);
  }
  return isUsage;
}

/** Whether it was not told when it ended: that something may have been done, or others were waited for. */
const isUntold = ({ left, answer }: Asked): boolean =>
  left === "unknown" || left === "not begun" && answer !== undefined;

function toldWhy(
  { answer, failure, left }: Pick<Asked, "answer" | "failure" | "left">,
  { view, words }: Pick<Showing, "view" | "words">,
): Told {
  if (answer !== undefined && left === "not begun") {
    return { lines: [plain(whyNotBegun(answer, words))], isUsage: false };
  }
  return answer === undefined
    ? { lines: [failure!.message], isUsage: failure!.exitCode === 2 }
    : toldOf(answer, words, view.showsVerified ?? false);
}

/** Without the cluster's name, so that it is the same for all. */
function whyNotBegun({ body: { message } }: Answer, words: Words): string {
  const why = String(message).replace(/^Cluster '[^']*' was skipped: /, "Skipped: ")
    .replace(/\. Nothing was changed$/, "").replaceAll("max_failures", words.of("max_failures"));
  return why.replace(/'(first|cluster_selector)'/, (_, field) => words.of(field));
}

/** In numbers what came of several clusters; and those where it was not done, to be copied. */
export function saySummary(asked: readonly Asked[], { view, isChecked }: Showing): void {
  const open = asked.filter((each) => !isFine(each, view));
  if (!isChecked || open.length > 0) printError(`${summaryOf(asked, view)}\n`);
  const states: readonly (Left | undefined)[] = [
    undefined,
    "not finished",
    "not begun",
    "unknown",
  ];
  for (const state of states) {
    const those = open.filter(({ left }) => left === state);
    if (those.length > 0) {
      printError(`${state ?? "failed"}: ${asArguments(those)}\n`);
    }
  }
}

function asArguments(asked: readonly Asked[]): string {
  const places = asked.flatMap(({ places = [] }) => places);
  return places.length > 0 ? places.join(" ") : `--cluster ${named(asked).join(",")}`;
}

const named = (
  asked: readonly Pick<Asked, "cluster">[],
) => [...new Set(asked.map(({ cluster }) => cluster))];
