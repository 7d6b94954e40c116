import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { open, secret } from "../../fields/field.ts";
import { Password } from "../../fields/texts.ts";
import { seal, Sealed } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { type CredentialKind, type Key, key } from "./credential_kind.ts";
import {
  CLIENT_CERTIFICATE,
  credentialKindOf,
  KINDS as ALL_KINDS,
  type RepositoryCredential,
} from "./kinds.ts";
import {
  credentialKeys,
  credentialsIn,
  sameCredential,
  secretOf,
  shownValue,
} from "./repository_credential.ts";

const app = {
  kind: "github_app",
  id: "12345678901234567",
  installationId: "7",
  privateKey: seal("app key"),
} as const;

/** Each kind, the keys that Argo CD reads, and the secret value. */
const KINDS: [
  credential: RepositoryCredential,
  keys: Record<string, string>,
  secret: string | undefined,
][] = [
  [
    { kind: "password", username: "user", password: seal("pass") },
    { username: "user", password: "pass" },
    "pass",
  ],
  [{ kind: "bearer_token", token: seal("token") }, { bearerToken: "token" }, "token"],
  [
    { kind: "ssh_private_key", privateKey: seal("ssh key") },
    { sshPrivateKey: "ssh key" },
    "ssh key",
  ],
  [
    app,
    {
      githubAppID: "12345678901234567",
      githubAppInstallationID: "7",
      githubAppPrivateKey: "app key",
    },
    "app key",
  ],
  [
    { ...app, enterpriseUrl: "https://github.example.com/api/v3" },
    {
      githubAppID: "12345678901234567",
      githubAppInstallationID: "7",
      githubAppPrivateKey: "app key",
      githubAppEnterpriseBaseUrl: "https://github.example.com/api/v3",
    },
    "app key",
  ],
  [
    { kind: "gcp_service_account_key", key: seal('{"private_key":"x"}') },
    { gcpServiceAccountKey: '{"private_key":"x"}' },
    '{"private_key":"x"}',
  ],
  [
    {
      kind: "azure_service_principal",
      client_id: "client",
      client_secret: seal("client secret"),
      tenant_id: "tenant",
      authority_url: "https://login.microsoftonline.us",
    },
    {
      azureServicePrincipalClientId: "client",
      azureServicePrincipalClientSecret: "client secret",
      azureServicePrincipalTenantId: "tenant",
      azureActiveDirectoryEndpoint: "https://login.microsoftonline.us",
    },
    "client secret",
  ],
  [{ kind: "azure_workload_identity" }, { useAzureWorkloadIdentity: "true" }, undefined],
];

/** A credential of every kind; a client certificate is not among them. */
const ALL = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "githubAppID",
  "githubAppInstallationID",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "gcpServiceAccountKey",
  "azureServicePrincipalClientId",
  "azureServicePrincipalClientID",
  "azureServicePrincipalClientSecret",
  "azureServicePrincipalTenantId",
  "azureServicePrincipalTenantID",
  "azureActiveDirectoryEndpoint",
  "useAzureWorkloadIdentity",
];

for (const [credential, keys, secret] of KINDS) {
  const what = Object.keys(keys).join(", ");
  Deno.test(`a credential with the keys ${what} sets these keys and drops those of all other kinds`, () => {
    const { taken, dropped } = credentialKeys(credential, "repository");
    assert.deepEqual(taken, keys);
    assert.deepEqual([...dropped, ...Object.keys(taken)].sort(), [...ALL].sort());
  });

  Deno.test(`the secret part of a credential with the keys ${what} is its value`, () => {
    assert.equal(secretOf({ credential })?.reveal(), secret);
  });
}

Deno.test("without a credential, no key is set or dropped", () => {
  assert.deepEqual(credentialKeys(undefined, "repository"), { taken: {}, dropped: [] });
});

Deno.test("each kind is recognized by the keys that it writes", () => {
  for (const [credential, keys] of KINDS) {
    for (const [key, value] of Object.entries(keys)) {
      assert.deepEqual(credentialsIn({ [key]: encodeBase64Text(value) }), [credential.kind]);
    }
  }
});

Deno.test("the table has every kind, and hides the keys that hold a secret", () => {
  const secrets = KINDS.flatMap(([, keys, secret]) =>
    Object.entries(keys).filter(([, value]) => value === secret).map(([key]) => key)
  );
  assert.deepEqual(
    new Set(KINDS.map(([{ kind }]) => kind)),
    new Set(ALL_KINDS.map(({ name }) => name)),
  );
  for (const key of ALL.filter((each) => each !== "username")) {
    assert.equal(shownValue(key, "x", {}), secrets.includes(key) ? "***" : "x", key);
  }
});

/** A credential of every kind, client certificates included. */
const CREDENTIALS = [
  ...KINDS.map(([credential]) => [credentialKindOf(credential), credential] as const),
  [CLIENT_CERTIFICATE, { cert: "certificate", key: seal("key") }] as const,
];

Deno.test("a key with a secret value is hidden by its field, whatever the value is", () => {
  const secrets = CREDENTIALS.flatMap(([kind, credential]) =>
    Object.entries<Key<never>>(kind.keys)
      .filter(([, key]) => key.of(credential as never) instanceof Sealed)
  );
  assert.ok(secrets.length >= 6);
  for (const [name, { field }] of secrets) {
    for (const text of ["", "x"]) {
      assert.equal(field.shown?.(text), "***", name);
      assert.equal(shownValue(name, text, {}), "***", name);
    }
  }
});

Deno.test("the types reject a secret in a key of an open field", () => {
  const token = open(z.string(), "Token");
  const kind: Pick<CredentialKind<{ readonly token: Sealed<string> }>, "keys"> = {
    keys: {
      // @ts-expect-error: the field would show a secret
      byName: key(token, "token"),
      // @ts-expect-error: the same
      own: { field: token, of: ({ token }) => token },
      // @ts-expect-error: a secret must not be shown in another way
      shown: { field: secret(Password, "T", { by: "file" }), of: (t) => t.token, shown: String },
    },
  };
  assert.equal(Object.keys(kind.keys).length, 3);
});

Deno.test("in a template, each key has Argo CD's spelling for templates, and the other spelling is dropped", () => {
  const principal = {
    kind: "azure_service_principal",
    client_id: "client",
    client_secret: seal("client secret"),
    tenant_id: "tenant",
  } as const;
  const { taken, dropped } = credentialKeys(principal, "repo-creds");
  assert.deepEqual(taken, {
    azureServicePrincipalClientID: "client",
    azureServicePrincipalClientSecret: "client secret",
    azureServicePrincipalTenantID: "tenant",
  });
  for (const key of ["azureServicePrincipalClientId", "azureServicePrincipalTenantId"]) {
    assert.ok(dropped.includes(key), key);
  }
});

/** A secret of this type with those keys of a service principal that have this spelling in it. */
const holding = (secretType: string, end: string) => ({
  data: seal({ [`azureServicePrincipalClientI${end}`]: "YQ==" }),
  labels: { "argocd.argoproj.io/secret-type": secretType },
});

Deno.test("a repository and a template hold the same values, each in its own spelling", () => {
  const repository = holding("repository", "d");
  assert.equal(sameCredential(repository, holding("repo-creds", "D")), true);
  assert.equal(sameCredential(repository, holding("repo-creds", "d")), false);
});
