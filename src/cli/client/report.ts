import { colors } from "../color.ts";
import { plural } from "../../text/plural.ts";
import { printError } from "../terminal.ts";
import type { Answer } from "./backend.ts";
import type { Display } from "./display.ts";
import { type ErrorText, errorText, inFlags, notesOf, type Words } from "./error_text.ts";
import { hasSucceeded, isOk, type JobResult, type SucceededJob, type Unfinished } from "./job.ts";
import { printable } from "./table.ts";
import { clusterSummary } from "./tally.ts";

/** What is printed on standard error besides the results. */

/**
 * Why one of several clusters failed. Details that several clusters share are given once.
 * @param printed texts that were given before, with their cluster; the new one is added
 */
export function failureLines(
  result: JobResult,
  display: Display,
  printed: Map<string, string | undefined>,
): string {
  const { view } = display;
  if (isOk(result, view) || result.unfinished !== undefined) return "";
  if (hasSucceeded(result)) {
    const { body } = result.answer;
    return `${result.cluster}: ${printable(view.problem?.(body) ?? "failed")}\n`;
  }
  const { lines, isUsage } = whyFailed(result, display);
  // A usage error is the same for all clusters, and is printed at the end.
  if (isUsage) return "";
  const [first = "", ...details] = lines;
  const text = lines.join("\n");
  const before = printed.get(text);
  if (before === undefined) printed.set(text, result.cluster);
  const failed = `${result.cluster}: ${colors("stderr").bad("failed")}: `;
  if (before === undefined) return [failed + first, ...details].map((line) => `${line}\n`).join("");
  return `${failed}${first.length > LONG ? `for the same reason as ${before}` : first}\n`;
}

/** A longer text is printed once. */
const LONG = 120;

const NOT_SENT = "The request is valid as far as can be checked here. It was not sent";

/** Prints notes, warnings and hints of answers, once for clusters that share them. */
export function printNotes(results: readonly JobResult[], display: Display): void {
  const done = results.filter(hasSucceeded);
  const all = new Set(done.map(({ cluster }) => cluster));
  const notes = done.flatMap((each) =>
    textsOf(each, display).map((text) => ({ text, cluster: each.cluster }))
  );
  for (const { cluster, sameServerAs: others = [] } of results) {
    if (others.length === 0) continue;
    const names = printable([cluster, ...others].join(", "));
    printError(`note: ${names} share one API server and are treated as one cluster\n`);
  }
  for (const [text, those] of Map.groupBy(notes, ({ text }) => text)) {
    const clusters = new Set(those.map(({ cluster }) => cluster));
    const isForAll = !display.areSeveral || (clusters.size === all.size && all.size > 1);
    const where = isForAll ? "" : `${[...clusters].join(", ")}: `;
    printError(`${where}${text}\n`);
  }
}

function textsOf(
  { answer }: SucceededJob,
  { output = "table", view, isChecked, areSeveral, words, flags, backend }: Display,
): string[] {
  if (isChecked) return [NOT_SENT];
  const { message } = answer.body;
  const isTable = output === "table" || output === "wide";
  // JSON and YAML have the notes themselves.
  const isWhole = output === "json" || output === "yaml";
  return [
    // For several clusters, a summary replaces the message.
    ...isTable && !areSeveral && !view.notesReplaceMessage && typeof message === "string"
      ? [withPlurals(printable(message))]
      : [],
    ...isTable
      ? (view.notes?.(answer.body, flags, backend) ?? []).map((each) => inFlags(each, words))
      : [],
    ...isWhole
      ? []
      : notesOf(answer, words, view.showsVerified ?? view.notesReplaceMessage ?? false),
  ];
}

/** Plurals in place of `2 namespace(s)`, as fixed messages of the API have it. */
export const withPlurals = (message: string): string =>
  message.replaceAll(/(\d{1,9}) (\w{1,30})\(s\)/g, (_, count, noun) => plural(Number(count), noun));

/** Prints the notes of the one answer about several clusters, if its view has these printed last. */
export function printNotesOfAll(
  body: object,
  { output = "table", view, words, flags, backend }: Display,
): void {
  if (output !== "table" && output !== "wide") return;
  for (const note of view.notes?.(body, flags, backend) ?? []) {
    printError(`${inFlags(note, words)}\n`);
  }
}

/**
 * Prints the failures that were not printed when they happened: of a single cluster, of wrong usage, and of
 * interruptions.
 * @returns whether everything that failed is wrong usage
 */
export function printFailures(results: readonly JobResult[], display: Display): boolean {
  const { areSeveral } = display;
  const failed = results.filter((each) => !hasSucceeded(each))
    .map((each) => ({ ...each, ...whyFailed(each, display) }));
  const isUsage = failed.length > 0 && failed.every((each) => each.isUsage);
  const unprinted = failed.filter((each) => !areSeveral || each.isUsage || isUnprinted(each));
  for (const [text, those] of Map.groupBy(unprinted, ({ lines }) => lines.join("\n"))) {
    const where = areSeveral ? `${named(those).join(", ")}: ` : "";
    printError(`error: ${where}${text}\n`);
  }
  return isUsage;
}

/** Whether {@link failureLines} gives nothing for it: its outcome is unknown, or a server skipped it. */
const isUnprinted = ({ unfinished, answer }: JobResult): boolean =>
  unfinished === "unknown" || unfinished === "skipped" && answer !== undefined;

function whyFailed(
  { answer, failure, unfinished }: Pick<JobResult, "answer" | "failure" | "unfinished">,
  { view, words }: Pick<Display, "view" | "words">,
): ErrorText {
  if (answer !== undefined && unfinished === "skipped") {
    return { lines: [printable(whySkipped(answer, words))], isUsage: false };
  }
  return answer === undefined
    ? { lines: [failure!.message], isUsage: failure!.exitCode === 2 }
    : errorText(answer, words, view.showsVerified ?? false);
}

/** Without the cluster's name, so that the text is the same for all. */
function whySkipped({ body: { message } }: Answer, words: Words): string {
  const why = String(message).replace(/^Cluster '[^']*' was skipped: /, "Skipped: ")
    .replace(/\. Nothing was changed$/, "").replaceAll("max_failures", words.of("max_failures"));
  return why.replace(/'(first|cluster_selector)'/, (_, field) => words.of(field));
}

/** Prints how many clusters succeeded and failed, and the failed ones as arguments to copy. */
export function printSummary(results: readonly JobResult[], { view, isChecked }: Display): void {
  const open = results.filter((each) => !isOk(each, view));
  if (!isChecked || open.length > 0) printError(`${clusterSummary(results, view)}\n`);
  const states: readonly (Unfinished | undefined)[] = [
    undefined,
    "not finished",
    "skipped",
    "unknown",
  ];
  for (const state of states) {
    const those = open.filter(({ unfinished }) => unfinished === state);
    if (those.length > 0) {
      printError(`${nextFor(state, those)}\n`);
    }
  }
}

/** How to run a command again for the clusters, or secrets given as arguments, with this state. */
function nextFor(state: Unfinished | undefined, results: readonly JobResult[]): string {
  const places = results.flatMap(({ places = [] }) => places);
  const [nouns, args] = places.length > 0
    ? ["secrets", places.join(" ")]
    : ["clusters", `--cluster ${named(results).join(",")}`];
  if (state === "unknown") return `Unknown outcome: ${args}`;
  const which = { "not finished": "unfinished", skipped: "skipped" };
  return `To retry the ${state === undefined ? "failed" : which[state]} ${nouns}: ${args}`;
}

const named = (
  results: readonly Pick<JobResult, "cluster">[],
) => [...new Set(results.map(({ cluster }) => cluster))];
