import type { SecretManifest, StoredSecret } from "../../kube/store.ts";
import { declaredTime } from "../expiry/expiry.ts";
import { valuesIn } from "../values.ts";

/** Says when what a secret holds ends, as it was declared: a time of RFC 3339, or a date. */
export const EXPIRES_ANNOTATION = "argocd-configurer.io/expires";

type Annotations = Readonly<Record<string, string>>;

/** The annotation of a declared end. @param expires ISO time */
export function expiresAnnotation(expires: string | undefined): Annotations {
  return expires === undefined ? {} : { [EXPIRES_ANNOTATION]: expires };
}

/** What somebody has declared of a secret, in ISO time; what is neither a time nor a date is nothing. */
export function declaredOf(annotations: Annotations): string | undefined {
  return declaredTime(annotations[EXPIRES_ANNOTATION] ?? "");
}

/**
 * The annotations of a secret that gets other data. A declared end was that of the values, so that it goes with
 * them: it stays only while each value that was there is there still. Where others are added and an end is
 * declared for them, the earlier one is that of the secret.
 * @param data that it gets
 * @param expires declared for the new values, in ISO time
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
