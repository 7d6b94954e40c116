import assert from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import {
  CREDENTIAL_KEYS,
  credentialKeys,
  type RepositoryCredential,
  secretOf,
} from "./repository_credential.ts";

const app = {
  kind: "github_app",
  id: "12345678901234567",
  installationId: "7",
  privateKey: seal("app key"),
} as const;

/** Each kind, what Argo CD reads it from, and the value that makes it secret. */
const KINDS: [credential: RepositoryCredential, keys: Record<string, string>, secret: string][] = [
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
    { kind: "gcp_service_account_key", key: seal('{"private_key": "x"}') },
    { gcpServiceAccountKey: '{"private_key": "x"}' },
    '{"private_key": "x"}',
  ],
];

/** Of every kind that Argo CD knows; of a client certificate there are none among them. */
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
  "useAzureWorkloadIdentity",
];

for (const [credential, keys, secret] of KINDS) {
  const what = Object.keys(keys).join(", ");
  Deno.test(`a credential of ${what} takes these keys and drops those of all other kinds`, () => {
    const { taken, dropped } = credentialKeys(credential);
    assert.deepEqual(taken, keys);
    assert.deepEqual([...dropped, ...Object.keys(taken)].sort(), [...ALL].sort());
  });

  Deno.test(`what is secret of a credential of ${what} is its value`, () => {
    assert.equal(secretOf(credential).reveal(), secret);
  });
}

Deno.test("without a credential no key is taken, and the one that is there stays", () => {
  assert.deepEqual(credentialKeys(undefined), { taken: {}, dropped: [] });
});

Deno.test("each kind is known by the keys that it is written with", () => {
  for (const [credential, keys] of KINDS) {
    for (const key of Object.keys(keys)) {
      const kinds = Object.entries(CREDENTIAL_KEYS).filter(([, each]) => each.includes(key));
      assert.deepEqual(kinds.map(([kind]) => kind), [credential.kind]);
    }
  }
});
