import { CLUSTER_ROWS } from "./cluster_rows.ts";
import { ENTRY_ROWS } from "./entry_rows.ts";
import { PLUGIN_ROWS } from "./plugin_rows.ts";
import type { Row } from "./row.ts";
import { USER_ROWS } from "./user_rows.ts";
import { YAML_ROWS } from "./yaml_rows.ts";

/** All rows of the table, by where they are odd. */
export const ROWS: readonly { readonly where: string; readonly row: Row }[] = Object.entries({
  "written down": YAML_ROWS,
  "in its lists": ENTRY_ROWS,
  "in its cluster": CLUSTER_ROWS,
  "in its user": USER_ROWS,
  "in its programs": PLUGIN_ROWS,
}).flatMap(([where, rows]) => rows.map((row) => ({ where, row })));
