import type { OutputFormat } from "../bind/program_flags.ts";
import { colors } from "../color.ts";
import { print, printError } from "../terminal.ts";
import type { ColumnList, Columns, View } from "../views/view.ts";
import { hasSucceeded, type JobResult, type SucceededJob } from "./job.ts";
import type { Display } from "./display.ts";
import { printable, tableText } from "./table.ts";
import { errorText, notesOf } from "./error_text.ts";
import type { Answer, Backend } from "./backend.ts";

/**
 * Shows the rows of all clusters in one table. After a write to several clusters, only unexpected rows,
 * unless the output is wide.
 * @param showWhole shows answers without a table
 */
export function showTable(
  results: readonly JobResult[],
  display: Display,
  showWhole: (results: readonly JobResult[]) => void,
): void {
  const { view, backend } = display;
  const shown = results.filter((each): each is SucceededJob =>
    hasSucceeded(each) || (view.showsVerified === true && each.answer?.status === 422)
  );
  const { text, isEmpty, isTable } = tableOf(shown, display, colors("stdout").state);
  if (!isTable) return showWhole(shown);
  if (text !== "") {
    print(text);
    if (view.showsFingerprints && backend.passing !== undefined) {
      printError(
        `note: fingerprints can only be compared within this output: ${
          printable(backend.passing)
        }\n`,
      );
    }
  } else if (isEmpty && shown.length > 0 && view.nothing) {
    const clusters = shown.map(({ cluster = "" }) => cluster);
    printError(`${printable(view.nothing(placeIn(backend), clusters))}\n`);
  }
}

/** Where clusters were searched, with its preposition. */
const placeIn = ({ isRemote, place }: Backend) => `${isRemote ? "on" : "in"} ${place}`;

/** The table of answers; its text is empty without rows. */
export function tableOf(
  shown: readonly SucceededJob[],
  { output, view, areSeveral, flags }: Pick<Display, "output" | "view" | "areSeveral" | "flags">,
  paint?: (state: string) => string,
) {
  const isWide = output === "wide";
  const all = shown.flatMap(({ cluster, answer: { body } }) =>
    view.rows(body, flags).map((row) => ({ cluster, row }))
  );
  const usual = view.columns(all.map(({ row }) => row));
  if (Object.keys(usual).length === 0) return { text: "", isTable: false };
  const columns = columnsOf(usual, all.map(({ row }) => row), view, output);
  const isShort = areSeveral && !isWide;
  const rows = all.filter(({ row }) => !(isShort && view.isExpected?.(row)));
  const isNamed = areSeveral && view.namesCluster === true;
  const text = rows.length === 0 ? "" : tableText({
    paint,
    columns: [...isNamed ? ["CLUSTER"] : [], ...columns.map(([heading]) => heading)],
    rows: rows.map(({ cluster, row }) => [
      ...isNamed ? [cluster] : [],
      ...columns.map(([, cell]) => cell(row)),
    ]),
  });
  return { text, isTable: true, isEmpty: all.length === 0 };
}

function columnsOf(
  given: Columns<unknown> | ColumnList<unknown>,
  rows: readonly unknown[],
  view: View,
  output: OutputFormat | undefined,
): ColumnList<unknown> {
  const wide = output !== "wide"
    ? {}
    : typeof view.wide === "function"
    ? view.wide(rows)
    : view.wide ?? {};
  if (isList(given)) return [...given, ...Object.entries(wide)];
  return Object.entries({ ...given, ...wide });
}

const isList = <Row>(columns: Columns<Row> | ColumnList<Row>): columns is ColumnList<Row> =>
  Array.isArray(columns);

/** Formats that show an answer unchanged. */
const WHOLE: readonly (OutputFormat | undefined)[] = ["json", "yaml"];

/** Whether an answer can be shown in this format: an unknown server may send anything. */
export function isReadable(
  answer: Answer,
  { words, view, output }: Pick<Display, "words" | "view" | "output">,
): boolean {
  const { status, body } = answer;
  try {
    if (status >= 300) errorText(answer, words, false);
    else notesOf(answer, words, false);
    if (status < 300 && view.isOk?.(body) === false) view.problem?.(body);
    const isShown = status < 300 || (view.showsVerified && status === 422);
    if (isShown && !WHOLE.includes(output)) {
      const rows = view.rows(body);
      const cells = columnsOf(view.columns(rows), rows, view, output).map(([, cell]) => cell);
      tableText({ columns: [], rows: rows.map((row) => cells.map((cell) => cell(row))) });
      for (const row of rows) view.isExpected?.(row);
      view.notes?.(body);
      if (status < 300) view.counted?.(body);
      view.names?.(body);
    }
    return true;
  } catch {
    return false;
  }
}
