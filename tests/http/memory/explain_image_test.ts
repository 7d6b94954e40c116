import assert from "node:assert/strict";
import { fakePullSecret, login, pullSecretOf } from "../../../src/credentials/fake/pull_secret.ts";
import type { StoredSecret } from "../../../src/kube/store.ts";
import { CANARY, get, refused, type Row, testsOf } from "../support.ts";

const IMAGE = "ghcr.io/your-org/app:1.2";

const explain = (query: Readonly<Record<string, string>>) =>
  get(`/api/v1/explain?${new URLSearchParams({ cluster: "test-cluster", ...query })}`);

const inTeam = { image: IMAGE, namespace: "team" };

/** @param pullSecrets that the service account `default` names */
const there = (
  pullSecrets: readonly string[],
  ...secrets: readonly StoredSecret[]
): Row["before"] =>
({ cluster }) => {
  cluster.putAccount({ namespace: "team", name: "default", pullSecrets });
  for (const each of secrets) cluster.put(each);
};

const host = fakePullSecret("host", { "ghcr.io": login("ci", CANARY) });
const org = fakePullSecret("org", { "https://ghcr.io/your-org": login("bot", CANARY) });

const rows: Row[] = [
  {
    name: "the explanation names the login that kubelet tries first, the next one, and why",
    before: there(["host", "org", "gone"], host, org),
    request: () => explain(inTeam),
    status: 200,
    changes: false,
    body: {
      cluster: "test-cluster",
      image: IMAGE,
      image_repository: "ghcr.io/your-org/app",
      namespace: "team",
      service_account: "default",
      used: { namespace: "team", name: "org", key: "https://ghcr.io/your-org", username: "bot" },
      ambiguous: false,
      failed: null,
      candidates: [
        {
          namespace: "team",
          name: "org",
          key: "https://ghcr.io/your-org",
          username: "bot",
          state: "used",
          why: "Its key matches the image.",
        },
        {
          namespace: "team",
          name: "host",
          key: "ghcr.io",
          username: "ci",
          state: "next",
          why:
            "Its key matches the image; the kubelet tries it if the registry refuses the previous logins.",
        },
        {
          namespace: "team",
          name: "gone",
          state: "not_used",
          why: "The service account names it, but it does not exist.",
        },
      ],
      findings: [{
        code: "pull_secret_missing",
        message:
          "Service account 'default' names the pull secret 'gone', which does not exist in " +
          "namespace 'team': the kubelet pulls without it",
        remedy:
          "Create the pull secret in the namespace, or remove it from the service account's imagePullSecrets",
        secrets: [{ namespace: "team", name: "gone" }],
      }],
      kubelet_rules: "v1.35.4",
    },
  },
  {
    name: "only the service account and its secrets are read when they have a login",
    before: there(["host"], host, org),
    request: () => explain(inTeam),
    status: 200,
    after({ cluster }) {
      assert.deepEqual(cluster.calls.map(({ method }) => method), ["serviceAccounts", "read"]);
    },
  },
  {
    name:
      "the namespace's other pull secrets are searched when the service account's have no login",
    before: there(["quay"], host, fakePullSecret("quay", { "quay.io": login("ci", CANARY) })),
    request: () => explain(inTeam),
    status: 200,
    after({ cluster }, body) {
      const { used, candidates, findings } = body as {
        used: unknown;
        candidates: { name: string; state: string }[];
        findings: { code: string }[];
      };
      assert.equal(used, null);
      assert.deepEqual(candidates.map(({ name, state }) => [name, state]), [
        ["quay", "not_used"],
        ["host", "not_used"],
      ]);
      assert.deepEqual(findings.map(({ code }) => code), ["pull_secret_not_named"]);
      assert.deepEqual(
        cluster.calls.map(({ method }) => method),
        ["serviceAccounts", "read", "listData", "listData"],
      );
    },
  },
  {
    name: "pull secrets that cannot be listed are skipped with a warning",
    before(stage) {
      there([], host)!(stage);
      stage.cluster.fault = ({ method }) =>
        method === "listData" ? { kind: "throw", error: "forbidden" } : undefined;
    },
    request: () => explain(inTeam),
    status: 200,
    after(_, body) {
      const { used, candidates, warnings } = body as Record<string, unknown>;
      assert.deepEqual([used, candidates], [null, []]);
      assert.deepEqual(warnings, [
        "The kubeconfig's user cannot list secrets in namespace 'team': pull secrets that the " +
        "service account does not name were not searched",
      ]);
    },
  },
  {
    name: "an unreadable pull secret leaves no login in use and is named",
    before: there(["host", "broken"], host, pullSecretOf("broken", `{"auths":"${CANARY}"`)),
    request: () => explain(inTeam),
    status: 200,
    after(_, body) {
      const { used, failed } = body as Record<string, unknown>;
      assert.deepEqual([used, failed], [null, { namespace: "team", name: "broken" }]);
    },
  },
  {
    name: "another service account, in namespace default",
    before({ cluster }) {
      cluster.putAccount({ namespace: "default", name: "ci", pullSecrets: ["host"] });
      cluster.put({ ...host, namespace: "default" });
    },
    request: () => explain({ image: IMAGE, service_account: "ci" }),
    status: 200,
    after: (_, body) =>
      assert.equal((body as { used: { namespace: string } }).used.namespace, "default"),
  },
  {
    name: "a missing service account is a finding",
    request: () => explain(inTeam),
    status: 200,
    after(_, body) {
      const { findings, used } = body as { findings: { code: string }[]; used: unknown };
      assert.equal(used, null);
      assert.deepEqual(findings.map(({ code }) => code), ["service_account_missing"]);
    },
  },
  {
    name: "an image is explained without Argo CD",
    options: { argocdNamespace: null },
    before: there(["host"], host),
    request: () => explain(inTeam),
    status: 200,
  },
  {
    name: "a cluster that refuses to list service accounts is an error",
    before({ cluster }) {
      cluster.fault = () => ({ kind: "throw", error: "forbidden" });
    },
    request: () => explain(inTeam),
    status: 502,
    after(_, body) {
      const { code, status } = body as Record<string, unknown>;
      assert.deepEqual([code, status], ["forbidden", "forbidden"]);
    },
  },
  refused(
    "a URL and an image contradict each other",
    () => explain({ url: "https://github.com/org/app", image: IMAGE }),
    400,
    /'image' cannot be combined with 'url'$/,
  ),
  refused(
    "an image with a scheme is rejected",
    () => explain({ image: `https://${IMAGE}` }),
    400,
    /'image' must be an image as a pod names it, such as ghcr\.io\/org\/app:1\.2 or nginx$/,
  ),
  refused(
    "an image without a name is rejected",
    () => explain({ image: "" }),
    400,
    /'image' must be an image/,
  ),
  refused(
    "an image with an Application's project is rejected",
    () => explain({ image: IMAGE, project: "team" }),
    400,
    /'project' requires 'url'$/,
  ),
  refused(
    "a repoURL with a namespace is rejected",
    () => explain({ url: "https://github.com/org/app", namespace: "team" }),
    400,
    /'namespace' requires 'image'$/,
  ),
  refused(
    "an invalid namespace is rejected",
    () => explain({ image: IMAGE, namespace: "../x" }),
    400,
    /'namespace' must be a valid namespace name/,
  ),
  refused(
    "an invalid service account is rejected",
    () => explain({ image: IMAGE, service_account: "../x" }),
    400,
    /'service_account' must be a valid service account name$/,
  ),
];

for (const test of testsOf(rows)) Deno.test(test);
