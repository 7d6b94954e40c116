import { seal } from "../log/sealed.ts";
import { OperationError } from "./errors.ts";
import type { Services } from "./operation.ts";

/**
 * Refuses to look for a fingerprint where none that somebody knows can be found: what is not found would be
 * taken for gone.
 * @throws {OperationError} `fingerprints_unavailable`
 */
export async function assertFingerprintsMatch(
  { fingerprint, fingerprintsEnd, fingerprintsAreNew }: Pick<
    Services,
    "fingerprint" | "fingerprintsEnd" | "fingerprintsAreNew"
  >,
): Promise<void> {
  if (fingerprintsAreNew) {
    throw new OperationError("fingerprints_unavailable", { why: fingerprintsEnd });
  }
  if (await fingerprint(seal("a value")) === undefined) {
    throw new OperationError("fingerprints_unavailable", {});
  }
}
