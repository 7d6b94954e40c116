import type { StoredSecret } from "../../kube/store.ts";
import { declaredOf } from "../kinds/expires_annotation.ts";
import { endBeside, SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { type CredentialValue, valuesIn } from "../values.ts";
import { earliest, type Expiry } from "./expiry.ts";
import { endIn } from "./in_value.ts";

/** What of a secret tells when its credentials end. */
export type Expiring = Pick<StoredSecret, "labels" | "annotations" | "data">;

/**
 * When one value of a secret ends, by the best that is known.
 * @param issuer what its issuer said, in ISO time
 */
export function expiryOf(
  { labels, annotations, data }: Expiring,
  { key, value }: Pick<CredentialValue, "key" | "value">,
  issuer?: string,
): Expiry | undefined {
  // Of a certificate nobody knows better: what an issuer said is of the login that it is shown with.
  const beside = endBeside(key, data.reveal(), labels[SECRET_TYPE_LABEL]);
  if (beside !== undefined) return { at: beside, source: "value" };
  if (issuer !== undefined) return { at: issuer, source: "issuer" };
  const declared = declaredOf(annotations);
  return endIn(value.reveal()) ??
    (declared === undefined ? undefined : { at: declared, source: "declared" });
}

/**
 * When the first of a secret's values ends. One that holds none that is understood may have a declared end.
 * @param issuerSays of a value, in ISO time
 */
export function expiryIn(
  secret: Expiring & Pick<StoredSecret, "type">,
  issuerSays: (value: CredentialValue) => string | undefined = () => undefined,
): Expiry | undefined {
  const values = valuesIn(secret).map((value) => ({ value, issuer: issuerSays(value) }));
  return expiryOfAll(secret, values);
}

/** The same of values that were looked for already, each with what its issuer said. */
export function expiryOfAll(
  secret: Expiring,
  values: readonly { readonly value: CredentialValue; readonly issuer?: string | undefined }[],
): Expiry | undefined {
  if (values.length > 0) {
    return earliest(values.map(({ value, issuer }) => expiryOf(secret, value, issuer)));
  }
  const at = declaredOf(secret.annotations);
  return at === undefined ? undefined : { at, source: "declared" };
}
