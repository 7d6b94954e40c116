import { dump } from "js-yaml";
import { escapedJson, hasHidden } from "../../log/escaped.ts";
import type { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import type { View } from "../views/view.ts";
import { plain, tableText } from "./table.ts";
import { notesOf, type Told, toldOf, type Words } from "./told.ts";
import type { Answer, Input, Way } from "./way.ts";
import type { OutputFormat } from "../bind/program_flags.ts";

/** What was asked of a cluster, and what came of it: an answer or, where there is none, why. */
export interface Asked {
  /** Absent where it is for none, or none was named. */
  readonly cluster: string | undefined;
  /** Without the cluster. */
  readonly input: Input;
  readonly answer?: Answer;
  readonly failure?: Failure;
}

/** How it is shown. */
export interface Showing {
  readonly words: Words;
  readonly view: View;
  readonly way: Way;
  readonly output?: OutputFormat;
  /** Whether nothing was sent, and the answer is the request itself. */
  readonly isChecked: boolean;
  /** Whether there may be several clusters. */
  readonly areSeveral: boolean;
}

/** Tells that a cluster of several has ended, while others may go on. */
export function showEnded(asked: Asked, showing: Showing): void {
  if (isDone(asked)) showNotes(asked, showing);
  // What is wrong with the usage is so for all.
  else if (!told(asked, showing).isUsage) printError(`${asked.cluster}: failed\n`);
}

/** Shows what came of it: results on standard output, everything else on standard error. */
export function show(asked: readonly Asked[], showing: Showing): number {
  const { output = "table", view, isChecked, areSeveral } = showing;
  if (output === "json" || output === "yaml") {
    showWhole(asked, output === "json" ? json : yaml, showing);
  } else if (isChecked) showRequests(asked, output === "name");
  else if (output === "name") print(lines(asked.filter(isDone), view));
  else showTable(asked, showing);
  if (!areSeveral) { for (const each of asked.filter(isDone)) showNotes(each, showing); }
  return exitCode(asked, showFailures(asked, showing), view);
}

/** What is shown as it came. */
const WHOLE: readonly (OutputFormat | undefined)[] = ["json", "yaml"];

/** Whether an answer is such that it can be shown in this way: what a server says may be anything. */
export function isReadable(
  answer: Answer,
  { words, view, output }: Pick<Showing, "words" | "view" | "output">,
): boolean {
  const { status, body } = answer;
  try {
    if (status >= 300) toldOf(answer, words, false);
    else notesOf(answer, words, false);
    if (status < 300) view.isFine?.(body);
    const isShown = status < 300 || (view.showsVerified && status === 422);
    if (isShown && !WHOLE.includes(output)) {
      const rows = view.rows(body);
      const cells = Object.values(view.columns(rows));
      tableText({ columns: [], rows: rows.map((row) => cells.map((cell) => cell(row))) });
      view.notes?.(body);
      view.names?.(body);
    }
    return true;
  } catch {
    return false;
  }
}

/** What succeeded. */
export type Done = Asked & { readonly answer: Answer };

export const isDone = (asked: Asked): asked is Done =>
  asked.answer !== undefined && asked.answer.status < 300;

function showWhole(
  asked: readonly Asked[],
  textOf: (value: unknown) => string,
  { areSeveral, view }: Showing,
): void {
  const whole = !areSeveral
    ? asked[0]?.answer?.body
    : view.merge && asked.every(isDone)
    ? view.merge(asked.map(({ answer }) => answer.body))
    : asked.map(entryOf);
  if (whole !== undefined) print(textOf(whole));
}

/** As the API has it, but for what a terminal would obey. */
const json = (value: unknown) => escapedJson(JSON.stringify(value, null, 2) + "\n");

/** Where a character is to be escaped, as JSON, which is YAML: its plain texts know no escapes. */
function yaml(value: unknown): string {
  const text = dump(value, { lineWidth: -1, noRefs: true });
  return hasHidden(text) ? json(value) : text;
}

/** The answer of one cluster among several. */
function entryOf({ cluster, answer, failure }: Asked) {
  return answer === undefined
    ? { cluster, error: failure!.message }
    : { cluster, status_code: answer.status, answer: answer.body };
}

/** Each name once: of a credential in many namespaces there is one. */
function lines(asked: readonly Done[], view: View): string {
  const names = asked.flatMap(({ answer }) => view.names?.(answer.body) ?? []).map(plain);
  return [...new Set(names)].map((name) => `${name}\n`).join("");
}

function showRequests(asked: readonly Asked[], isName: boolean): void {
  const checked = asked.filter(isDone);
  if (isName) {
    const names = new Set(checked.map(({ input: { name } }) => String(name)));
    print([...names].map((name) => `secret/${plain(name)}\n`).join(""));
    return;
  }
  print(
    checked.map(({ answer: { body: { method, path, body } } }) =>
      `${plain(`${method} ${path}`)}\n${body === undefined ? "" : json(body)}`
    ).join("\n"),
  );
}

function showTable(asked: readonly Asked[], showing: Showing): void {
  const { output, view, way, areSeveral } = showing;
  const shown = asked.filter((each): each is Done =>
    isDone(each) || (view.showsVerified === true && each.answer?.status === 422)
  );
  const isWide = output === "wide";
  const rows = shown.flatMap(({ cluster, answer: { body } }) =>
    view.rows(body).map((row) => ({ cluster, row }))
  );
  const usual = view.columns(rows.map(({ row }) => row));
  if (Object.keys(usual).length === 0) return showWhole(shown, yaml, showing);
  const wide = typeof view.wide === "function" ? view.wide(rows.map(({ row }) => row)) : view.wide;
  const columns = Object.entries({ ...usual, ...isWide ? wide : {} });
  const isNamed = areSeveral && view.namesCluster === true;
  if (rows.length > 0) {
    print(tableText({
      columns: [...isNamed ? ["CLUSTER"] : [], ...columns.map(([heading]) => heading)],
      rows: rows.map(({ cluster, row }) => [
        ...isNamed ? [cluster] : [],
        ...columns.map(([, cell]) => cell(row)),
      ]),
    }));
    if (view.showsFingerprints && way.passing !== undefined) {
      printError(`note: fingerprints compare within this output only: ${plain(way.passing)}\n`);
    }
  } else if (shown.length > 0 && view.nothing) {
    const clusters = shown.map(({ cluster = "" }) => cluster);
    printError(`${plain(view.nothing(way.place, clusters))}\n`);
  }
}

/** What an answer says besides its result; of one of several at least that it is done. */
function showNotes(
  { cluster, answer }: Done,
  { output = "table", view, isChecked, areSeveral, words }: Showing,
): void {
  const where = areSeveral ? `${cluster}: ` : "";
  const said: string[] = [];
  if (isChecked) said.push("Nothing is wrong with it as far as can be told here; it was not sent");
  else {
    const { message } = answer.body;
    const isTable = output === "table" || output === "wide";
    if (isTable && typeof message === "string") said.push(plain(message));
    else if (areSeveral) said.push(plain(view.ended?.(answer.body) ?? "done"));
    if (isTable) said.push(...view.notes?.(answer.body) ?? []);
    // They are in what is printed.
    const isWhole = output === "json" || output === "yaml";
    if (!isWhole) said.push(...notesOf(answer, words, view.showsVerified ?? false));
  }
  for (const line of said) printError(`${where}${line}\n`);
}

function told(
  { answer, failure }: Pick<Asked, "answer" | "failure">,
  { view, words }: Showing,
): Told {
  return answer === undefined
    ? { lines: [failure!.message], isUsage: failure!.exitCode === 2 }
    : toldOf(answer, words, view.showsVerified ?? false);
}

/**
 * Says why, once where the reason is the same for several clusters, and of several where it failed,
 * to be copied.
 * @returns whether all that failed is wrong usage
 */
function showFailures(asked: readonly Asked[], showing: Showing): boolean {
  const { areSeveral } = showing;
  const failed = asked.filter((each) => !isDone(each))
    .map(({ cluster, ...each }) => ({ cluster, ...told(each, showing) }));
  for (const [text, those] of Map.groupBy(failed, ({ lines }) => lines.join("\n"))) {
    const where = areSeveral ? `${those.map(({ cluster }) => cluster).join(", ")}: ` : "";
    printError(`error: ${where}${text}\n`);
  }
  const isUsage = failed.every((each) => each.isUsage);
  if (areSeveral && failed.length > 0 && !isUsage) {
    printError(`failed: --cluster ${failed.map(({ cluster }) => cluster).join(",")}\n`);
  }
  return isUsage;
}

function exitCode(asked: readonly Asked[], isUsage: boolean, { isFine }: View): number {
  const done = asked.filter((each) => isDone(each) && (isFine?.(each.answer.body) ?? true)).length;
  if (done === asked.length) return 0;
  if (done > 0) return 3;
  return isUsage && !asked.some(isDone) ? 2 : 1;
}
