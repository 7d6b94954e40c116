import { stateWord } from "../client/verify_lines.ts";
import { type Cell, type MatrixRow, MIXED } from "../../fleet/matrix/shapes.ts";

/** The reason of an unknown cell whose cluster has not finished. */
export const AWAITED = "awaited";

/**
 * A cell as a sign and a word, so that no color is needed, with the result of a check if there is one. A `!`
 * marks a finding.
 */
export function cellText({ cells, findings }: MatrixRow, cluster: string): string {
  const cell = cells[cluster];
  const text = [stateText(cell), ...checkText(cell)].join(" ");
  return findings.some((finding) => finding.cluster === cluster) ? `${text} !` : text;
}

function checkText(cell: Cell | undefined): readonly string[] {
  return cell?.state === "present" && cell.check ? [stateWord(cell.check.state)] : [];
}

function stateText(cell: Cell | undefined): string {
  switch (cell?.state) {
    case "present":
      if (cell.group === undefined) return "+ present";
      return cell.group === MIXED ? "± mixed" : cell.group === "A" ? "= A" : `≠ ${cell.group}`;
    case "absent":
      return cell.reason === undefined ? "- missing" : ". no Argo CD";
    case "unknown":
      return cell.reason === AWAITED ? "… pending" : `? ${cell.reason.replaceAll("_", " ")}`;
    case undefined:
      return "?";
  }
}
