import type { OutputFormat } from "../bind/program_flags.ts";
import { colors } from "../color.ts";
import { print, printError } from "../terminal.ts";
import type { ColumnList, Columns, View } from "../views/view.ts";
import { type Asked, type Done, isDone } from "./asked.ts";
import type { Showing } from "./showing.ts";
import { plain, tableText } from "./table.ts";
import { notesOf, toldOf } from "./told.ts";
import type { Answer } from "./way.ts";

/**
 * Shows rows of all clusters as one table; where there are several only what is not as wished, of what
 * wrote, unless it is a wide one.
 * @param showWhole for an answer without a table
 */
export function showTable(
  asked: readonly Asked[],
  showing: Showing,
  showWhole: (asked: readonly Asked[]) => void,
): void {
  const { view, way } = showing;
  const shown = asked.filter((each): each is Done =>
    isDone(each) || (view.showsVerified === true && each.answer?.status === 422)
  );
  const { text, isOfNothing, isTable } = tableOf(shown, showing, colors("stdout").state);
  if (!isTable) return showWhole(shown);
  if (text !== "") {
    print(text);
    if (view.showsFingerprints && way.passing !== undefined) {
      printError(`note: fingerprints compare within this output only: ${plain(way.passing)}\n`);
    }
  } else if (isOfNothing && shown.length > 0 && view.nothing) {
    const clusters = shown.map(({ cluster = "" }) => cluster);
    printError(`${plain(view.nothing(way.place, clusters))}\n`);
  }
}

/** The table of answers: of no text where no row is to be shown. */
export function tableOf(
  shown: readonly Done[],
  { output, view, areSeveral, flags }: Pick<Showing, "output" | "view" | "areSeveral" | "flags">,
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
  const rows = all.filter(({ row }) => !(isShort && view.isAsWished?.(row)));
  const isNamed = areSeveral && view.namesCluster === true;
  const text = rows.length === 0 ? "" : tableText({
    paint,
    columns: [...isNamed ? ["CLUSTER"] : [], ...columns.map(([heading]) => heading)],
    rows: rows.map(({ cluster, row }) => [
      ...isNamed ? [cluster] : [],
      ...columns.map(([, cell]) => cell(row)),
    ]),
  });
  return { text, isTable: true, isOfNothing: all.length === 0 };
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
    if (status < 300 && view.isFine?.(body) === false) view.ended?.(body);
    const isShown = status < 300 || (view.showsVerified && status === 422);
    if (isShown && !WHOLE.includes(output)) {
      const rows = view.rows(body);
      const cells = columnsOf(view.columns(rows), rows, view, output).map(([, cell]) => cell);
      tableText({ columns: [], rows: rows.map((row) => cells.map((cell) => cell(row))) });
      for (const row of rows) view.isAsWished?.(row);
      view.notes?.(body);
      if (status < 300) view.counted?.(body);
      view.names?.(body);
    }
    return true;
  } catch {
    return false;
  }
}
