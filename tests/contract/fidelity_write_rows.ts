import { createRows } from "./fidelity_create_rows.ts";
import { deleteRows } from "./fidelity_delete_rows.ts";
import { replaceRows } from "./fidelity_replace_rows.ts";
import type { Row } from "./fidelity_rows.ts";

export const writeRows: readonly Row[] = [...createRows, ...replaceRows, ...deleteRows];
