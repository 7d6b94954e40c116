import type { RotationRefusal } from "../fleet/rotation/refusal.ts";
import type { VerifiedPlace } from "../fleet/rotation/shapes.ts";
import { OperationError } from "./errors.ts";

/**
 * The error of a rejected rotation.
 * @param isShown whether the caller may see a rotation
 */
export function rotationRefused(
  refusal: RotationRefusal,
  { maxFailures, isShown }: {
    readonly maxFailures: number;
    readonly isShown: (rotation: string) => boolean;
  },
): OperationError {
  switch (refusal.kind) {
    case "same_value":
      return new OperationError("same_value", {});
    case "fingerprints_unavailable":
      return new OperationError("fingerprints_unavailable", {});
    case "running": {
      const about = isShown(refusal.rotation) ? { rotation: refusal.rotation } : {};
      return new OperationError("rotation_running", about, { body: about });
    }
    case "clusters_not_seen": {
      const { notSeen, isFirst } = refusal;
      const about = { notSeen, isFirst, maxFailures };
      return new OperationError("clusters_not_seen", about, { body: { not_seen: notSeen } });
    }
    case "cannot_hold": {
      const { places } = refusal;
      return new OperationError("cannot_hold", { places }, { body: { places } });
    }
    case "first_not_found": {
      const { clusters } = refusal;
      return new OperationError("first_not_found", { clusters }, { body: { first: clusters } });
    }
    case "refused":
    case "untried":
      return notAccepted(refusal);
  }
}

function notAccepted(
  { kind, tried }: {
    readonly kind: "refused" | "untried";
    readonly tried: readonly VerifiedPlace[];
  },
): OperationError {
  const isRefused = kind === "refused";
  const { at, message: why } = tried.find(({ state, open }) =>
    isRefused ? state === "refused" : state !== "accepted" && !open
  )!;
  const code = isRefused ? "credential_refused" : "credential_untried";
  return new OperationError(code, { at, why, isWrite: true }, { body: { verified: tried } });
}
