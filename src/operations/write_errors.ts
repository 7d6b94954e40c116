import { NotAcceptedAnswer } from "./answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";

/** The errors that every write can end with, besides 400 and 409. */
export const WRITE_ERRORS = errors({
  ...CLUSTER_FAILS,
  503: `${CLUSTER_FAILS[503]}; other writes to the same secrets took too long, or the audit log ` +
    "cannot be written",
}, WriteFailed);

/** Of one with a body, which may try what it is to write. */
export const ADD_ERRORS = {
  422: json(
    "The credential is not accepted where it would be used, or the cluster has no Argo CD and " +
      "that is what it would be for; nothing is changed",
    NotAcceptedAnswer,
    Envelope,
  ),
  ...WRITE_ERRORS,
  ...errors({
    400:
      "The body is no JSON object, a field is missing or invalid, a parameter is given, there is " +
      "no such cluster, namespace or service account; nothing is changed",
  }, WriteFailed),
};
