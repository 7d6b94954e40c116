import { type Cell, type MatrixRow, MIXED } from "../../fleet/matrix/shapes.ts";

/** Why a cell is unknown whose cluster has not ended yet. */
export const AWAITED = "awaited";

/**
 * A row's cell in a word and by a sign, so that no colour is needed, with what came of trying it where that
 * was done; a `!` tells of a finding.
 */
export function cellText({ cells, findings }: MatrixRow, cluster: string): string {
  const cell = cells[cluster];
  const text = [stateText(cell), ...checkText(cell)].join(" ");
  return findings.some((finding) => finding.cluster === cluster) ? `${text} !` : text;
}

function checkText(cell: Cell | undefined): readonly string[] {
  return cell?.state === "present" && cell.check ? [cell.check.state.replace("_", " ")] : [];
}

function stateText(cell: Cell | undefined): string {
  switch (cell?.state) {
    case "present":
      if (cell.group === undefined) return "+ present";
      return cell.group === MIXED ? "± mixed" : cell.group === "A" ? "= A" : `≠ ${cell.group}`;
    case "absent":
      return cell.reason === undefined ? "- missing" : ". no Argo CD";
    case "unknown":
      return cell.reason === AWAITED ? "… awaited" : `? ${cell.reason.replaceAll("_", " ")}`;
    case undefined:
      return "?";
  }
}
