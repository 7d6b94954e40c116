import { CLUSTER_ROWS } from "./cluster_rows.ts";
import { ENTRY_ROWS } from "./entry_rows.ts";
import { PLUGIN_ROWS } from "./plugin_rows.ts";
import type { Row } from "./row.ts";
import { USER_ROWS } from "./user_rows.ts";
import { YAML_ROWS } from "./yaml_rows.ts";

/** All rows of the table, by the part of the kubeconfig that is unusual. */
export const ROWS: readonly { readonly where: string; readonly row: Row }[] = Object.entries({
  "YAML": YAML_ROWS,
  "lists": ENTRY_ROWS,
  "cluster": CLUSTER_ROWS,
  "user": USER_ROWS,
  "plugins": PLUGIN_ROWS,
}).flatMap(([where, rows]) => rows.map((row) => ({ where, row })));
