import { columnOrReason } from "../../fleet/matrix/entry.ts";
import { filtered, type MatrixFilter } from "../../fleet/matrix/filter.ts";
import type { ColumnRead } from "../../fleet/matrix/read_column.ts";
import { matrixOf } from "../../fleet/matrix/rows.ts";
import type { Column } from "../../fleet/matrix/shapes.ts";
import { readFailed, statusWord } from "../cluster_errors.ts";
import type { ClusterEntry } from "../fleet_answers.ts";
import type { Json } from "../reply.ts";
import { summaryOf } from "./fleet.ts";

/** The matrix of all clusters, with the rows that match the filter. */
export function matrixAnswer(entries: readonly ClusterEntry[], filter: MatrixFilter): Json {
  const matrix = matrixOf(entries.map(columnOrReason));
  const { status, body } = summaryOf(entries, matrix.clusters.every(isWholeColumn));
  return { status, body: { ...filtered(matrix, filter), ...body } };
}

/** Whether no part of a cluster that was read is missing. */
export const isWholeColumn = ({ not_seen }: Pick<Column, "not_seen">): boolean =>
  not_seen === undefined;

/** @throws {OperationError} when the cluster could not be read */
export function columnAnswer(read: ColumnRead): Json {
  if (read.kind === "column") return { status: 200, body: read.column };
  const { error, seconds } = read;
  throw readFailed(error, seconds, { body: { status: statusWord(error) } });
}
