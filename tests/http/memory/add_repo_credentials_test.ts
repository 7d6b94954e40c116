import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { linesOf, makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";
import { dataOf, NO_LOGIN, repo } from "../requests.ts";
import { CANARY, refused, type Row, testsOf } from "../support.ts";

/** Kinds of credential of add_repo: what is stored of each, and what is refused. */

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
  /** Besides name, type and URL. */
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
  { what: "none, of a public repository", more: NO_LOGIN, data: {} },
  { what: "a password", more: {}, data: { username: "git-user", password: CANARY } },
  {
    what: "a password of any characters",
    more: { password: `${CANARY}\n---\r\n"'🗝️{{.}}$(x)\0` },
    data: { username: "git-user", password: `${CANARY}\n---\r\n"'🗝️{{.}}$(x)\0` },
  },
  { what: "a token", more: { ...NO_LOGIN, bearer_token: CANARY }, data: { bearerToken: CANARY } },
  {
    what: "a token of odd characters",
    more: { ...NO_LOGIN, bearer_token: `!${CANARY}-._~+/=:|{}"\\'~` },
    data: { bearerToken: `!${CANARY}-._~+/=:|{}"\\'~` },
  },
  {
    what: "an SSH key",
    more: { ...NO_LOGIN, url: SSH_URL, ssh_private_key: sshKey },
    data: { sshPrivateKey: sshKey, url: SSH_URL },
  },
  {
    what: "an SSH key with foreign line ends and without the last one",
    more: { ...NO_LOGIN, url: SSH_URL, ssh_private_key: sshKey.trim().replaceAll("\n", "\r\n") },
    data: { sshPrivateKey: sshKey, url: SSH_URL },
  },
  {
    what: "a GitHub App",
    more: { ...NO_LOGIN, github_app: app },
    data: { githubAppID: "12", githubAppInstallationID: "345", githubAppPrivateKey: appKey },
  },
  {
    what: "a GitHub App of an Enterprise Server",
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
    what: "a key of Google's, as an object",
    more: { ...NO_LOGIN, gcp_service_account_key: gcpKey },
    data: { gcpServiceAccountKey: JSON.stringify(gcpKey) },
  },
  {
    what: "a key of Google's, as a text",
    more: { ...NO_LOGIN, gcp_service_account_key: JSON.stringify(gcpKey, null, 2) },
    data: { gcpServiceAccountKey: JSON.stringify(gcpKey) },
  },
  {
    what: "a service principal of Azure's",
    more: { ...NO_LOGIN, azure_service_principal: principal },
    data: {
      azureServicePrincipalClientId: principal.client_id,
      azureServicePrincipalClientSecret: CANARY,
      azureServicePrincipalTenantId: "example.onmicrosoft.com",
    },
  },
  {
    what: "a service principal of another cloud of Azure's",
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
    what: "a service principal of Azure's with the id of its secret",
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
    what: "Azure's workload identity",
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
  name: `the credential ${what} is stored as Argo CD reads it`,
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
  ["a line break at its end", `${CANARY}\n`],
  ["another header below it", `${CANARY}\r\nX-Other: ${CANARY}`],
  ["a tab in it", `a\t${CANARY}`],
  ["a space before it", ` ${CANARY}`],
  ["a NUL in it", `${CANARY}\0`],
  ["a DEL in it", `${CANARY}\x7f`],
  ["a letter of no ASCII", `é${CANARY}`],
  ["half a character", `${CANARY}\ud800`],
].map(([what, bearer_token]): Wrong => [
  `a token with ${what}`,
  { bearer_token },
  "bearer_token",
  "must contain visible ASCII characters only, without spaces or line breaks",
]);

const NO_TENANT = "must be the GUID or a domain of a tenant";

/** What is wrong with a credential, and the field that is named. */
const WRONG: Wrong[] = [
  [
    "no key at all",
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
    "a key without its end",
    { url: SSH_URL, ssh_private_key: sshKey.slice(0, -30) },
    "ssh_private_key",
    "is incomplete: the last line, -----END …, is missing",
  ],
  [
    "a key that is damaged",
    { url: SSH_URL, ssh_private_key: sshKey.replace(/\n(.{20})/, `\n${CANARY.slice(0, 20)}`) },
    "ssh_private_key",
    "is damaged: the text below the line -----BEGIN … is not base64",
  ],
  [
    "an app's key that is none of RSA",
    { github_app: { ...app, private_key: sshKey } },
    "github_app.private_key",
    "must be an RSA key, but is of another type",
  ],
  [
    "an app's key that is none",
    { github_app: { ...app, private_key: CANARY } },
    "github_app.private_key",
    "must be a private key: a text with a line that begins with -----BEGIN",
  ],
  [
    "a key of Google's that is no JSON",
    { gcp_service_account_key: `{"private_key": "${CANARY}"` },
    "gcp_service_account_key",
    "must be the JSON of a service account's key",
  ],
  [
    "a key of Google's of another type",
    { gcp_service_account_key: { ...gcpKey, type: "authorized_user" } },
    "gcp_service_account_key",
    "must have the 'type' service_account: other credentials give Argo CD no user name",
  ],
  [
    "a key of Google's without an e-mail",
    { gcp_service_account_key: { ...gcpKey, client_email: 1 } },
    "gcp_service_account_key",
    "must have a 'client_email'",
  ],
  [
    "a key of Google's whose key is none",
    { gcp_service_account_key: { ...gcpKey, private_key: CANARY } },
    "gcp_service_account_key",
    "must have a usable 'private_key': it must be a private key: a text with a line that begins " +
    "with -----BEGIN",
  ],
  ...([
    [
      "a client id that is no GUID",
      { client_id: CANARY },
      "client_id",
      "must be a GUID: the ID of an application",
    ],
    [
      "a client id that begins as a GUID",
      { client_id: `${principal.client_id}0` },
      "client_id",
      "must be a GUID: the ID of an application",
    ],
    ["an empty client secret", { client_secret: "" }, "client_secret", "must not be empty"],
    ["a tenant for all of them", { tenant_id: "organizations" }, "tenant_id", NO_TENANT],
    ["a tenant with a path", { tenant_id: `example.com/${CANARY}` }, "tenant_id", NO_TENANT],
    [
      "an authority without TLS",
      { authority_url: `http://${CANARY}` },
      "authority_url",
      "must be an https URL",
    ],
    [
      "an authority with a password",
      { authority_url: `https://a:${CANARY}@b` },
      "authority_url",
      "must be an https URL",
    ],
  ] satisfies [string, object, string, string][]).map(([what, more, field, why]): Wrong => [
    `Azure's service principal with ${what}`,
    { azure_service_principal: { ...principal, ...more } },
    `azure_service_principal.${field}`,
    why,
  ]),
  [
    "a service principal by SSH",
    { url: SSH_URL, azure_service_principal: principal },
    "azure_service_principal",
    "needs an HTTPS URL; for SSH give 'ssh_private_key'",
  ],
  [
    "a service principal for charts",
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
    "a workload identity that is none",
    { use_azure_workload_identity: false },
    "use_azure_workload_identity",
    "must be true, or absent",
  ],
  [
    "a workload identity by SSH",
    { url: SSH_URL, use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "needs an HTTPS URL; for SSH give 'ssh_private_key'",
  ],
  [
    "a workload identity for artifacts",
    { type: "oci", url: "oci://a.azurecr.io/x", use_azure_workload_identity: true },
    "use_azure_workload_identity",
    "is for Git and Helm repositories only",
  ],
  [
    "a workload identity for charts that no registry has",
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
    "certificate and key swapped",
    { tls_client_cert: pair.key, tls_client_key: pair.certificate },
    "tls_client_cert",
    "is the private key: certificate and key are swapped",
  ],
  [
    "the key of another certificate",
    { tls_client_cert: pair.certificate, tls_client_key: other.key },
    "tls_client_key",
    "is not the private key of the certificate",
  ],
  [
    "a certificate that is none",
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
    `${what} is refused with its reason`,
    () => repo({ ...NO_LOGIN, ...more }),
    400,
    { error: true, message: `Field '${field}' ${why}`, status_code: 400 },
    { absent: LINES },
  )
);

const half = (["cert", "key"] as const).map((given) => {
  const missing = given === "cert" ? "tls_client_key" : "tls_client_cert";
  const more = { [`tls_client_${given}`]: given === "cert" ? pair.certificate : pair.key };
  return refused(`tls_client_${given} alone misses the other`, () => repo(more), 400, {
    error: true,
    message: `Missing required field: ${missing}`,
    status_code: 400,
  }, { absent: LINES });
});

for (
  const test of testsOf([
    ...stored,
    ...wrong,
    ...half,
    {
      name: "a certificate that has expired is written, and that is said",
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
