import type { VerificationResult, VerifyOne } from "./verify_credential.ts";
import type { WriteServices } from "./writer.ts";

/** Dependencies of the use-cases that add a credential. */
export interface AddServices extends WriteServices {
  readonly verifyOne: VerifyOne;
  /**
   * Runs `act` once per call, though the call may write to many clusters, and shares the result. Used
   * to verify the credential, which is the same on every cluster.
   */
  readonly once: <Result>(act: () => Promise<Result>) => Promise<Result>;
}

/** The credential was verified and not accepted, so nothing was written. */
export interface NotAccepted {
  readonly kind: "not_accepted";
  readonly verified: readonly VerificationResult[];
  /** Hints about the credential. */
  readonly hints: readonly string[];
}

export interface AddSettings {
  /** `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  readonly dockerLabels: Readonly<Record<string, string>>;
}
