import { z } from "@hono/zod-openapi";
import { HIDDEN, open, secret } from "../../fields/field.ts";
import { Password } from "../../fields/texts.ts";
import { decodeBase64Text } from "../../text/bytes.ts";
import { endOfCertificates } from "../expiry/in_value.ts";
import { canonicalPem } from "../material/canonical.ts";
import { checkTlsPair, type TlsPair } from "../material/tls_pair.ts";
import {
  CERTIFICATE,
  type CredentialKind,
  example,
  GIT,
  key,
  PEM,
  TOKEN,
} from "./credential_kind.ts";

/** A parsed client certificate. The certificate itself is public, so only the key is sealed. */
export type ClientCertificate = Pick<TlsPair, "cert" | "key"> & Partial<TlsPair>;

const fields = {
  tls_client_cert: open(
    z.string().min(1, "must not be empty").optional(),
    "TLS client certificate in PEM; needs its private key",
    { by: "file" },
  ),
  tls_client_key: secret(Password.optional(), "Private key of the client certificate in PEM", {
    by: "file",
  }),
};

/** Used alone, or in addition to a password or token. */
export const tlsClientCertificate: CredentialKind<ClientCertificate, typeof fields> = {
  name: "tls_client_cert",
  fields,
  types: ["git", "helm", "oci"],
  unfit: ({ over }) => over === "http" ? undefined : "needs an HTTPS URL",
  parse({ tls_client_cert, tls_client_key }) {
    const checked = checkTlsPair(tls_client_cert, tls_client_key.reveal());
    return checked.ok ? checked : { ...checked, path: [`tls_client_${checked.of}`] };
  },
  hints: ({ warnings = [] }) => warnings,
  keys: {
    // Public, but too long to print.
    tlsClientCertData: key(fields.tls_client_cert, "cert", { isOwn: true, shown: () => HIDDEN }),
    tlsClientCertKey: key(fields.tls_client_key, "key", {
      canonical: canonicalPem,
      expires: ({ tlsClientCertData = "" }) =>
        endOfCertificates(decodeBase64Text(tlsClientCertData)),
      material: "pem",
    }),
  },
  marks: ["tlsClientCertData"],
  verifyWith: () => ({}),
  expires: ({ notAfter }) => notAfter,
  examples: {
    client_certificate: example("Git with a client certificate and a password", {
      ...GIT,
      name: "internal",
      url: "https://git.example.com/team/app.git",
      username: "robot",
      password: TOKEN,
      tls_client_cert: CERTIFICATE,
      tls_client_key: PEM,
    }),
  },
};
