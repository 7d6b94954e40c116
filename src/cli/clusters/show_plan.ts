import type { PlannedContext } from "../../clusters/import/plan.ts";
import { tableText } from "../client/table.ts";

/** The plan of an import as a table. */
export function planText(planned: readonly PlannedContext[]): string {
  return tableText({
    columns: ["CONTEXT", "CLUSTER", "SERVER", "ACTION"],
    rows: planned.map((each) => [each.context, each.cluster, each.server, shown(each)]),
  });
}

function shown({ action, insteadOf, sameServerAs }: PlannedContext): string {
  if (action.kind === "skipped") return `skipped: ${action.why}`;
  if (action.kind === "same") return `none: same cluster and user as context ${action.as}`;
  const notes = [
    ...insteadOf === undefined ? [] : [`several contexts would be named '${insteadOf}'`],
    ...sameServerAs === undefined ? [] : [`same server as ${sameServerAs}`],
  ];
  return action.kind + (notes.length === 0 ? "" : ` (${notes.join("; ")})`);
}
