import { observe } from "../../observe/observe.ts";
import { StreamCut } from "../ndjson.ts";
import { errorBody, OperationError } from "../../operations/errors.ts";
import { bodyText, JSON_HEADERS } from "../headers.ts";

/**
 * What {@link Deno.serve} asks for when no answer was made, or when the body of one has failed; by
 * itself it would write the error to standard error, past the log. Of a stream that was cut the line
 * of its request tells.
 */
export function failedAnswer(error: unknown): Response {
  if (!(error instanceof StreamCut)) observe("server.internal_error", { error });
  const bug = new OperationError("internal", {});
  const body = bodyText(errorBody(bug, "seed"));
  return new Response(body, { status: bug.status, headers: JSON_HEADERS });
}
