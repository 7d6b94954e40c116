import type { Sealed } from "../log/sealed.ts";
import { valuesIn, type ValuesOf } from "./values.ts";

/** Tells whether two values are the same, and nothing else of them; `undefined` when it cannot. */
export type MakeFingerprint = (value: Sealed<string>) => Promise<string | undefined>;

/**
 * The fingerprints of the credentials in a secret, by their places in it. A credential has the same one
 * in every secret, and in the audit log.
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
