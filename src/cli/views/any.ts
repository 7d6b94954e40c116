import type { View } from "./view.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * Shows an answer without a view of its own: its first list of objects as a table, with a column per field;
 * without such a list, as YAML.
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

/** A list comma-separated; an object as JSON. */
function cell(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && !value.some(isObject)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
