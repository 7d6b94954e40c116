import { observe } from "../../observe/observe.ts";
import type { ClusterFailed } from "../../operations/cluster_kinds.ts";
import { errorReply, OperationError } from "../../operations/errors.ts";
import type { Reply } from "../../operations/reply.ts";
import type { Answer } from "./way.ts";

/** Answers of operations that this process carries out itself. */

export function answerOf(reply: Reply): Answer {
  if (reply.kind === "stream" || reply.kind === "static") {
    throw new Error(`A reply of kind ${reply.kind} cannot be shown`);
  }
  const { status, body } = reply;
  return { status, body: body as Answer["body"] };
}

/** To what an operation ended with; of a bug the log alone tells more. */
export function answerTo(thrown: unknown, requestId: string, method: string): Answer {
  const isBug = !(thrown instanceof OperationError);
  if (isBug) observe("command.internal_error", { id: requestId, error: thrown });
  const error = isBug
    ? new OperationError("internal", {}, { body: { request_id: requestId } })
    : thrown;
  const answer = answerOf(errorReply(error, "v1", method));
  const isHeld = error.code === "not_recorded" && (error.details as ClusterFailed).isHeld;
  return isHeld ? { ...answer, advice: ADVICE } : answer;
}

/** Only one process may write an audit log. */
const ADVICE = "a running server holds the audit log: give --server with that server's URL, so " +
  "that it writes and records this";
