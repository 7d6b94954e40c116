import { observe } from "../../observe/observe.ts";
import { StreamCut } from "../ndjson.ts";
import { errorBody, OperationError } from "../../operations/errors.ts";
import { bodyText, JSON_HEADERS } from "../headers.ts";

/**
 * The response for an error that {@link Deno.serve} caught: in the handler or in a response body. Without
 * it, Deno would write the error to standard error and not to the log. A cut stream is already logged with
 * its request.
 */
export function failedAnswer(error: unknown): Response {
  if (!(error instanceof StreamCut)) observe("server.internal_error", { error });
  const bug = new OperationError("internal", {});
  const body = bodyText(errorBody(bug, "seed"));
  return new Response(body, { status: bug.status, headers: JSON_HEADERS });
}
