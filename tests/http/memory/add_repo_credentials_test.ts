import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { linesOf, makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";
import { dataOf, NO_LOGIN, repo } from "../requests.ts";
import { CANARY, refused, type Row, testsOf } from "../support.ts";

/** Kinds of credential of add_repo: how each is stored, and what is rejected. */

const sshKey = makeSshKey();
const appKey = makeRsaKey();
const gcpKey = makeGcpKey(makeRsaKey());
const pair = makeTlsPair();
const other = makeTlsPair();
const publicKey = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).publicKey;
const withPassphrase = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
}).privateKey;

const SSH_URL = "git@github.com:org/app.git";
const HTTPS_URL = "https://github.com/org/app.git";
const LINES = [sshKey, appKey, gcpKey.private_key, pair.key, other.key, withPassphrase]
  .flatMap(linesOf);

interface Stored {
  readonly what: string;
  readonly more: object;
  /** Besides the name, the type and the URL. */
  readonly data: Record<string, string>;
  readonly hint?: string;
}

const app = { id: 12, installation_id: "345", private_key: appKey };
const principal = {
  client_id: "0000000a-000B-000c-000D-00000000000e",
  client_secret: CANARY,
  tenant_id: "example.onmicrosoft.com",
};
const ONLY_CERTIFICATE =
  "Argo CD sends a client certificate to a Git server only together with a " +
  "password, a token or a GitHub App";

const STORED: Stored[] = [
  { what: "none, for a public repository", more: NO_LOGIN, data: {} },
  { what: "a password", more: {}, data: { username: "git-user", password: CANARY } },
  {
    what: "a password of arbitrary characters",
    more: { password: `${CANARY}\n---\r\n"'🗝️{{.}}$(x)\0` },
    data: { username: "git-user", password: `${CANARY}\n---\r\n"'🗝️{{.}}$(x)\0` },
  },
  { what: "a token", more: { ...NO_LOGIN, bearer_token: CANARY }, data: { bearerToken: CANARY } },
  {
    what: "a token of unusual characters",
    more: { ...NO_LOGIN, bearer_token: `!${CANARY}-._~+/=:|{}"\\'~` },
    data: { bearerToken: `!${CANARY}-._~+/=:|{}"\\'~` },
  },
  {
    what: "an SSH key",
    more: { ...NO_LOGIN, url: SSH_URL, ssh_private_key: sshKey },
    data: { sshPrivateKey: sshKey, url: SSH_URL },
  },
  {
    what: "an SSH key with CRLF line endings and no final one",
    more: { ...NO_LOGIN, url: SSH_URL, ssh_private_key: sshKey.trim().replaceAll("\n", "\r\n") },
    data: { sshPrivateKey: sshKey, url: SSH_URL },
  },
  {
    what: "a GitHub App",
    more: { ...NO_LOGIN, github_app: app },
    data: { githubAppID: "12", githubAppInstallationID: "345", githubAppPrivateKey: appKey },
  },
  {
    what: "a GitHub App of a GitHub Enterprise Server",
    more: {
      ...NO_LOGIN,
      github_app: { ...app, enterprise_url: "https://ghe.example.com/api/v3" },
    },
    data: {
      githubAppID: "12",
      githubAppInstallationID: "345",
      githubAppPrivateKey: appKey,
      githubAppEnterpriseBaseUrl: "https://ghe.example.com/api/v3",
    },
  },
  {
    what: "a Google service account key as an object",
    more: { ...NO_LOGIN, gcp_service_account_key: gcpKey },
    data: { gcpServiceAccountKey: JSON.stringify(gcpKey) },
  },
  {
    what: "a Google service account key as a string",
    more: { ...NO_LOGIN, gcp_service_account_key: JSON.stringify(gcpKey, null, 2) },
    data: { gcpServiceAccountKey: JSON.stringify(gcpKey) },
  },
  {
    what: "an Azure service principal",
    more: { ...NO_LOGIN, azure_service_principal: principal },
    data: {
      azureServicePrincipalClientId: principal.client_id,
      azureServicePrincipalClientSecret: CANARY,
      azureServicePrincipalTenantId: "example.onmicrosoft.com",
    },
  },
  {
    what: "an Azure service principal of another Azure cloud",
    more: {
      ...NO_LOGIN,
      azure_service_principal: {
        ...principal,
        tenant_id: principal.client_id,
        authority_url: "https://login.microsoftonline.us",
      },
    },
    data: {
      azureServicePrincipalClientId: principal.client_id,
      azureServicePrincipalClientSecret: CANARY,
      azureServicePrincipalTenantId: principal.client_id,
      azureActiveDirectoryEndpoint: "https://login.microsoftonline.us",
    },
  },
  {
    what: "an Azure service principal with the ID of its secret",
    more: {
      ...NO_LOGIN,
      azure_service_principal: { ...principal, client_secret: principal.client_id },
    },
    data: {
      azureServicePrincipalClientId: principal.client_id,
      azureServicePrincipalClientSecret: principal.client_id,
      azureServicePrincipalTenantId: "example.onmicrosoft.com",
    },
    hint: "The client secret looks like a secret's id; Azure needs the secret's value",
  },
  {
    what: "an Azure workload identity",
    more: { ...NO_LOGIN, use_azure_workload_identity: true },
    data: { useAzureWorkloadIdentity: "true" },
  },
  {
    what: "a password and a client certificate",
    more: { tls_client_cert: pair.certificate, tls_client_key: pair.key },
    data: {
      username: "git-user",
      password: CANARY,
      tlsClientCertData: pair.certificate,
      tlsClientCertKey: pair.key,
    },
  },
  {
    what: "a client certificate alone",
    more: { ...NO_LOGIN, tls_client_cert: pair.certificate, tls_client_key: pair.key },
    data: { tlsClientCertData: pair.certificate, tlsClientCertKey: pair.key },
    hint: ONLY_CERTIFICATE,
  },
];

const past = new Date("2020-01-02T03:04:05.000Z");
const expired = makeTlsPair(past);

const stored: Row[] = STORED.map(({ what, more, data, hint }) => ({
  name: `a credential is stored in the form Argo CD reads: ${what}`,
  request: () => repo(more),
  status: 200,
  changes: true,
  absent: LINES,
  body: {
    success: true,
    cluster: "test-cluster",
    type: "git",
    as: "repository",
    results: [{
      name: "my-repo",
      url: data.url ?? HTTPS_URL,
      result: { success: true, namespace: "argocd", output: "secret/my-repo created" },
      application_repo_url: data.url ?? HTTPS_URL,
    }],
    ...(hint ? { hint } : {}),
    message: "Repository secret created successfully",
  },
  after: ({ cluster }) => {
    const expected = { name: "my-repo", type: "git", url: HTTPS_URL, ...data };
    assert.deepEqual(dataOf(cluster, "argocd/my-repo"), expected);
  },
}));

type Wrong = [what: string, more: object, field: string, why: string];

/** Git would send a line break in a token as the end of its header. */
const NO_TOKENS = [
  ["a trailing line break", `${CANARY}\n`],
  ["an injected header", `${CANARY}\r\nX-Other: ${CANARY}`],
  ["a tab in it", `a\t${CANARY}`],
  ["a leading space", ` ${CANARY}`],
  ["a NUL in it", `${CANARY}\0`],
  ["a DEL in it", `${CANARY}\x7f`],
  ["a non-ASCII letter", `é${CANARY}`],
  ["a lone surrogate", `${CANARY}\ud800`],
].map(([what, bearer_token]): Wrong => [
  `a token with ${what}`,
  { bearer_token },
  "bearer_token",
  "must contain visible ASCII characters only, without spaces or line breaks",
]);

const NO_TENANT = "must be the GUID or a domain of a tenant";

/** Invalid credentials, and the field that the error names. */
const WRONG: Wrong[] = [
  [
    "a string that is not a key",
    { url: SSH_URL, ssh_private_key: CANARY },
    "ssh_private_key",
    "must be a private key: a text with a line that begins with -----BEGIN",
  ],
  [
    "a public key",
    { url: SSH_URL, ssh_private_key: publicKey },
    "ssh_private_key",
    "is a public key; the matching private key is needed",
  ],
  [
    "a key with a passphrase",
    { url: SSH_URL, ssh_private_key: withPassphrase },
    "ssh_private_key",
    "must be a private key without a passphrase: Argo CD cannot enter one",
  ],
  [
    "a truncated key",
    { url: SSH_URL, ssh_private_key: sshKey.slice(0, -30) },
    "ssh_private_key",
    "is incomplete: the last line, -----END …, is missing",
  ],
  [
    "a damaged key",
    { url: SSH_URL, ssh_private_key: sshKey.replace(/\n(.{20})/, `\n${CANARY.slice(0, 20)}`) },
    "ssh_private_key",
    "is damaged: the text below the line -----BEGIN … is not base64",
  ],
  [
    "a GitHub App key that is not RSA",
    { github_app: { ...app, private_key: sshKey } },
    "github_app.private_key",
    "must be an RSA key, but is of another type",
  ],
  [
    "a GitHub App key that is not a key",
    { github_app: { ...app, private_key: CANARY } },
    "github_app.private_key",
    "must be a private key: a text with a line that begins with -----BEGIN",
  ],
  [
    "a Google key that is not JSON",
    { gcp_service_account_key: `{"private_key": "${CANARY}"` },
    "gcp_service_account_key",
    "must be the JSON of a service account's key",
  ],
  [
    "a Google key of another type",
    { gcp_service_account_key: { ...gcpKey, type: "authorized_user" } },
    "gcp_service_account_key",
    "must have the 'type' service_account: other credentials give Argo CD no user name",
  ],
  [
    "a Google key without an email address",
    { gcp_service_account_key: { ...gcpKey, client_email: 1 } },
    "gcp_service_account_key",
    "must have a 'client_email'",
  ],
  [
    "a Google key with an invalid private key",
    { gcp_service_account_key: { ...gcpKey, private_key: CANARY } },
    "gcp_service_account_key",
    "must have a usable 'private_key': it must be a private key: a text with a line that begins " +
    "with -----BEGIN",
  ],
  ...([
    [
      "a client ID that is not a GUID",
      { client_id: CANARY },
      "client_id",
      "must be a GUID: the ID of an application",
    ],
    [
      "a client ID that only starts with a GUID",
      { client_id: `${principal.client_id}0` },
      "client_id",
      "must be a GUID: the ID of an application",
    ],
    ["an empty client secret", { client_secret: "" }, "client_secret", "must not be empty"],
    [
      "a tenant alias that stands for several tenants",
      { tenant_id: "organizations" },
      "tenant_id",
      NO_TENANT,
    ],
    ["a tenant with a path", { tenant_id: `example.com/${CANARY}` }, "tenant_id", NO_TENANT],
    [
      "an authority host without TLS",
      { authority_url: `http://${CANARY}` },
      "authority_url",
      "must be an https URL",
    ],
    [
      "an authority host with a password",
      { authority_url: `https://a:${CANARY}@b` },
      "authority_url",
      "must be an https URL",
    ],
  ] satisfies [string, object, string, string][]).map(([what, more, field, why]): Wrong => [
    `an Azure service principal with ${what}`,
    { azure_service_principal: { ...principal, ...more } },
    `azure_service_principal.${field}`,
    why,
  ]),
  [
    "an Azure service principal for SSH",
    { url: SSH_URL, azure_service_principal: principal },
    "azure_service_principal",
    "needs an HTTPS URL; for SSH give 'ssh_private_key'",
  ],
  [
    "an Azure service principal for charts",
    { type: "helm", url: "a.azurecr.io/x", azure_service_principal: principal },
    "azure_service_principal",
    "is for Git repositories only",
  ],
  [
    "a service principal beside a workload identity",
    { azure_service_principal: principal, use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "cannot be combined with 'azure_service_principal': give one kind of credential",
  ],
  [
    "an invalid workload identity",
    { use_azure_workload_identity: false },
    "use_azure_workload_identity",
    "must be true, or absent",
  ],
  [
    "a workload identity for SSH",
    { url: SSH_URL, use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "needs an HTTPS URL; for SSH give 'ssh_private_key'",
  ],
  [
    "a workload identity for an OCI artifact",
    { type: "oci", url: "oci://a.azurecr.io/x", use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "is for Git and Helm repositories only",
  ],
  [
    "a workload identity for charts outside a registry",
    { type: "helm", url: "https://a.example/x", use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "needs a URL of an OCI registry",
  ],
  [
    "a workload identity beside a password",
    { username: "a", password: CANARY, use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "cannot be combined with 'username': give one kind of credential",
  ],
  ...NO_TOKENS,
  ["an empty token", { bearer_token: "" }, "bearer_token", "must not be empty"],
  [
    "a certificate and a key that are swapped",
    { tls_client_cert: pair.key, tls_client_key: pair.certificate },
    "tls_client_cert",
    "is the private key: certificate and key are swapped",
  ],
  [
    "a key of another certificate",
    { tls_client_cert: pair.certificate, tls_client_key: other.key },
    "tls_client_key",
    "is not the private key of the certificate",
  ],
  [
    "an invalid certificate",
    { tls_client_cert: CANARY, tls_client_key: pair.key },
    "tls_client_cert",
    "must be a certificate in PEM: a text that begins with -----BEGIN CERTIFICATE-----",
  ],
  [
    "a client certificate for SSH",
    { url: SSH_URL, tls_client_cert: pair.certificate, tls_client_key: pair.key },
    "tls_client_cert",
    "needs an HTTPS URL",
  ],
];

const wrong = WRONG.map(([what, more, field, why]) =>
  refused(
    `${what} is rejected, with the reason`,
    () => repo({ ...NO_LOGIN, ...more }),
    400,
    { error: true, message: `Field '${field}' ${why}`, status_code: 400 },
    { absent: LINES },
  )
);

const half = (["cert", "key"] as const).map((given) => {
  const missing = given === "cert" ? "tls_client_key" : "tls_client_cert";
  const more = { [`tls_client_${given}`]: given === "cert" ? pair.certificate : pair.key };
  return refused(
    `tls_client_${given} alone is rejected: the other is missing`,
    () => repo(more),
    400,
    {
      error: true,
      message: `Missing required field: ${missing}`,
      status_code: 400,
    },
    { absent: LINES },
  );
});

for (
  const test of testsOf([
    ...stored,
    ...wrong,
    ...half,
    {
      name: "an expired certificate is written, and a hint says that it has expired",
      request: () => repo({ tls_client_cert: expired.certificate, tls_client_key: expired.key }),
      status: 200,
      absent: linesOf(expired.key),
      after: (_stage, body) =>
        assert.equal(
          (body as { hint: string }).hint,
          "The certificate expired on 2020-01-02T03:04:05.000Z",
        ),
    },
  ])
) Deno.test(test);
