import { seal } from "../log/sealed.ts";
import { OperationError } from "./errors.ts";
import type { Services } from "./operation.ts";

/**
 * Rejects a search by fingerprint if fingerprints of earlier responses cannot match: a value that is not
 * found would seem to be gone.
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
