import type { Verifiable } from "../../verify/verdict.ts";
import type { CredentialValue } from "../values.ts";

/** Where and how a stored value would be tried; or why it cannot be, in one sentence without a period. */
export type Where =
  & {
    /** For showing: a registry's host, a URL, or what the secret says of it. */ readonly at:
      string;
  }
  & (
    | {
      readonly what: Verifiable;
      /** Whether the value is what the server is shown, or what the proxy on the way to it is. */
      readonly by: "login" | "proxy";
    }
    | { readonly notTried: string }
  );

/** One credential of a stored secret, and where it would be tried. */
export type TriedValue = CredentialValue & Where;
