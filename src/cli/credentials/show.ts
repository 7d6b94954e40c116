import { dump } from "js-yaml";
import { escapedJson, hasHidden } from "../../log/escaped.ts";
import type { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import type { Fields } from "./flag_words.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { Api, ApiAnswer, ApiRequest } from "./request.ts";
import { plain, tableText } from "./table.ts";
import { notesOf, type Told, toldOf } from "./told.ts";

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
  /** Whether one more column tells the cluster where there are several. */
  readonly namesCluster?: true;
  /** Cells of all columns, line by line. */
  rows(answer: ApiAnswer): (string | undefined)[][];
  /** Lines for `-o name`. */
  names(answer: ApiAnswer): string[];
  /** Whether it shows what came of trying a credential, also where that is refused. */
  readonly showsVerified?: true;
  /** Whether it shows fingerprints. */
  readonly showsFingerprints?: true;
  /** What is said beside a table. */
  notes?(answer: ApiAnswer): readonly string[];
  /** Said when there is nothing to show. */
  nothing?(place: string, clusters: readonly string[]): string;
}

export interface ShowOptions {
  readonly flags: Pick<ProgramFlags, "output">;
  /** Whether nothing was sent, and the answer is the request itself. */
  readonly isChecked: boolean;
  /** Whether there may be several clusters. */
  readonly areSeveral: boolean;
  readonly api: Pick<Api, "place" | "passing">;
}

/** Tells that a cluster of several has ended, while others may go on. */
export function showEnded(asked: Asked, view: View, options: ShowOptions): void {
  if (isDone(asked)) showNotes(asked, view, options);
  // What is wrong with the usage is so for all.
  else if (!told(asked, view).isUsage) printError(`${asked.cluster}: failed\n`);
}

/** Shows what came of it: results on standard output, everything else on standard error. */
export function show(asked: readonly Asked[], view: View, options: ShowOptions): number {
  const { flags: { output = "table" }, areSeveral } = options;
  if (output === "json") print(areSeveral ? json(asked.map(entryOf)) : jsonOf(asked[0]!));
  else if (output === "yaml") {
    const one = asked[0]!.answer?.body;
    if (areSeveral) print(yaml(asked.map(entryOf)));
    else if (one !== undefined) print(yaml(one));
  } else if (options.isChecked) showRequests(asked, output === "name");
  else if (output === "name") print(lines(asked.filter(isDone), view.names));
  else showTable(asked, view, options);
  if (!areSeveral) { for (const each of asked.filter(isDone)) showNotes(each, view, options); }
  return exitCode(asked, showFailures(asked, view, areSeveral));
}

const isDone = (asked: Asked): asked is Asked & { answer: ApiAnswer } =>
  asked.answer !== undefined && asked.answer.status < 300;

/** The API's own text, but for what a terminal would obey. */
const jsonOf = ({ answer }: Asked) => escapedJson(answer?.text ?? "");

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
    print([...new Set(names)].map((name) => `secret/${plain(String(name))}\n`).join(""));
    return;
  }
  print(
    checked.map(({ answer: { body: { method, path, body } } }) =>
      `${plain(`${method} ${path}`)}\n${body === undefined ? "" : json(body)}`
    ).join("\n"),
  );
}

function showTable(asked: readonly Asked[], view: View, options: ShowOptions): void {
  const shown = asked.filter((each): each is Asked & { answer: ApiAnswer } =>
    isDone(each) || (view.showsVerified === true && each.answer?.status === 422)
  );
  const isWide = options.flags.output === "wide";
  const columns = isWide ? [...view.columns, ...view.wideColumns] : view.columns;
  const isNamed = options.areSeveral && view.namesCluster === true;
  const rows = shown.flatMap(({ answer, cluster }) =>
    view.rows(answer).map((cells) => [
      ...(isNamed ? [cluster] : []),
      ...cells.slice(0, columns.length),
    ])
  );
  const { place, passing } = options.api;
  if (rows.length > 0) {
    print(tableText({ columns: [...(isNamed ? ["CLUSTER"] : []), ...columns], rows }));
    if (view.showsFingerprints && passing !== undefined) {
      printError(`note: fingerprints compare within this output only: ${plain(passing)}\n`);
    }
  } else if (shown.length > 0 && view.nothing) {
    const clusters = shown.map(({ cluster = "" }) => cluster);
    printError(`${plain(view.nothing(place, clusters))}\n`);
  }
}

/** What an answer says besides its result; of one of several at least that it is done. */
function showNotes(
  { cluster, answer }: Asked & { answer: ApiAnswer },
  view: View,
  { flags: { output = "table" }, isChecked, areSeveral }: ShowOptions,
): void {
  const where = areSeveral ? `${cluster}: ` : "";
  const said: string[] = [];
  if (isChecked) said.push("Nothing is wrong with it as far as can be told here; it was not sent");
  else {
    const { message } = answer.body;
    const isTable = output === "table" || output === "wide";
    if (isTable && typeof message === "string") said.push(plain(message));
    else if (areSeveral) said.push("done");
    if (isTable) said.push(...view.notes?.(answer) ?? []);
    // They are in what is printed.
    const isWhole = output === "json" || output === "yaml";
    if (!isWhole) said.push(...notesOf(answer, view.showsVerified ?? false));
  }
  for (const line of said) printError(`${where}${line}\n`);
}

function told({ answer, failure }: Asked, view: View): Told {
  return answer === undefined
    ? { lines: [failure!.message], isUsage: failure!.exitCode === 2 }
    : toldOf(answer, view.fields, view.showsVerified ?? false);
}

/**
 * Says why, once where the reason is the same for several clusters, and of several where it failed,
 * to be copied.
 * @returns whether all that failed is wrong usage
 */
function showFailures(asked: readonly Asked[], view: View, areSeveral: boolean): boolean {
  const failed = asked.filter((each) => !isDone(each));
  let isUsage = true;
  const byText = new Map<string, (string | undefined)[]>();
  for (const each of failed) {
    const why = told(each, view);
    isUsage &&= why.isUsage;
    const text = why.lines.join("\n");
    byText.set(text, [...byText.get(text) ?? [], each.cluster]);
  }
  for (const [text, clusters] of byText) {
    printError(`error: ${areSeveral ? `${clusters.join(", ")}: ` : ""}${text}\n`);
  }
  if (areSeveral && failed.length > 0 && !isUsage) {
    printError(`failed: --cluster ${failed.map(({ cluster }) => cluster).join(",")}\n`);
  }
  return isUsage;
}

function exitCode(asked: readonly Asked[], isUsage: boolean): number {
  const done = asked.filter(isDone).length;
  if (done === asked.length) return 0;
  if (done > 0) return 3;
  return isUsage ? 2 : 1;
}
