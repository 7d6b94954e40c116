import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import {
  argocdHolding,
  auth,
  newOf,
  old,
  plannedRotation,
  pull,
  textsOf,
} from "../fake/rotation.ts";
import { type GivenFields, newCredential } from "./new_credential.ts";

/** New keys replace old keys, in whatever form each of them is stored. */

const OLD_PEM =
  "-----BEGIN PRIVATE KEY-----\nb2xkIGtleSBvZiBhIHRlc3Q=\n-----END PRIVATE KEY-----\n";
const pem = (key: { export(options: object): string | Uint8Array }) =>
  String(key.export({ type: "pkcs8", format: "pem" }));
const SSH = pem(generateKeyPairSync("ed25519").privateKey);
const APP = pem(rsaKeys().privateKey);
const TLS = makeAuthority("some authority")
  .issue({ commonName: "argocd", organization: "some team", for: "client" });
const google = (key: string, space?: number) =>
  JSON.stringify(
    { type: "service_account", client_email: "a@b.example", private_key: key },
    null,
    space,
  );
const OLD_GOOGLE = google("old");
const GOOGLE = google(APP);
const windows = (text: string) => text.trim().replaceAll("\n", "\r\n");

/** The stored secret, the old key in the request, the new key, and the resulting texts. */
const ROWS: [
  what: string,
  of: StoredSecret,
  given: readonly [field: string, value: string],
  set: GivenFields,
  after: Record<string, string>,
][] = [
  [
    "an SSH key with other line breaks",
    argocdHolding({ url: "git@host:x", sshPrivateKey: windows(OLD_PEM) }),
    ["ssh_private_key", OLD_PEM],
    { ssh_private_key: windows(SSH) },
    { sshPrivateKey: SSH },
  ],
  [
    "an SSH key that was given with other line breaks",
    argocdHolding({ url: "git@host:x", sshPrivateKey: OLD_PEM }),
    ["ssh_private_key", windows(OLD_PEM) + "\r\n\r\n"],
    { ssh_private_key: SSH },
    { sshPrivateKey: SSH },
  ],
  [
    "a key of a GitHub App, whose ids stay",
    argocdHolding({ githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: OLD_PEM }),
    ["github_app_private_key", OLD_PEM],
    { github_app_private_key: APP },
    { githubAppPrivateKey: APP },
  ],
  [
    "a GitHub App, with its ids",
    argocdHolding({ githubAppID: "1", githubAppInstallationID: "2", githubAppPrivateKey: OLD_PEM }),
    ["github_app_private_key", OLD_PEM],
    { github_app_private_key: APP, github_app_id: "3", github_app_installation_id: "4" },
    { githubAppID: "3", githubAppInstallationID: "4", githubAppPrivateKey: APP },
  ],
  [
    "a client certificate and its key",
    argocdHolding({
      tlsClientCertData: "old",
      tlsClientCertKey: windows(OLD_PEM),
      password: "stays",
    }),
    ["tls_client_key", OLD_PEM],
    { tls_client_cert: windows(TLS.certificate), tls_client_key: TLS.key },
    { tlsClientCertData: TLS.certificate, tlsClientCertKey: TLS.key },
  ],
  [
    "the secret of an Azure principal of a template, with its id",
    argocdHolding({
      azureServicePrincipalClientID: "11111111-2222-3333-4444-555555555555",
      azureServicePrincipalClientSecret: "old secret",
      azureServicePrincipalTenantID: "example.com",
    }, "repo-creds"),
    ["azure_service_principal_client_secret", "old secret"],
    {
      azure_service_principal_client_secret: "new secret",
      azure_service_principal_client_id: "66666666-2222-3333-4444-555555555555",
    },
    {
      azureServicePrincipalClientID: "66666666-2222-3333-4444-555555555555",
      azureServicePrincipalClientSecret: "new secret",
    },
  ],
  [
    "a Google key by its own key and as passwords, in every form",
    argocdHolding({
      gcpServiceAccountKey: google("old", 2),
      username: "_json_key",
      password: google("old", 4),
    }),
    ["gcp_service_account_key", google("old", 1)],
    { gcp_service_account_key: GOOGLE },
    { gcpServiceAccountKey: GOOGLE, password: GOOGLE },
  ],
  [
    "a Google key as the password of registries, as JSON and in base64",
    pull({
      "gcr.io": {
        username: "_json_key",
        password: google("old", 2),
        auth: auth("_json_key", OLD_GOOGLE),
      },
      "pkg.dev": { auth: auth("_json_key_base64", encodeBase64Text(google("old", 2))) },
    }),
    ["password", OLD_GOOGLE],
    { gcp_service_account_key: GOOGLE },
    {
      ".dockerconfigjson": JSON.stringify({
        auths: {
          "gcr.io": { username: "_json_key", password: GOOGLE, auth: auth("_json_key", GOOGLE) },
          "pkg.dev": { auth: auth("_json_key_base64", encodeBase64Text(GOOGLE)) },
        },
      }),
    },
  ],
  [
    "a Google key as each user name requires it, given in base64",
    pull({
      "gcr.io": { auth: auth("_json_key", OLD_GOOGLE) },
      "pkg.dev": { auth: auth("_json_key_base64", encodeBase64Text(OLD_GOOGLE)) },
    }),
    ["password", encodeBase64Text(OLD_GOOGLE)],
    { password: encodeBase64Text(GOOGLE) },
    {
      ".dockerconfigjson": JSON.stringify({
        auths: {
          "gcr.io": { auth: auth("_json_key", GOOGLE) },
          "pkg.dev": { auth: auth("_json_key_base64", encodeBase64Text(GOOGLE)) },
        },
      }),
    },
  ],
  [
    "a Google key in base64, and the user name for JSON",
    pull({ "gcr.io": { auth: auth("_json_key_base64", encodeBase64Text(OLD_GOOGLE)) } }),
    ["password", OLD_GOOGLE],
    { username: "_json_key", password: GOOGLE },
    {
      ".dockerconfigjson": JSON.stringify({
        auths: { "gcr.io": { auth: auth("_json_key", GOOGLE) } },
      }),
    },
  ],
  [
    "a token, and a Google key with the user name for base64",
    pull({ "gcr.io": { auth: auth("oauth2accesstoken", "a token") } }),
    ["password", "a token"],
    { username: "_json_key_base64", password: GOOGLE },
    {
      ".dockerconfigjson": JSON.stringify({
        auths: { "gcr.io": { auth: auth("_json_key_base64", encodeBase64Text(GOOGLE)) } },
      }),
    },
  ],
  [
    "a Google key by a password, and another user name",
    pull({ "gcr.io": { auth: auth("_json_key", OLD_GOOGLE) } }),
    ["password", OLD_GOOGLE],
    { username: "robot", password: "new token" },
    {
      ".dockerconfigjson": JSON.stringify({
        auths: { "gcr.io": { auth: auth("robot", "new token") } },
      }),
    },
  ],
];

for (const [what, of, [field, value], set, after] of ROWS) {
  Deno.test(`a new key replaces the old one: ${what}`, async () => {
    const request = { sought: old(value, field), set: newOf(set) };
    const plan = await plannedRotation([of], request);
    assert.deepEqual([plan.left, plan.cannotHold], [[], []]);
    const [{ rewritten } = assert.fail("not found")] = plan.toRotate;
    assert.deepEqual(textsOf(rewritten), { ...textsOf(of), ...after });
    const again = await plannedRotation([rewritten], request);
    assert.deepEqual([again.status, again.places], ["unchanged", []]);
  });
}

Deno.test("a new key that is already stored with other line breaks is unchanged", async () => {
  const there = argocdHolding({
    tlsClientCertData: windows(TLS.certificate),
    tlsClientCertKey: windows(TLS.key),
  });
  const set = newOf({ tls_client_cert: TLS.certificate, tls_client_key: TLS.key });
  const plan = await plannedRotation([there], { sought: old(OLD_PEM, "tls_client_key"), set });
  assert.equal(plan.status, "unchanged");
  // With another certificate it is not the complete new credential, and it never held the old key.
  const other = argocdHolding({ tlsClientCertData: "other", tlsClientCertKey: TLS.key });
  const plans = await plannedRotation([other], { sought: old(OLD_PEM, "tls_client_key"), set });
  assert.equal(plans.status, "not_found");
});

// --- invalid new credentials --------------------------------------------------------------------

const NONE: [given: GivenFields, field: string, why: RegExp][] = [
  [{}, "", /must have a credential/],
  [{ username: "robot" }, "", /must have a credential/],
  [
    { password: seal("p"), bearer_token: seal("t") },
    "bearer_token",
    /cannot be combined with 'password'/,
  ],
  [{ bearer_token: seal("t"), username: "u" }, "username", /cannot be used with 'bearer_token'/],
  [{ tls_client_key: seal(TLS.key) }, "tls_client_cert", /is required with 'tls_client_key'/],
  [{ ssh_private_key: seal("no key") }, "ssh_private_key", /BEGIN/],
  [{ github_app_private_key: seal(SSH) }, "github_app_private_key", /must be an RSA key/],
  [{ gcp_service_account_key: seal("{}") }, "gcp_service_account_key", /service_account/],
  [
    { tls_client_key: seal(SSH), tls_client_cert: TLS.certificate },
    "tls_client_key",
    /certificate/,
  ],
  [{ password: seal("x-oauth-basic") }, "password", /placeholder for no password/],
];

for (const [given, field, why] of NONE) {
  Deno.test(`invalid new credential: ${Object.keys(given).join(" and ") || "nothing"}: ${why.source}`, () => {
    const understood = newCredential(given);
    assert.ok(!understood.ok);
    assert.equal(understood.field, field);
    assert.match(understood.why, why);
    for (const text of ["no key", SSH, TLS.key]) assert.ok(!understood.why.includes(text));
  });
}
