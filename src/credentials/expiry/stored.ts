import type { StoredSecret } from "../../kube/store.ts";
import { declaredOf } from "../kinds/expires_annotation.ts";
import { endBeside, SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { type CredentialValue, valuesIn } from "../values.ts";
import { earliest, type Expiry } from "./expiry.ts";
import { endIn } from "./in_value.ts";

/** The parts of a secret that tell when its credentials expire. */
export type Expiring = Pick<StoredSecret, "labels" | "annotations" | "data">;

/**
 * When one value of a secret expires, by the most reliable source.
 * @param issuer the ISO time that the issuer reported
 */
export function expiryOf(
  { labels, annotations, data }: Expiring,
  { key, value }: Pick<CredentialValue, "key" | "value">,
  issuer?: string,
): Expiry | undefined {
  // A certificate's own expiry comes first: the issuer's answer is about the login that is sent with it.
  const beside = endBeside(key, data.reveal(), labels[SECRET_TYPE_LABEL]);
  if (beside !== undefined) return { at: beside, source: "value" };
  if (issuer !== undefined) return { at: issuer, source: "issuer" };
  const declared = declaredOf(annotations);
  return endIn(value.reveal()) ??
    (declared === undefined ? undefined : { at: declared, source: "declared" });
}

/**
 * When the first value of a secret expires. A secret without a known value may have a declared expiry.
 * @param issuerSays returns the ISO time that the issuer of a value reported
 */
export function expiryIn(
  secret: Expiring & Pick<StoredSecret, "type">,
  issuerSays: (value: CredentialValue) => string | undefined = () => undefined,
): Expiry | undefined {
  const values = valuesIn(secret).map((value) => ({ value, issuer: issuerSays(value) }));
  return expiryOfAll(secret, values);
}

/** Like {@link expiryIn}, for values that were found already, each with the expiry that its issuer reported. */
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
