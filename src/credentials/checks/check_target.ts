import type { Verifiable } from "../../verify/verdict.ts";
import type { CredentialValue } from "../values.ts";

/** Where and how a stored value is checked; or why it cannot be, as a clause without a period. */
export type CheckTarget =
  & {
    /** For display: a registry's host, a URL, or the name of the secret. */
    readonly at: string;
  }
  & (
    | {
      readonly what: Verifiable;
      /** Whether the value is sent to the server, or to the proxy in front of it. */
      readonly by: "login" | "proxy";
    }
    | { readonly notTried: string }
  );

/** One credential of a stored secret, and where it is checked. */
export type ValueToCheck = CredentialValue & CheckTarget;
