import { NotAcceptedAnswer } from "./write_answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";

/** The errors of every write, besides 400 and 409. */
export const WRITE_ERRORS = errors({
  ...CLUSTER_FAILS,
  503: `${CLUSTER_FAILS[503]}; other writes to the same secrets took too long, or the audit log ` +
    "cannot be written",
}, WriteFailed);

/** The errors of a write with a body, which may verify the credential first. */
export const ADD_ERRORS = {
  422: json(
    "The credential is refused where it would be used, or the cluster has no Argo CD and the request needs " +
      "it; nothing is changed",
    NotAcceptedAnswer,
    Envelope,
  ),
  ...WRITE_ERRORS,
  ...errors({
    400:
      "The body is not a JSON object, a field is missing or invalid, a parameter is sent, or a cluster, " +
      "namespace or service account does not exist; nothing is changed",
  }, WriteFailed),
};
