import assert from "node:assert/strict";
import type { StoredSecret } from "../kube/store.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import { dockerPasswords } from "./add_docker.ts";
import { dockerSecrets } from "./kinds/docker.ts";
import { created, type DesiredSecret } from "./kinds/desired_secret.ts";
import type { RepositoryCredential } from "./kinds/kinds.ts";
import { repositorySecrets } from "./kinds/repository.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import { parseRepositoryUrl } from "./kinds/url.ts";
import { valuesIn } from "./values.ts";

/** The audit log has one fingerprint for a credential, wherever it is stored. */

const PEM = "-----BEGIN X-----\nAAAA\n-----END X-----\n";

const CREDENTIALS: readonly RepositoryCredential[] = [
  { kind: "password", username: "robot", password: seal("same \n") },
  { kind: "password", username: "token-by-its-place", password: seal("x-oauth-basic") },
  { kind: "ssh_private_key", privateKey: seal(PEM) },
  { kind: "bearer_token", token: seal("token") },
  { kind: "github_app", id: "1", installationId: "2", privateKey: seal(PEM) },
  { kind: "gcp_service_account_key", key: seal('{"private_key": "a"}') },
  {
    kind: "azure_service_principal",
    client_id: "11111111-2222-3333-4444-555555555555",
    client_secret: seal("secret"),
    tenant_id: "example.onmicrosoft.com",
  },
];

const valueIn = (desired: DesiredSecret) => {
  const secret = created(desired, "w1") as StoredSecret;
  return valuesIn(secret).map(({ value }) => value.reveal());
};

for (const credential of CREDENTIALS) {
  const what = credential.kind +
    ("username" in credential ? ` of ${credential.username}` : "");
  for (const as of ["repository", "repo-creds"] as const) {
    Deno.test(`${what} in a ${as} is recorded as the value that is found there`, () => {
      const url = parseRepositoryUrl("https://git.example.com/x");
      assert.ok(url.ok);
      const { secret } = repositorySecrets(
        {
          as,
          type: "git",
          argocdNamespace: "argocd",
          credential,
          options: {},
          template: false,
        },
        "x",
        url.value,
      );
      assert.deepEqual(valueIn(secret), [secretOf({ credential })?.reveal()]);
    });
  }
}

Deno.test("a key with other line breaks is recorded as the same key", () => {
  const [key, other] = [PEM, PEM.replaceAll("\n", "\r\n").trimEnd()].map((text) =>
    secretOf({ credential: { kind: "ssh_private_key", privateKey: seal(text) } })?.reveal()
  );
  assert.equal(key, other);
  assert.equal(key, PEM.trimEnd());
});

Deno.test("a client certificate alone is recorded by its key", () => {
  const clientCertificate = { cert: "certificate", key: seal(PEM) };
  assert.equal(secretOf({ clientCertificate })?.reveal(), PEM.trimEnd());
  assert.equal(secretOf({}), undefined);
});

Deno.test("a token has one value in a pull secret, for Image Updater and in a repository", () => {
  const password = seal("token");
  const credentials = [{ registry: "docker.io", username: "robot", password }];
  const secrets = dockerSecrets({
    name: "pull",
    namespaces: ["a"],
    argocdNamespace: "argocd",
    credentials,
    merge: false,
    gitWriteBack: true,
    labels: {},
  });
  assert.equal(secrets.length, 3);
  const onRecord = dockerPasswords({ credentials });
  assert.equal(onRecord, password);
  for (const secret of secrets) assert.deepEqual(new Set(valueIn(secret)), new Set(["token"]));
  const ofRepository = secretOf({
    credential: { kind: "password", username: "robot", password },
  });
  assert.equal(ofRepository?.reveal(), "token");
});

Deno.test("a Google key is recorded as the same value, as a password and as its own kind", () => {
  const key = '{ "type": "service_account", "private_key": "fake" }';
  const credentials = [{ registry: "gcr.io", username: "_json_key", password: seal(key) }];
  const onRecord = dockerPasswords({ credentials }) as Sealed<string>;
  const kinds: RepositoryCredential[] = [
    { kind: "gcp_service_account_key", key: seal(key) },
    { kind: "password", username: "_json_key", password: seal(key) },
  ];
  for (const credential of kinds) {
    assert.equal(secretOf({ credential })?.reveal(), onRecord.reveal());
  }
});
