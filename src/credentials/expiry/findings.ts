import { refOf, type StoredSecret } from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { declaredOf, EXPIRES_ANNOTATION } from "../kinds/expires_annotation.ts";

/** Findings about declared expiries that cannot be parsed: whoever declared them expects a warning. */
export function expiryFindings(secrets: readonly StoredSecret[]): readonly Finding[] {
  const wrong = secrets.filter(({ annotations }) =>
    Object.hasOwn(annotations, EXPIRES_ANNOTATION) && declaredOf(annotations) === undefined
  );
  return wrong.map((secret) => ({
    code: "expiry_unreadable",
    message:
      `Annotation ${EXPIRES_ANNOTATION} of secret ${secret.namespace}/${secret.name} is ignored: ` +
      "it is neither a date nor an RFC 3339 time",
    remedy: "Set it to a date like 2027-01-31 or a time with time zone like 2027-01-31T12:00:00Z",
    secrets: [refOf(secret)],
  }));
}
