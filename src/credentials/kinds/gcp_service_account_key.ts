import { z } from "@hono/zod-openapi";
import { secret } from "../../fields/field.ts";
import { anyOf, be, hasWith, inWords, type Rule } from "../../fields/rules.ts";
import { Password } from "../../fields/texts.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { googleKeyInfo } from "../../verify/google_key.ts";
import { canonicalJson } from "../material/canonical.ts";
import { no, type Validated, yes } from "../material/validated.ts";
import { checkRsaKey } from "../material/rsa_key.ts";
import { byHttps, type CredentialKind, example, GIT, key, PEM } from "./credential_kind.ts";

export interface GcpServiceAccountKey {
  readonly kind: "gcp_service_account_key";
  /** Compact JSON with all given fields. */
  readonly key: Sealed<string>;
}

/** The JSON Schema of what {@link checkGcpKey} checks, except that the private key is usable. */
const GCP_KEY: Rule = {
  type: "object",
  ...hasWith({
    type: be("service_account"),
    client_email: {
      type: "string",
      pattern: "^[^\\s\\x00-\\x1f\\x7f-\\x9f@]+@[^\\s\\x00-\\x1f\\x7f-\\x9f@]+$",
    },
    private_key: { type: "string", format: "password", minLength: 1 },
  }),
  additionalProperties: true,
};

const fields = {
  gcp_service_account_key: secret(
    z.union([
      Password,
      z.record(z.string(), z.unknown()).transform((key) => seal(JSON.stringify(key))),
    ], { error: "must be the JSON of a key, as a text or an object" }).optional().openapi({
      ...inWords(anyOf({ type: "string", format: "password", minLength: 1 }, GCP_KEY)),
    }),
    "Google service account key in JSON (Git over HTTPS)",
    { by: "file" },
  ),
};

export const gcpServiceAccountKey: CredentialKind<GcpServiceAccountKey, typeof fields> = {
  name: "gcp_service_account_key",
  fields,
  types: ["git"],
  unfit: byHttps,
  parse({ gcp_service_account_key: key }) {
    const checked = checkGcpKey(key.reveal());
    return checked.ok ? yes({ kind: "gcp_service_account_key", key: checked.value.text }) : checked;
  },
  keys: {
    gcpServiceAccountKey: key(fields.gcp_service_account_key, "key", {
      canonical: canonicalJson,
      material: "google_key",
    }),
  },
  verifyWith({ key }) {
    return googleKeyInfo(key.reveal()) === undefined
      ? "the key can be parsed; without 'private_key_id' Google cannot verify it"
      : { kind: "google_key", key };
  },
  examples: {
    google: example("Google Cloud Source Repositories with the key of a service account", {
      ...GIT,
      name: "google",
      url: "https://source.developers.google.com/p/your-project/r/app",
      gcp_service_account_key: {
        type: "service_account",
        client_email: "argocd@your-project.iam.gserviceaccount.com",
        private_key: PEM,
      },
    }),
  },
};

export interface GcpKey {
  readonly text: Sealed<string>;
  readonly clientEmail: string;
}

/** The shortest RSA key that Go signs with. @see https://go.dev/doc/go1.24#cryptorsapkgcryptorsa */
const LEAST_BITS = 1024;

/**
 * Checks a Google service account key. Google's library supports other types of credentials, too, but
 * Argo CD takes the user name from `client_email`, which those do not have.
 * @param given JSON as a string, or an object
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/creds.go GoogleCloudCreds.getUsername
 * @see https://github.com/golang/oauth2/blob/v0.31.0/internal/oauth2.go ParseKey
 */
export function checkGcpKey(given: unknown): Validated<GcpKey> {
  let key: unknown;
  let text: string;
  try {
    key = typeof given === "string" ? JSON.parse(given) : given;
    text = JSON.stringify(key) ?? "";
  } catch {
    // The parser's message would quote the key.
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
