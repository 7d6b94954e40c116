import type { SecretManifest, StoredSecret } from "../../kube/store.ts";
import { declaredTime } from "../expiry/expiry.ts";
import { valuesIn } from "../values.ts";

/** The declared expiry of a secret's credentials: an RFC 3339 time, or a date. */
export const EXPIRES_ANNOTATION = "argocd-configurer.io/expires";

type Annotations = Readonly<Record<string, string>>;

/** The annotation for a declared expiry. @param expires in ISO 8601 */
export function expiresAnnotation(expires: string | undefined): Annotations {
  return expires === undefined ? {} : { [EXPIRES_ANNOTATION]: expires };
}

/** The declared expiry of a secret, in ISO 8601; `undefined` when it is neither a time nor a date. */
export function declaredOf(annotations: Annotations): string | undefined {
  return declaredTime(annotations[EXPIRES_ANNOTATION] ?? "");
}

/**
 * The annotations of a secret that gets new data. A declared expiry belongs to the old values, so it is
 * kept only while all of them are kept. When values with a declared expiry are added to them, the earlier
 * expiry counts.
 * @param data the new data
 * @param expires declared for the new values, in ISO 8601
 */
export function expiresAnnotations(
  current: Pick<StoredSecret, "type" | "labels" | "annotations" | "data">,
  { type, labels, data }: Pick<SecretManifest, "type" | "labels" | "data">,
  expires: string | undefined,
): Record<string, string> {
  const { [EXPIRES_ANNOTATION]: old, ...others } = current.annotations;
  if (old === undefined) return { ...others, ...expiresAnnotation(expires) };
  const [before, after] = [current, { type, labels, data }].map((each) =>
    new Set(valuesIn(each).map(({ value }) => value.reveal()))
  );
  const isKept = before!.isSubsetOf(after!);
  if (expires === undefined) return isKept ? { ...others, [EXPIRES_ANNOTATION]: old } : others;
  const isAdded = isKept && after!.size > before!.size;
  const earlier = [declaredTime(old), expires].filter((each) => each !== undefined).sort()[0];
  return { ...others, ...expiresAnnotation(isAdded ? earlier : expires) };
}
