import type { Verified, VerifyOne } from "./verify_credential.ts";
import type { WriteServices } from "./writer.ts";

/** What an adding use-case gets besides the request. */
export interface AddServices extends WriteServices {
  readonly verifyOne: VerifyOne;
  /** Has what is the same on every cluster of one call done once: to try the credential. */
  readonly once: <Result>(act: () => Promise<Result>) => Promise<Result>;
}

/** The credential was tried and is not accepted, so nothing was written. */
export interface NotAccepted {
  readonly kind: "not_accepted";
  readonly verified: readonly Verified[];
  /** What the user should know about the credential. */
  readonly hints: readonly string[];
}

export interface AddSettings {
  /** `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  readonly dockerLabels: Readonly<Record<string, string>>;
}
