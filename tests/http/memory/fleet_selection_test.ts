import assert from "node:assert/strict";
import { KubeError } from "../../../src/kube/errors.ts";
import { FakeCluster } from "../../../src/kube/fake/store.ts";
import { PREFIX as V1 } from "../../../src/operations/routes.ts";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import {
  addDocker,
  answered,
  EVENTS,
  type FleetOptions,
  fleetStage,
  holders,
  list,
  statuses,
} from "../fleet.ts";
import { get, post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** The selection of clusters is the same for a body and a query. */

const KNOWN = {
  "prod-eu": { labels: { env: "prod", region: "eu" } },
  "prod-us": { labels: { env: "prod", region: "us" } },
  "test-1": { labels: { env: "test" } },
  "test-2": {},
};

const CHOSEN: [what: string, which: object, meant: readonly string[]][] = [
  ["names", { clusters: ["test-1", "prod-eu"] }, ["prod-eu", "test-1"]],
  ["a pattern", { clusters: ["prod-*"] }, ["prod-eu", "prod-us"]],
  ["a pattern excluding a name", { clusters: ["prod-*", "!prod-eu"] }, ["prod-us"]],
  ["all", { clusters: ["*"] }, ["prod-eu", "prod-us", "test-1", "test-2"]],
  ["all clusters but some", { clusters: ["!prod-*"] }, ["test-1", "test-2"]],
  ["labels", { cluster_selector: "env=prod" }, ["prod-eu", "prod-us"]],
  ["set-based labels", { cluster_selector: "env in (test),region notin (eu)" }, ["test-1"]],
  ["no label", { cluster_selector: "!env" }, ["test-2"]],
  ["names and labels", { clusters: ["*-eu", "test-1"], cluster_selector: "env=prod" }, ["prod-eu"]],
];

const inQuery = (which: object) =>
  new URLSearchParams(
    Object.entries(which).map(([name, value]) => [name, [value].flat().join(",")]),
  ).toString();

for (const [what, which, meant] of CHOSEN) {
  Deno.test(`a write goes to the selected clusters: ${what}`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, addDocker(which));
    assert.equal(status, 200);
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), meant);
    assert.deepEqual(holders(it), meant);
  });

  Deno.test(`a read covers the selected clusters: ${what}`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, list(inQuery(which)));
    assert.equal(status, 200);
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), meant);
  });

  Deno.test(`GET /clusters lists the selected clusters: ${what}`, async () => {
    const it = fleetStage({ known: KNOWN });
    const response = await it.app.fetch(get(`${V1}/clusters?${inQuery(which)}`));
    const { clusters } = await response.json();
    assert.deepEqual(clusters.map(({ name }: { name: string }) => name), meant);
  });
}

Deno.test("a read without a selection covers all clusters", async () => {
  const { body } = await answered(fleetStage({ known: KNOWN }), list(""));
  assert.deepEqual(body.clusters.map(({ cluster }) => cluster), Object.keys(KNOWN));
});

const CHOICE = "No cluster selected: set 'cluster', 'clusters' ";

/** Every kind of request with a selection, in a body or in a query. */
const REQUESTS: [what: string, part: string, of: (which: object) => Request][] = [
  ["docker", "Field", addDocker],
  ["repositories", "Field", (which) =>
    post(`${V1}/repositories`, {
      name: "r",
      type: "git",
      url: "https://git.example.com/org/app",
      ...which,
    })],
  [
    "a deletion",
    "Parameter",
    (which) => get(`${V1}/secrets?name=x&${inQuery(which)}`, {}, "DELETE"),
  ],
  ["a list", "Parameter", (which) => list(inQuery(which))],
  ["one secret", "Parameter", (which) => get(`${V1}/secrets/x?${inQuery(which)}`)],
];

const REFUSED: [what: string, which: object, code: string, message: (part: string) => string][] = [
  ["'cluster' beside 'clusters'", { cluster: "test-1", clusters: ["test-2"] }, "invalid_field", (
    part,
  ) => `${part} 'clusters' cannot be combined with 'cluster'`],
  [
    "'cluster' beside 'cluster_selector'",
    { cluster: "test-1", cluster_selector: "env=prod" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' cannot be combined with 'cluster'`,
  ],
  [
    "an unknown name",
    { clusters: ["prod-ew"] },
    "invalid_field",
    (part) =>
      `${part} 'clusters' must name existing clusters: there is no 'prod-ew'; did you mean 'prod-eu'?`,
  ],
  [
    "a pattern without a match",
    { clusters: ["*", "stage-*"] },
    "invalid_field",
    (part) => `${part} 'clusters' must match at least one cluster: 'stage-*' matches none`,
  ],
  [
    "an unknown excluded name",
    { clusters: ["*", "!prud-eu"] },
    "invalid_field",
    (part) =>
      `${part} 'clusters' must name existing clusters: there is no 'prud-eu'; did you mean 'prod-eu'?`,
  ],
  [
    "an exclusion that leaves no cluster",
    { clusters: ["prod-eu", "!prod-*"] },
    "invalid_field",
    (part) => `${part} 'clusters' selects no cluster`,
  ],
  [
    "labels that no cluster has",
    { cluster_selector: "env=stage" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' matches no cluster`,
  ],
  [
    "labels that no named cluster has",
    { clusters: ["test-*"], cluster_selector: "env=prod" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' matches no selected cluster`,
  ],
  [
    "an invalid selector",
    { cluster_selector: "env in prod" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' must be a label selector such as team=web,env!=test`,
  ],
  [
    "an empty selector",
    { cluster_selector: " " },
    "invalid_field",
    (part) => `${part} 'cluster_selector' must be a label selector such as team=web,env!=test`,
  ],
];

for (const [kind, part, of] of REQUESTS) {
  for (const [what, which, code, message] of REFUSED) {
    Deno.test(`${kind}: an invalid selection is rejected, and no cluster is contacted: ${what}`, async () => {
      const it = fleetStage({ known: KNOWN });
      const { status, body } = await answered(it, of(which));
      assert.deepEqual([status, body.code, body.message], [400, code, message(part)]);
      assert.deepEqual(it.opened, []);
    });
  }
}

for (const [kind, , of] of REQUESTS) {
  for (const which of [{ clusters: ["*"] }, { cluster_selector: "env=prod" }]) {
    Deno.test(`${kind}: without configured clusters ${Object.keys(which)} is rejected with that reason`, async () => {
      const it = fleetStage({ known: {} });
      const { status, body } = await answered(it, of(which));
      assert.deepEqual(
        [status, body.code, body.message],
        [400, "invalid_field", "No clusters are configured"],
      );
    });
  }
}

for (const [kind, , of] of REQUESTS.slice(0, 3)) {
  Deno.test(`${kind}: a request without a selection is rejected, and no cluster is contacted`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, of({}));
    assert.deepEqual([status, body.code], [400, "selection_required"]);
    assert.ok(body.message?.startsWith(CHOICE), JSON.stringify(body));
    assert.deepEqual(it.opened, []);
  });
}

for (const [kind, , of] of REQUESTS.filter(([, part]) => part === "Parameter")) {
  Deno.test(`${kind}: an empty list of clusters is rejected`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, of({ clusters: " , " }));
    const message = "Parameter 'clusters' must name at least one cluster";
    assert.deepEqual([status, body.message], [400, message]);
    assert.deepEqual(it.opened, []);
  });
}

for (const [kind, part, of] of REQUESTS) {
  Deno.test(`${kind}: too many names or patterns are rejected`, async () => {
    const it = fleetStage({ known: KNOWN });
    const patterns = Array.from({ length: 65 }, (_, i) => `${"*".repeat(10)}${i}`);
    const many: [items: string[], rule: string][] = [
      [patterns, "must have at most 64 patterns with '*'"],
      [patterns.map((each) => `!${each}`), "must have at most 64 patterns with '*'"],
      [Array.from({ length: 1001 }, (_, i) => `c${i}`), "must have at most 1000 names"],
    ];
    for (const [clusters, rule] of many) {
      const { status, body } = await answered(it, of({ clusters }));
      assert.deepEqual([status, body.message], [400, `${part} 'clusters' ${rule}`]);
    }
    assert.deepEqual(it.opened, []);
  });
}

const LIMITS: [what: string, which: object, message: string][] = [
  [
    "a name in 'first' that is not selected",
    { clusters: ["prod-*"], first: ["test-1"] },
    "Field 'first' must name clusters of the selection: 'test-1' is not selected",
  ],
  [
    "a pattern in 'first' that matches no selected cluster",
    { clusters: ["prod-*"], first: ["test-*"] },
    "Field 'first' must match at least one cluster of the selection: 'test-*' matches none",
  ],
  [
    "'first' with a single cluster",
    { cluster: "test-1", first: ["test-1"] },
    "Field 'first' requires 'clusters' or 'cluster_selector'",
  ],
  [
    "'max_failures' with a single cluster",
    { cluster: "test-1", max_failures: 1 },
    "Field 'max_failures' requires 'clusters' or 'cluster_selector'",
  ],
  [
    "a negative 'max_failures'",
    { clusters: ["*"], max_failures: -1 },
    "Field 'max_failures' must be 0 or more",
  ],
  [
    "a 'max_failures' above the largest integer",
    { clusters: ["*"], max_failures: 1e99 },
    "Field 'max_failures' must be smaller",
  ],
  [
    "a 'max_failures' below the smallest integer",
    { clusters: ["*"], max_failures: -1e99 },
    "Field 'max_failures' must be larger",
  ],
];

for (const [what, which, message] of LIMITS) {
  Deno.test(`${what} is rejected`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, addDocker(which));
    assert.deepEqual([status, body.message], [400, message]);
    assert.deepEqual(it.opened, []);
  });
}

Deno.test("the root paths take one cluster by name and no selection", async () => {
  const it = fleetStage({ known: KNOWN });
  const queries = ["clusters=*", "cluster_selector=env", "cluster=a&clusters=b"];
  for (const query of queries) {
    assert.equal((await it.app.fetch(get(`/secrets?${query}`))).status, 400, query);
    assert.equal((await it.app.fetch(get(`/secrets/x?${query}`))).status, 400, query);
    const deletion = get(`/secrets?name=x&${query}`, {}, "DELETE");
    assert.equal((await it.app.fetch(deletion)).status, 400, query);
  }
  const body = { name: "x", username: "u", password: "p", namespaces: "default", clusters: ["*"] };
  assert.equal((await it.app.fetch(post("/secrets/add_docker", body))).status, 400);
  assert.deepEqual(it.opened, []);
});

const BROKEN = new KubeError("labels_unreadable", "Cannot read clusters/labels.yaml: line 1: no", {
  cluster: "",
});

const broken: FleetOptions = {
  known: KNOWN,
  source: {
    list: () =>
      Promise.resolve({
        clusters: Object.keys(KNOWN).map((name) => ({ name, labels: {} })),
        warnings: [{ kind: "labels_unusable", text: BROKEN.message }],
        labelsProblem: BROKEN,
      }),
  },
};

for (const [kind, , of] of REQUESTS) {
  Deno.test(`${kind}: while the labels are unreadable, a selector selects nothing`, async () => {
    const it = fleetStage(broken);
    const { status, body } = await answered(it, of({ cluster_selector: "env!=prod" }));
    assert.deepEqual([status, body.code, body.message], [500, BROKEN.kind, BROKEN.message]);
    assert.deepEqual(it.opened, []);
  });
}

Deno.test("two names of one API server are one cluster under the first name, which lists the other", async () => {
  const known = {
    "a-prod": { identity: "one" },
    "b-prod": { identity: "two" },
    "c-prod": { identity: "one" },
    "d-prod": { identity: "one" },
  };
  const it = fleetStage({ known });
  const { body } = await answered(it, addDocker({ clusters: ["*", "!c-prod"] }));
  assert.deepEqual(body.clusters.map(({ cluster, same_server_as }) => [cluster, same_server_as]), [
    ["a-prod", ["d-prod"]],
    ["b-prod", undefined],
  ]);
  assert.deepEqual(it.opened, ["a-prod", "b-prod"]);
  // `first` may use either name.
  const first = await answered(it, addDocker({ clusters: ["*"], first: ["c-prod"], upsert: true }));
  assert.deepEqual(statuses(first.body.clusters), { "a-prod": 200, "b-prod": 200 });
  assert.deepEqual(it.opened.slice(2), ["a-prod", "b-prod"]);
});

Deno.test("reads and writes of repositories cover each Argo CD of a server, a pull secret is written once", async () => {
  const server = new FakeCluster();
  for (const each of ["default", "argocd", "other"]) server.namespaces.set(each, "Active");
  server.put({
    namespace: "other",
    name: "app",
    labels: { "argocd.argoproj.io/secret-type": "repository" },
  }, { url: encodeBase64Text("https://git.example.com/app") });
  const it = fleetStage({
    known: {
      a: { identity: "one", own: { argocdNamespace: null } },
      b: { identity: "one", own: { argocdNamespace: "other" } },
      c: { identity: "one", own: { argocdNamespace: "other" } },
    },
    fleet: { a: server, b: server, c: server },
  });
  for (const path of ["credentials", "secrets", "secrets/app"]) {
    const { status, body } = await answered(it, get(`/api/v1/${path}`));
    assert.ok(status < 300, path);
    const names =
      (body.clusters as readonly { readonly cluster?: string; readonly name?: string }[])
        .map(({ cluster, name }) => cluster ?? name);
    assert.deepEqual(names, ["a", "b"], path);
    assert.match(JSON.stringify(body), /"same_server_as":\["c"\]/, path);
    assert.match(JSON.stringify(body), /git\.example\.com\/app/, path);
  }
  const { body } = await answered(it, addDocker({ clusters: ["*"] }));
  assert.deepEqual(statuses(body.clusters), { a: 200 });

  const repository = { name: "charts", type: "helm", url: "https://charts.example.com" };
  const { body: added } = await answered(
    it,
    post(`${V1}/repositories`, { clusters: ["*"], ...repository }),
  );
  assert.deepEqual(statuses(added.clusters), { a: 422, b: 200 });
  assert.deepEqual(added.clusters.map((each) => each.same_server_as), [undefined, ["c"]]);
  assert.ok([...server.secrets.keys()].some((key) => /^other\/.*charts/.test(key)));
});

const MIXED = { ...KNOWN, "production-cluster": { identity: "server of test-1" } };

Deno.test("patterns and selectors match only clusters that the token is limited to", async () => {
  const options = { known: MIXED, ...withTokens };
  for (const which of [{ clusters: ["*"] }, { cluster_selector: "env!=prod" }]) {
    const it = fleetStage(options);
    const { body } = await answered(it, addDocker(which, bearer("one-cluster")));
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), ["test-1", "test-2"]);
    assert.ok(!JSON.stringify(body).includes("production"), "another name of its server is shown");
    assert.deepEqual(it.opened, ["test-1", "test-2"]);
  }
  const { body } = await answered(fleetStage(options), list("", bearer("one-cluster")));
  assert.deepEqual(body.clusters.map(({ cluster }) => cluster), ["test-1", "test-2"]);
});

Deno.test("naming a cluster outside the token's is 403, whether it exists or not", async () => {
  for (const name of ["prod-eu", "prod-none"]) {
    const it = fleetStage({ known: KNOWN, ...withTokens });
    for (const clusters of [["test-1", name], ["*", `!${name}`]]) {
      const request = addDocker({ clusters }, bearer("one-cluster"));
      const { status, body } = await answered(it, request);
      assert.deepEqual([status, body.code], [403, "cluster_not_allowed"]);
    }
    assert.deepEqual(it.opened, []);
  }
});

Deno.test("a pattern that matches only clusters outside the token's is a pattern without a match", async () => {
  const it = fleetStage({ known: KNOWN, ...withTokens });
  const request = addDocker({ clusters: ["prod-*"] }, bearer("one-cluster"));
  const { status, body } = await answered(it, request);
  assert.deepEqual([status, body.code], [400, "invalid_field"]);
  assert.ok(!body.message?.includes("prod-eu"), JSON.stringify(body));
});

Deno.test("an invalid request gets a JSON error even when a stream is requested", async () => {
  const it = fleetStage({ known: KNOWN });
  const response = await it.app.fetch(addDocker({ clusters: ["none"] }, EVENTS));
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.equal((await response.json()).code, "invalid_field");
});
