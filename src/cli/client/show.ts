import { dump } from "js-yaml";
import { escapedJson, hasHidden } from "../../log/escaped.ts";
import type { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import type { Name, ToldOfAll, View } from "../views/view.ts";
import { type Asked, type Done, isDone, isFine } from "./asked.ts";
import { entryFor } from "./preview.ts";
import { sayFailures, sayNotes, sayNotesOfAll, saySummary } from "./said.ts";
import type { Showing } from "./showing.ts";
import { showTable } from "./show_table.ts";
import { plain } from "./table.ts";
import type { Answer } from "./way.ts";

/**
 * Shows what came of it: results on standard output, everything else on standard error.
 * @returns the exit code of what was not interrupted
 */
export function show(asked: readonly Asked[], showing: Showing): number {
  const { output = "table", view, isChecked, areSeveral } = showing;
  if (areSeveral && !isChecked && view.whole !== undefined) {
    return showOne(asked, { ...showing, view: { ...view, whole: view.whole } });
  }
  if (output === "json" || output === "yaml") {
    showWhole(asked, output === "json" ? json : yaml, showing);
  } else if (isChecked) showRequests(asked, output === "name");
  else if (output === "name") print(namesOf(asked.filter(isDone), view, areSeveral));
  else showTable(asked, showing, (shown) => showWhole(shown, yaml, showing));
  sayNotes(asked, showing);
  const isUsage = sayFailures(asked, showing);
  if (areSeveral && !isUsage) saySummary(asked, showing);
  const code = exitCode(asked, isUsage, view);
  const [only] = asked;
  if (areSeveral || isChecked || only === undefined || !isDone(only)) return code;
  return view.exitCode?.(only.answer.body, { ok: 1, failed: 0 }, showing.flags) ?? code;
}

/** Shows the one answer that is made of those of all clusters, and what failed. */
function showOne(
  asked: readonly Asked[],
  showing: Showing & { readonly view: View & Pick<Required<View>, "whole"> },
): number {
  const { view, atEnd: { told, cut } = { told: {} }, flags } = showing;
  const { whole, ...one } = view;
  const body = whole(asked.map(entryFor), asked[0]?.input ?? {}, [], told);
  // What came of each is told below.
  const { message: _, ...rest } = body as Answer["body"];
  const isWhole = showing.output === "json" || showing.output === "yaml";
  const answer = { status: 200, body: isWhole ? body as Answer["body"] : rest };
  show([{ cluster: undefined, input: {}, answer }], {
    ...showing,
    view: {
      ...one,
      exitCode: undefined,
      counted: undefined,
      ...view.notesTellAll && { notes: undefined },
    },
    areSeveral: false,
  });
  sayFailures(asked, showing);
  saySummary(asked, showing);
  const ok = asked.filter((each) => isFine(each, view)).length;
  const isTold = ok === 0 || asked.some(({ failure }) => failure !== undefined && failure === cut);
  const why = isTold ? undefined : whyNotEnded(told, cut);
  if (why !== undefined) printError(`error: ${why}\n`);
  if (view.notesTellAll) sayNotesOfAll(body, showing);
  const seen = { ok, failed: asked.length - ok };
  const code = view.exitCode?.(body, seen, flags) ?? exitCode(asked, false, view);
  return code === 0 && why !== undefined ? 3 : code;
}

/** Why it is not known how it ended, of what some clusters have done. */
function whyNotEnded(
  { error, message }: ToldOfAll,
  cut: Failure | undefined,
): string | undefined {
  return cut?.message ?? (error === true ? plain(String(message)) : undefined);
}

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
function entryOf({ cluster, answer, failure, transport, sameServerAs }: Asked) {
  if (answer === undefined) return { cluster, error: failure!.message };
  return {
    cluster,
    status_code: answer.status,
    answer: answer.body,
    ...transport === undefined ? {} : { transport },
    ...sameServerAs === undefined ? {} : { same_server_as: sameServerAs },
  };
}

/** Each once: of one cluster a credential in many namespaces has one name. */
function namesOf(asked: readonly Done[], view: View, areSeveral: boolean): string {
  const names = asked.flatMap(({ cluster, answer }) =>
    (view.names?.(answer.body) ?? []).map((name) => nameOf(name, areSeveral ? cluster : undefined))
  );
  return [...new Set(names)].map((name) => `${name}\n`).join("");
}

/** As it may be given as an argument: `secret/NAME`, or with a cluster `CLUSTER/NAMESPACE/NAME`. */
function nameOf(name: Name, cluster: string | undefined): string {
  if (typeof name === "string") return plain(name);
  return cluster === undefined
    ? plain(`secret/${name.name}`)
    : plain(`${cluster}/${name.namespace}/${name.name}`);
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

function exitCode(asked: readonly Asked[], isUsage: boolean, view: View): number {
  const done = asked.filter((each) => isFine(each, view)).length;
  if (done === asked.length) return 0;
  if (done > 0) return 3;
  return isUsage && !asked.some(isDone) ? 2 : 1;
}
