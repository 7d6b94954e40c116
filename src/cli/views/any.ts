import type { View } from "./view.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * How an answer is shown that has no view of its own: the first of its lists of objects as a table,
 * whose columns are what these have; one without such a list as YAML.
 */
export const view: View<object, Row> = {
  namesCluster: true,
  columns: (rows) =>
    Object.fromEntries(
      rows.flatMap(Object.keys).map((name) => [name.toUpperCase(), (row) => cell(row[name])]),
    ),
  rows(body) {
    const found = Object.values(body).find((value) =>
      Array.isArray(value) && value.length > 0 && value.every(isObject)
    );
    return found ?? [];
  },
};

const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Of a list its items by commas; of what has parts its JSON. */
function cell(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && !value.some(isObject)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
