import { observe } from "../../observe/observe.ts";
import type { ClusterFailed } from "../../operations/cluster_kinds.ts";
import { errorReply, OperationError } from "../../operations/errors.ts";
import type { Reply } from "../../operations/reply.ts";
import type { Answer } from "./backend.ts";

/** Answers of operations that run in this process. */

export function answerOf(reply: Reply): Answer {
  if (reply.kind === "stream" || reply.kind === "static") {
    throw new Error(`A reply of kind ${reply.kind} cannot be shown`);
  }
  const { status, body } = reply;
  return { status, body: body as Answer["body"] };
}

/** The answer for what an operation throws. The details of a bug are in the log alone. */
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

/** Only one process can write an audit log. */
const ADVICE =
  "The audit log is in use by a running server. Give its URL with --server, so that the " +
  "server does the work and records it";
