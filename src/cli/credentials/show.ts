import { dump } from "js-yaml";
import type { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import type { Fields } from "./flag_words.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { ApiAnswer, ApiRequest } from "./request.ts";
import { plain, type Table, tableText } from "./table.ts";
import { notesOf, toldOf } from "./told.ts";

/** A request and what came of it: an answer or, where there is none, why. */
export interface Asked {
  /** Absent where it is for none, or none was named. */
  readonly cluster: string | undefined;
  readonly request: ApiRequest;
  readonly answer?: ApiAnswer;
  readonly failure?: Failure;
}

/** How the answers of one command are shown. */
export interface View {
  readonly fields: Fields;
  /** Columns; the wide ones are shown with `-o wide`. */
  readonly columns: readonly string[];
  readonly wideColumns: readonly string[];
  /** Cells of all columns, line by line. */
  rows(answer: ApiAnswer): (string | undefined)[][];
  /** Lines for `-o name`. */
  names(answer: ApiAnswer): string[];
  /** Whether it shows what came of trying a credential, also where that is refused. */
  readonly showsVerified?: true;
  /** Said when there is nothing to show. */
  nothing?(place: string): string;
}

interface ShowOptions {
  readonly flags: ProgramFlags;
  /** Whether nothing was sent, and the answer is the request itself. */
  readonly isChecked: boolean;
  readonly place: string;
}

/** Shows what came of it: results on standard output, everything else on standard error. */
export function show(asked: readonly Asked[], view: View, options: ShowOptions): number {
  const { output = "table" } = options.flags;
  if (output === "json") print(asked.length === 1 ? jsonOf(asked[0]!) : json(asked.map(entryOf)));
  else if (output === "yaml") {
    const one = asked[0]!.answer?.body;
    if (asked.length > 1) print(yaml(asked.map(entryOf)));
    else if (one !== undefined) print(yaml(one));
  } else if (options.isChecked) showRequests(asked, output === "name");
  else if (output === "name") print(lines(asked.filter(isDone), view.names));
  else showTable(asked, view, output === "wide", options.place);
  for (const each of asked) if (isDone(each)) showNotes(each, asked.length > 1, view, options);
  return exitCode(asked, showFailures(asked, view));
}

const isDone = (asked: Asked): asked is Asked & { answer: ApiAnswer } =>
  asked.answer !== undefined && asked.answer.status < 300;

/** The API's own text. */
const jsonOf = ({ answer }: Asked) => answer?.text ?? "";

const json = (value: unknown) => JSON.stringify(value, null, 2) + "\n";
const yaml = (value: unknown) => dump(value, { lineWidth: -1, noRefs: true });

/** The answer of one cluster among several. */
function entryOf({ cluster, answer, failure }: Asked) {
  return answer === undefined
    ? { cluster, error: failure!.message }
    : { cluster, status_code: answer.status, answer: answer.body };
}

/** Each name once: of a credential in many namespaces there is one. */
function lines(
  asked: readonly { readonly answer: ApiAnswer }[],
  namesIn: View["names"],
): string {
  const names = asked.flatMap(({ answer }) => namesIn(answer)).map(plain);
  return [...new Set(names)].map((name) => `${name}\n`).join("");
}

function showRequests(asked: readonly Asked[], isName: boolean): void {
  const checked = asked.filter(isDone);
  if (isName) {
    const names = checked.map(({ request: { body, query } }) => body?.name ?? query?.name);
    print([...new Set(names)].map((name) => `secret/${name}\n`).join(""));
    return;
  }
  print(
    checked.map(({ answer: { body: { method, path, body } } }) =>
      `${method} ${path}\n${body === undefined ? "" : json(body)}`
    ).join("\n"),
  );
}

function showTable(asked: readonly Asked[], view: View, isWide: boolean, place: string): void {
  const shown = asked.flatMap(({ answer }) =>
    answer && (answer.status < 300 || (view.showsVerified && answer.status === 422)) ? [answer] : []
  );
  const { columns, wideColumns } = view;
  const rows = shown.flatMap((answer) => view.rows(answer));
  if (rows.length === 0) {
    if (shown.length > 0 && view.nothing) printError(`${plain(view.nothing(place))}\n`);
    return;
  }
  const table: Table = isWide
    ? { columns: [...columns, ...wideColumns], rows }
    : { columns, rows: rows.map((row) => row.slice(0, columns.length)) };
  print(tableText(table));
}

function showNotes(
  { cluster, answer }: Asked & { answer: ApiAnswer },
  isOfSeveral: boolean,
  view: View,
  { flags: { output }, isChecked }: ShowOptions,
): void {
  const where = isOfSeveral ? `${cluster}: ` : "";
  if (isChecked) {
    printError(`${where}Nothing is wrong with it as far as can be told here; it was not sent\n`);
    return;
  }
  // They are in what is printed.
  if (output === "json" || output === "yaml") return;
  const { message } = answer.body;
  const done = typeof message === "string" && output !== "name" ? [plain(message)] : [];
  for (const line of [...done, ...notesOf(answer, view.showsVerified ?? false)]) {
    printError(`${where}${line}\n`);
  }
}

/**
 * Says why, once where the reason is the same for several clusters.
 * @returns whether all that failed is wrong usage
 */
function showFailures(asked: readonly Asked[], view: View): boolean {
  let isUsage = true;
  const byText = new Map<string, (string | undefined)[]>();
  for (const each of asked) {
    if (isDone(each)) continue;
    const told = each.answer === undefined
      ? { lines: [each.failure!.message], isUsage: each.failure!.exitCode === 2 }
      : toldOf(each.answer, view.fields, view.showsVerified ?? false);
    isUsage &&= told.isUsage;
    const text = told.lines.join("\n");
    byText.set(text, [...byText.get(text) ?? [], each.cluster]);
  }
  for (const [text, clusters] of byText) {
    const where = asked.length > 1 ? `${clusters.join(", ")}: ` : "";
    printError(`error: ${where}${text}\n`);
  }
  return isUsage;
}

function exitCode(asked: readonly Asked[], isUsage: boolean): number {
  const done = asked.filter(isDone).length;
  if (done === asked.length) return 0;
  if (done > 0) return 3;
  return isUsage ? 2 : 1;
}
