import type { Sealed } from "../log/sealed.ts";
import { valuesIn, type ValuesOf } from "./values.ts";

/**
 * Returns equal fingerprints for equal values, which reveal nothing else about the value; `undefined`
 * when no fingerprint can be made.
 */
export type MakeFingerprint = (value: Sealed<string>) => Promise<string | undefined>;

/**
 * The fingerprints of a secret's credentials, by their places in the secret. A credential has the same
 * fingerprint in every secret, and in the audit log.
 */
export async function fingerprintsIn(
  secret: ValuesOf,
  fingerprint: MakeFingerprint,
): Promise<Record<string, string>> {
  const made = await Promise.all(
    valuesIn(secret).map(async ({ place, value }) => [place, await fingerprint(value)] as const),
  );
  return Object.fromEntries(
    made.flatMap(([place, each]) => each === undefined ? [] : [[place, each] as const]),
  );
}
