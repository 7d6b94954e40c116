import { refOf, type StoredSecret } from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { declaredOf, EXPIRES_ANNOTATION } from "../kinds/expires_annotation.ts";

/** Declared expiries that nobody can read: who wrote them relies on being warned. */
export function expiryFindings(secrets: readonly StoredSecret[]): readonly Finding[] {
  const wrong = secrets.filter(({ annotations }) =>
    Object.hasOwn(annotations, EXPIRES_ANNOTATION) && declaredOf(annotations) === undefined
  );
  return wrong.map((secret) => ({
    code: "expiry_unreadable",
    message:
      `The annotation ${EXPIRES_ANNOTATION} of secret ${secret.namespace}/${secret.name} is neither a ` +
      "date nor a time, so that no expiry is known from it",
    remedy: `Set it to a date like 2027-01-31, or a time with its zone like 2027-01-31T12:00:00Z`,
    secrets: [refOf(secret)],
  }));
}
