import assert from "node:assert/strict";
import type { VerifyOne } from "../../../src/credentials/verify_credential.ts";
import { argocdLabels, dataOf, sent } from "../requests.ts";
import { CANARY, HELM, helm, HELM_BODY, post, refused, type Row, testsOf } from "../support.ts";

/** Later fields of add_helm_repo: other types, several URLs, dry runs and verification. */

const envelope = (message: string) => ({ error: true, message, status_code: 400 });
const shown = (value: unknown) => JSON.stringify(value).replaceAll(CANARY, "x").slice(0, 60);
const NO_URL = { repository_url: undefined };
const URLS = ["https://charts.example.com/a", "https://charts.example.com/b"];

const wrong = (field: string, values: readonly unknown[], message: string, more: object = {}) =>
  values.map((value) =>
    refused(
      `add_helm_repo with ${field} ${shown(value)}: ${message}`,
      () => helm({ ...more, [field]: value }),
      400,
      envelope(`Field '${field}' ${message}`),
    )
  );

const refusals: Row[] = [
  ...wrong("type", [null, 1, "", "Helm", CANARY, ["helm"]], "must be git, helm or oci"),
  ...wrong(
    "repository_urls",
    [null, 1, CANARY, { 0: CANARY }],
    "must be an array of strings",
    NO_URL,
  ),
  ...wrong("repository_urls", [[]], "must contain at least one URL", NO_URL),
  ...wrong(
    "repository_urls",
    [Array(101).fill("a.example/b")],
    "must have at most 100 URLs",
    NO_URL,
  ),
  ...["verify", "dry_run"].flatMap((field) =>
    wrong(field, [null, 0, "true", CANARY, {}], "must be a boolean")
  ),
  refused(
    "a list entry of repository_urls that is not a string is named by its index",
    () => helm({ ...NO_URL, repository_urls: ["a.example/b", 1] }),
    400,
    envelope("Field 'repository_urls.1' must be a string"),
  ),
  refused(
    "an invalid entry of repository_urls is named by its index",
    () => helm({ ...NO_URL, repository_urls: ["a.example/b", `https://u:${CANARY}@a.example`] }),
    400,
    envelope(
      "Field 'repository_urls.1' must not contain credentials; give them as username and password",
    ),
  ),
  refused(
    "repository_url and repository_urls contradict each other",
    () => helm({ repository_urls: URLS }),
    400,
    envelope("Field 'repository_urls' cannot be combined with 'repository_url'"),
  ),
  refused(
    "repository_url or repository_urls is required",
    () => helm(NO_URL),
    400,
    envelope("Missing required field: repository_url"),
  ),
  ...["git", "oci"].map((type) =>
    refused(
      `use_oci does not apply to ${type}`,
      () => helm({ type, repository_url: "host.example.com/x", use_oci: true }),
      400,
      envelope("Field 'use_oci' is for Helm repositories only"),
    )
  ),
  refused(
    "a password is rejected for an SSH URL",
    () => helm({ type: "git", repository_url: "git@github.com:org/app" }),
    400,
    envelope("Field 'repository_url' must be an HTTPS URL, because the credential is a password"),
  ),
  refused(
    "a password is rejected when one of several URLs is an SSH URL",
    () =>
      helm({ ...NO_URL, type: "git", repository_urls: ["https://a.example/b", "git@a.example:c"] }),
    400,
    envelope(
      "Field 'repository_urls.1' must be an HTTPS URL, because the credential is a password",
    ),
  ),
  refused(
    "several URLs leave less room for the name",
    () => helm({ ...NO_URL, repository_urls: URLS, name: "x".repeat(222) }),
    400,
    envelope("Field 'name' must have at most 221 characters with several URLs"),
  ),
  refused(
    "add_helm_repo rejects the fields of add_repo as unknown",
    () => post(HELM, { ...HELM_BODY, ssh_private_key: CANARY }),
    400,
    /^Unknown field\. Known fields: name, repository_url, /,
  ),
];

// The first digits of the SHA-256 sums of the URLs.
const NAMES = ["my-helm-repo-a-8223d2", "my-helm-repo-b-2ebff8"];

const applied = (name: string, action: string, more: object = {}) => ({
  success: true,
  namespace: "argocd",
  output: `secret/${name} ${action}`,
  ...more,
});

const one = (url: string, action: string, more: object, message: string, changes?: object[]) => ({
  success: true,
  cluster: "test-cluster",
  secret_name: "my-helm-repo",
  repository_url: url,
  helm_secret_applied: applied("my-helm-repo", action, changes ? { changes } : {}),
  application_repo_url: url,
  ...more,
  message: `Helm repository secret ${message}`,
});

const many = { ...NO_URL, repository_urls: URLS };

const manyAdded = (actions: string[], verb: string) => ({
  success: true,
  cluster: "test-cluster",
  results: URLS.map((url, i) => ({
    name: NAMES[i],
    url,
    result: applied(NAMES[i]!, actions[i]!),
    application_repo_url: url,
  })),
  message: `Helm repository secrets ${verb} successfully`,
});

const description = (name: string) => ({
  exists: true,
  description: {
    name,
    namespace: "argocd",
    type: "Opaque",
    labels: argocdLabels("repository"),
  },
});

const answers: Row[] = [
  {
    name: "several URLs are written as one secret each, with one result per secret",
    request: () => helm(many),
    status: 200,
    body: manyAdded(["created", "created"], "created"),
    changes: true,
    after: ({ cluster }) =>
      assert.deepEqual(
        NAMES.map((name) => dataOf(cluster, `argocd/${name}`)),
        NAMES.map((name, i) => ({
          name,
          password: CANARY,
          type: "helm",
          url: URLS[i],
          username: "helmuser",
        })),
      ),
  },
  {
    name: "existing secrets of several URLs are reported by name",
    request: () => helm(many),
    before: async (stage) => {
      await sent(() => helm(many))(stage);
      stage.cluster.secrets.delete(`argocd/${NAMES[0]}`);
    },
    status: 409,
    body: {
      error: true,
      message: `Secrets already exist: ${NAMES[1]}`,
      existing_secrets: {
        [NAMES[0]!]: { exists: false, description: {} },
        [NAMES[1]!]: description(NAMES[1]!),
      },
      upsert_required: true,
    },
    changes: false,
  },
  {
    name: "a list of one URL uses the name as given, and the response has a list of results",
    request: () => helm({ ...NO_URL, repository_urls: [URLS[0]] }),
    status: 200,
    body: {
      success: true,
      cluster: "test-cluster",
      results: [{
        name: "my-helm-repo",
        url: URLS[0],
        result: applied("my-helm-repo", "created"),
        application_repo_url: URLS[0],
      }],
      message: "Helm repository secrets created successfully",
    },
    changes: true,
  },
  {
    name: "another type is written as that type and answered in the seed's format",
    request: () => helm({ type: "git", repository_url: "https://github.com/org/app" }),
    status: 200,
    body: one("https://github.com/org/app", "created", {}, "created successfully"),
    changes: true,
    after: ({ cluster }) => assert.equal(dataOf(cluster, "argocd/my-helm-repo").type, "git"),
  },
  {
    name: "an oci repository is written with oci://",
    request: () => helm({ type: "oci", repository_url: "ghcr.io/org/app" }),
    status: 200,
    changes: true,
    after: ({ cluster }) =>
      assert.deepEqual(dataOf(cluster, "argocd/my-helm-repo"), {
        name: "my-helm-repo",
        password: CANARY,
        type: "oci",
        url: "oci://ghcr.io/org/app",
        username: "helmuser",
      }),
  },
  {
    name: "a dry run changes nothing and reports what would change",
    request: () => helm({ dry_run: true, upsert: true, username: "another" }),
    before: sent(helm),
    status: 200,
    body: one(
      HELM_BODY.repository_url,
      "replaced (dry run)",
      { dry_run: true },
      "would be updated",
      [{ field: "data.username", before: "helmuser", after: "another" }],
    ),
    changes: false,
  },
];

const refusing: VerifyOne = (what) => {
  assert.ok(what.kind === "helm");
  return Promise.resolve({
    reachable: true,
    accepted: what.url !== URLS[1],
    may: [],
    asked: `${what.url}/index.yaml`,
    why: "So it is",
  });
};

const told = (url: string, accepted: boolean) => ({
  at: url,
  tried: true,
  asked: `${url}/index.yaml`,
  reachable: true,
  accepted,
  may: [],
  message: "So it is",
});

const tried: Row[] = [
  {
    name: "an accepted credential is written, and the response has the result of its verification",
    request: () => helm({ verify: true, repository_url: URLS[0] }),
    options: { verifyOne: refusing },
    status: 200,
    body: one(URLS[0]!, "created", { verified: [told(URLS[0]!, true)] }, "created successfully"),
    changes: true,
  },
  {
    name: "a credential that one of several repositories refuses is written nowhere",
    request: () => helm({ verify: true, ...many }),
    options: { verifyOne: refusing },
    status: 422,
    body: {
      error: true,
      message: `Credential refused by ${URLS[1]}: So it is. Nothing was changed`,
      status_code: 422,
      verified: [told(URLS[0]!, true), told(URLS[1]!, false)],
    },
    asks: false,
    changes: false,
  },
];

for (const test of testsOf([...refusals, ...answers, ...tried])) Deno.test(test);
