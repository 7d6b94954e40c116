import { seal, type Sealed } from "../../log/sealed.ts";
import { type Checked, no, yes } from "./checked.ts";
import { checkRsaKey } from "./rsa_key.ts";

export interface GcpKey {
  /** Compact JSON, with all fields that were given. */
  readonly text: Sealed<string>;
  readonly clientEmail: string;
}

/** What Go signs with at least. @see https://go.dev/doc/go1.24#cryptorsapkgcryptorsa */
const LEAST_BITS = 1024;

/**
 * Checks the key of a Google service account, for `gcpServiceAccountKey`: its JSON, as a text or as an
 * object. Google's library knows other types of credentials too, but from these Argo CD gets no user
 * name, which it takes from `client_email`.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/creds.go GoogleCloudCreds.getUsername
 * @see https://github.com/golang/oauth2/blob/v0.31.0/internal/oauth2.go ParseKey
 */
export function checkGcpKey(given: unknown): Checked<GcpKey> {
  let key: unknown;
  let text: string;
  try {
    key = typeof given === "string" ? JSON.parse(given) : given;
    text = JSON.stringify(key) ?? "";
  } catch {
    // The message would quote the text.
    return no("must be the JSON of a service account's key");
  }
  if (typeof key !== "object" || key === null || Array.isArray(key)) {
    return no("must be the JSON object of a service account's key");
  }
  const { type, client_email: email, private_key: privateKey } = key as Record<string, unknown>;
  if (type !== "service_account") {
    return no("must have the 'type' service_account: other credentials give Argo CD no user name");
  }
  if (typeof email !== "string" || !/^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(email)) {
    return no("must have a 'client_email'");
  }
  if (typeof privateKey !== "string") return no("must have a 'private_key'");
  const checked = checkRsaKey(privateKey, LEAST_BITS);
  if (!checked.ok) return no(`must have a usable 'private_key': it ${checked.why}`);
  return yes({ text: seal(text), clientEmail: email });
}
