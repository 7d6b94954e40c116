import type { Column, ColumnOrReason } from "./shapes.ts";

/** What a fan-out tells of one cluster: the entry of an answer, or an event of a stream. */
export interface ClusterAnswered {
  readonly cluster: string;
  readonly status_code: number;
  /** A {@link Column}, or the error. */
  readonly answer: object;
  readonly transport?: "kubectl" | "api" | undefined;
  readonly same_server_as?: readonly string[] | undefined;
}

/** Why a cluster was not seen, in a word: `timeout`, `not_begun`. */
interface Failed {
  readonly status?: string;
  readonly code?: string;
  readonly message?: string;
}

/** The column of a cluster, or the reason why there is none. */
export function columnOrReason(
  { cluster: name, status_code, answer, transport, same_server_as }: ClusterAnswered,
): ColumnOrReason {
  const about = { name, ...transport && { transport }, ...same_server_as && { same_server_as } };
  if (status_code < 400) return { ...about, column: answer as Column };
  const { status, code = "error", message } = answer as Failed;
  return { ...about, status: status ?? code, ...message !== undefined && { message } };
}
