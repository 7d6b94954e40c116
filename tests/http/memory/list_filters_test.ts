import assert from "node:assert/strict";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import { seal } from "../../../src/log/sealed.ts";
import { argocdLabels, type Parameters, search } from "../requests.ts";
import type { Stage } from "../stage.ts";
import { CANARY, get, refused, type Row, testsOf } from "../support.ts";

/** Lists filtered by user, registry or namespace. */

const TOKEN = `ghp_${crypto.randomUUID().replaceAll("-", "")}`;

const list = (parameters: Parameters = {}) =>
  get(`/api/v1/secrets?${search({ cluster: "test-cluster", ...parameters })}`);

type Logins = Record<string, { username?: string; auth?: string }>;

function populate({ cluster }: Stage): void {
  const put = (
    namespace: string,
    name: string,
    labels: Record<string, string>,
    data: Record<string, string>,
    type = "Opaque",
  ) =>
    cluster.put({
      ...{ namespace, name, labels, type },
      data: seal(Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)]),
      )),
    });
  const pull = (namespace: string, name: string, auths: Logins | string) =>
    put(
      namespace,
      name,
      { "jjo.finance/secret-type": "docker-creds" },
      {
        ".dockerconfigjson": typeof auths === "string" ? auths : JSON.stringify({
          auths: Object.fromEntries(
            Object.entries(auths).map(([key, login]) => [key, { ...login, password: CANARY }]),
          ),
        }),
      },
      "kubernetes.io/dockerconfigjson",
    );
  pull("default", "ghcr", { "ghcr.io": { username: "bot" } });
  pull("kube-system", "ghcr", { "ghcr.io": { username: "alice" } });
  pull("default", "org", { "ghcr.io/org": { auth: encodeBase64Text(`bot:${CANARY}`) } });
  pull("default", "hub", { "https://index.docker.io/v1/": { username: "bot" } });
  pull("default", "both", { "quay.io": { username: "bot" }, "ghcr.io": { username: "carol" } });
  pull("default", "token", { "quay.io:8443": { username: TOKEN } });
  const repository = (name: string, kind: string, url: string, username = "") =>
    put("argocd", name, argocdLabels(kind), {
      ...{ url, username, password: CANARY },
      ...{ type: url.startsWith("http") || url.includes("@") ? "git" : "helm" },
    });
  repository("app", "repository", "https://github.com/Org/App.git", "bot");
  repository("ssh", "repository", "git@github.com:org/app.git");
  repository("charts", "repository", "ghcr.io/org/charts", "bot");
  repository("inside", "repository", `https://x:${CANARY}@git.example.com/a`);
  repository("pat", "repository", "https://gitlab.example.com/a", TOKEN);
  repository("org", "repo-creds", "https://github.com/org", "alice");
}

interface Body {
  readonly docker_creds_secrets: readonly { namespace: string; name: string }[];
  readonly repository_secrets: readonly { name: string }[];
  readonly repo_creds_secrets: readonly { name: string }[];
  readonly total_docker_creds: number;
  readonly warnings?: readonly string[];
}

const namesIn = (body: Body) => [
  ...body.docker_creds_secrets.map(({ namespace, name }) => `${namespace}/${name}`),
  ...body.repository_secrets.map(({ name }) => name),
  ...body.repo_creds_secrets.map(({ name }) => name),
];

const HIDDEN =
  "User names that look like tokens are masked and not compared, so these secrets may match the filter: ";
const PULL_TOKEN = `${HIDDEN}default/token`;
const REPO_TOKEN = `${HIDDEN}argocd/pat`;

const ALL_DOCKER = ["both", "ghcr", "hub", "org", "token"].map((name) => `default/${name}`)
  .concat("kube-system/ghcr");

const FOUND: [filter: Parameters, names: string[], warnings?: string[]][] = [
  [{}, [...ALL_DOCKER, "app", "charts", "inside", "pat", "ssh", "org"]],
  [{ namespace: "kube-system" }, ["kube-system/ghcr"]],
  [{ namespace: "argocd" }, ["app", "charts", "inside", "pat", "ssh", "org"]],
  [{ namespace: "nowhere" }, []],
  [
    { username: "bot" },
    ["default/both", "default/ghcr", "default/hub", "default/org", "app", "charts"],
    [PULL_TOKEN, REPO_TOKEN],
  ],
  [{ username: "alice" }, ["kube-system/ghcr", "org"], [PULL_TOKEN, REPO_TOKEN]],
  [{ username: "Bot" }, [], [PULL_TOKEN, REPO_TOKEN]],
  [{ username: TOKEN }, [], [PULL_TOKEN, REPO_TOKEN]],
  [{ username: "ghp_***" }, ["default/token", "pat"]],
  [{ registry: "ghcr.io" }, [
    ...["default/both", "default/ghcr", "default/org", "kube-system/ghcr", "charts"],
  ]],
  [{ registry: "https://GHCR.io/" }, [
    ...["default/both", "default/ghcr", "default/org", "kube-system/ghcr", "charts"],
  ]],
  [{ registry: "ghcr.io/org" }, ["default/org", "charts"]],
  [{ registry: "ghcr.io/or" }, []],
  [{ registry: "docker.io" }, ["default/hub"]],
  [{ registry: "index.docker.io" }, ["default/hub"]],
  [{ registry: "quay.io" }, ["default/both"]],
  [{ registry: "quay.io:8443" }, ["default/token"]],
  [{ registry: "ghcr.io", username: "bot" }, ["default/ghcr", "default/org", "charts"]],
  // The user name is known for the requested registry.
  [{ registry: "ghcr.io", username: "carol" }, ["default/both"]],
  [{ registry: "quay.io", username: "carol" }, []],
  [{ registry: "quay.io:8443", username: "bot" }, [], [PULL_TOKEN]],
  [{ registry: "ghcr.io", namespace: "kube-system" }, ["kube-system/ghcr"]],
  [{ url_prefix: "https://github.com/org" }, ["app", "org"]],
  [{ url_prefix: "https://github.com/ORG/app" }, ["app"]],
  [{ url_prefix: "github.com/org" }, ["app", "org"]],
  [{ url_prefix: "git@github.com:org/" }, ["ssh"]],
  [{ url_prefix: "oci://ghcr.io/org" }, ["charts"]],
  [{ url_prefix: "ghcr.io/org/charts" }, ["charts"]],
  [{ url_prefix: "https://git.example.com/" }, ["inside"]],
  [{ url_prefix: "https://github.com/org", username: "alice" }, ["org"]],
  [{ url_prefix: "https://gitlab.example.com/", username: "bot" }, [], [REPO_TOKEN]],
];

const found = FOUND.map(([filter, names, warnings]): Row => ({
  name: `${JSON.stringify(filter).replaceAll(TOKEN, "a token")} finds ${
    names.join(", ") || "none"
  }`,
  before: populate,
  request: () => list(filter),
  status: 200,
  changes: false,
  absent: [TOKEN.slice(4)],
  after(_, answer) {
    const body = answer as Body;
    assert.deepEqual(namesIn(body), names);
    assert.deepEqual(body.warnings, warnings);
    assert.equal(body.total_docker_creds, body.docker_creds_secrets.length);
  },
}));

const more: Row[] = [
  {
    name: "a filter that reads pull secrets shows their registries",
    before: populate,
    request: () => list({ registry: "quay.io" }),
    status: 200,
    after: (_, body) =>
      assert.partialDeepStrictEqual(body, {
        docker_creds_secrets: [{
          registries: [
            { registry: "quay.io", username: "bot" },
            { registry: "ghcr.io", username: "carol" },
          ],
        }],
      }),
  },
  {
    name: "no pull secret is read unless the filter needs it",
    before: populate,
    request: () => list({ namespace: "default" }),
    status: 200,
    after: ({ cluster }) => assert.ok(cluster.calls.every(({ method }) => method === "list")),
  },
  {
    name: "unreadable pull secrets are named, and the others are found",
    before(it) {
      populate(it);
      it.cluster.fault = ({ method }) =>
        method === "read" ? { kind: "throw", error: "forbidden" } : undefined;
    },
    request: () => list({ username: "alice" }),
    status: 200,
    after(_, answer) {
      const body = answer as Body;
      assert.deepEqual(namesIn(body), ["org"]);
      assert.match(
        body.warnings![0]!,
        /^Cannot read docker secrets, which may match the filter: default\/both, .*kube-system\/ghcr \(.*forbidden/,
      );
    },
  },
  {
    name: "an unparsable pull secret is named",
    before({ cluster }) {
      const labels = { "jjo.finance/secret-type": "docker-creds" };
      const data = seal({ ".dockerconfigjson": encodeBase64Text(`{${CANARY}`) });
      const type = "kubernetes.io/dockerconfigjson";
      cluster.put({ namespace: "default", name: "broken", labels, type, data });
    },
    request: () => list({ registry: "ghcr.io" }),
    status: 200,
    after(_, answer) {
      assert.deepEqual(namesIn(answer as Body), []);
      assert.deepEqual((answer as Body).warnings, [
        "Cannot parse the Docker configuration of secrets, which may match the filter: " +
        "default/broken",
      ]);
    },
  },
  ...([
    [{ username: "" }, "username", "must not be empty"],
    [{ username: "a\nb" }, "username", "must not contain control characters"],
    [{ registry: "" }, "registry", "must be a registry host"],
    [{ registry: "a b" }, "registry", "must be a registry host"],
    [{ url_prefix: "" }, "url_prefix", "must not be empty"],
    [{ url_prefix: "https://a b" }, "url_prefix", "must not contain white space"],
    [{ url_prefix: `https://u:${CANARY}@a` }, "url_prefix", "must not contain user information"],
    [{ namespace: "A" }, "namespace", "must be a valid namespace name"],
  ] as [Parameters, string, string][]).map(([filter, field, why]) =>
    refused(
      `${JSON.stringify(filter).replaceAll(CANARY, "a password")} is rejected`,
      () => list(filter),
      400,
      new RegExp(`arameter '${field}' ?${why}`),
    )
  ),
  refused(
    "a misspelled filter is rejected",
    () => list({ user: "bot" }),
    400,
    /^Unknown parameter\. Known parameters: cluster, clusters, cluster_selector, namespace, username, registry, url_prefix$/,
  ),
  refused(
    "the seed's path takes no filter",
    () => get("/secrets?cluster=test-cluster&username=bot"),
    400,
    /^Unknown parameter\. Known parameters: cluster$/,
  ),
];

for (const test of testsOf([...found, ...more])) Deno.test(test);
