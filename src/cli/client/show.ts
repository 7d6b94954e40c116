import { dump } from "js-yaml";
import { escapedJson, hasHidden } from "../../log/escaped.ts";
import type { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import type { Name, StreamFields, View } from "../views/view.ts";
import type { Answer } from "./backend.ts";
import type { Display } from "./display.ts";
import { hasSucceeded, isOk, type JobResult, type SucceededJob } from "./job.ts";
import { entryFor } from "./preview.ts";
import { printFailures, printNotes, printNotesOfAll, printSummary } from "./report.ts";
import { showTable } from "./show_table.ts";
import { printable } from "./table.ts";

/**
 * Prints results on standard output, and everything else on standard error.
 * @returns the exit code, apart from that of an interruption
 */
export function show(results: readonly JobResult[], display: Display): number {
  const { output = "table", view, isChecked, areSeveral } = display;
  if (areSeveral && !isChecked && view.whole !== undefined) {
    return showOne(results, { ...display, view: { ...view, whole: view.whole } });
  }
  if (output === "json" || output === "yaml") {
    showWhole(results, output === "json" ? json : yaml, display);
  } else if (isChecked) showRequests(results, output === "name");
  else if (output === "name") print(namesOf(results.filter(hasSucceeded), view, areSeveral));
  else showTable(results, display, (shown) => showWhole(shown, yaml, display));
  printNotes(results, display);
  const isUsage = printFailures(results, display);
  if (areSeveral && !isUsage) printSummary(results, display);
  const code = exitCode(results, isUsage, view);
  const [only] = results;
  if (areSeveral || isChecked || only === undefined || !hasSucceeded(only)) return code;
  return view.exitCode?.(only.answer.body, { ok: 1, failed: 0 }, display.flags) ?? code;
}

/** Shows the one answer about all clusters, and the failures. */
function showOne(
  results: readonly JobResult[],
  display: Display & { readonly view: View & Pick<Required<View>, "whole"> },
): number {
  const { view, atEnd: { fields, cut } = { fields: {} }, flags } = display;
  const { whole, ...one } = view;
  const body = whole(results.map(entryFor), results[0]?.input ?? {}, [], fields);
  // The summary replaces the message.
  const { message: _, ...rest } = body as Answer["body"];
  const isWhole = display.output === "json" || display.output === "yaml";
  const answer = { status: 200, body: isWhole ? body as Answer["body"] : rest };
  show([{ cluster: undefined, input: {}, answer }], {
    ...display,
    view: {
      ...one,
      exitCode: undefined,
      counted: undefined,
      ...view.notesReplaceMessage && { notes: undefined },
    },
    areSeveral: false,
  });
  printFailures(results, display);
  printSummary(results, display);
  const ok = results.filter((each) => isOk(each, view)).length;
  const isPrinted = ok === 0 ||
    results.some(({ failure }) => failure !== undefined && failure === cut);
  const why = isPrinted ? undefined : whyCut(fields, cut);
  if (why !== undefined) printError(`error: ${why}\n`);
  if (view.notesReplaceMessage) printNotesOfAll(body, display);
  const code = view.exitCode?.(body, { ok, failed: results.length - ok }, flags) ??
    exitCode(results, false, view);
  return code === 0 && why !== undefined ? 3 : code;
}

/** Why the operation as a whole has no known result, although some clusters have. */
function whyCut(
  { error, message }: StreamFields,
  cut: Failure | undefined,
): string | undefined {
  return cut?.message ?? (error === true ? printable(String(message)) : undefined);
}

function showWhole(
  results: readonly JobResult[],
  textOf: (value: unknown) => string,
  { areSeveral, view }: Display,
): void {
  const whole = !areSeveral
    ? results[0]?.answer?.body
    : view.merge && results.every(hasSucceeded)
    ? view.merge(results.map(({ answer }) => answer.body))
    : results.map(entryOf);
  if (whole !== undefined) print(textOf(whole));
}

/** As the API has it, with terminal control characters escaped. */
const json = (value: unknown) => escapedJson(JSON.stringify(value, null, 2) + "\n");

/** YAML; with characters to escape, JSON, which is YAML, too, since plain YAML texts have no escapes. */
function yaml(value: unknown): string {
  const text = dump(value, { lineWidth: -1, noRefs: true });
  return hasHidden(text) ? json(value) : text;
}

/** The answer of one of several clusters. */
function entryOf({ cluster, answer, failure, transport, sameServerAs }: JobResult) {
  if (answer === undefined) return { cluster, error: failure!.message };
  return {
    cluster,
    status_code: answer.status,
    answer: answer.body,
    ...transport === undefined ? {} : { transport },
    ...sameServerAs === undefined ? {} : { same_server_as: sameServerAs },
  };
}

/** Each name once: within one cluster a credential has the same name in many namespaces. */
function namesOf(results: readonly SucceededJob[], view: View, areSeveral: boolean): string {
  const names = results.flatMap(({ cluster, answer }) =>
    (view.names?.(answer.body) ?? []).map((name) => nameOf(name, areSeveral ? cluster : undefined))
  );
  return [...new Set(names)].map((name) => `${name}\n`).join("");
}

/** As other commands accept it: `secret/NAME`, or with a cluster `CLUSTER/NAMESPACE/NAME`. */
function nameOf(name: Name, cluster: string | undefined): string {
  if (typeof name === "string") return printable(name);
  return cluster === undefined
    ? printable(`secret/${name.name}`)
    : printable(`${cluster}/${name.namespace}/${name.name}`);
}

function showRequests(results: readonly JobResult[], isName: boolean): void {
  const checked = results.filter(hasSucceeded);
  if (isName) {
    const names = new Set(checked.map(({ input: { name } }) => String(name)));
    print([...names].map((name) => `secret/${printable(name)}\n`).join(""));
    return;
  }
  print(
    checked.map(({ answer: { body: { method, path, body } } }) =>
      `${printable(`${method} ${path}`)}\n${body === undefined ? "" : json(body)}`
    ).join("\n"),
  );
}

function exitCode(results: readonly JobResult[], isUsage: boolean, view: View): number {
  const ok = results.filter((each) => isOk(each, view)).length;
  if (ok === results.length) return 0;
  if (ok > 0) return 3;
  return isUsage && !results.some(hasSucceeded) ? 2 : 1;
}
