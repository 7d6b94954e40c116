import type { Column, ColumnOrReason } from "./shapes.ts";

/** The result of one cluster in a multi-cluster response: an entry, or an event of a stream. */
export interface ClusterAnswered {
  readonly cluster: string;
  readonly status_code: number;
  /** A {@link Column}, or the error. */
  readonly answer: object;
  readonly transport?: "kubectl" | "api" | undefined;
  readonly same_server_as?: readonly string[] | undefined;
}

/** Why a cluster could not be read, as a code: `timeout`, `not_begun`. */
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
