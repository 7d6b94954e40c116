import assert from "node:assert/strict";
import { KubeError } from "../../../src/kube/errors.ts";
import { PREFIX as V1 } from "../../../src/operations/routes.ts";
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

/** Which clusters a request is about: the same for a body and a query. */

const KNOWN = {
  "prod-eu": { labels: { env: "prod", region: "eu" } },
  "prod-us": { labels: { env: "prod", region: "us" } },
  "test-1": { labels: { env: "test" } },
  "test-2": {},
};

const CHOSEN: [what: string, which: object, meant: readonly string[]][] = [
  ["names", { clusters: ["test-1", "prod-eu"] }, ["prod-eu", "test-1"]],
  ["a pattern", { clusters: ["prod-*"] }, ["prod-eu", "prod-us"]],
  ["a pattern less a name", { clusters: ["prod-*", "!prod-eu"] }, ["prod-us"]],
  ["all", { clusters: ["*"] }, ["prod-eu", "prod-us", "test-1", "test-2"]],
  ["all but some", { clusters: ["!prod-*"] }, ["test-1", "test-2"]],
  ["labels", { cluster_selector: "env=prod" }, ["prod-eu", "prod-us"]],
  ["labels of a set", { cluster_selector: "env in (test),region notin (eu)" }, ["test-1"]],
  ["no label", { cluster_selector: "!env" }, ["test-2"]],
  ["names and labels", { clusters: ["*-eu", "test-1"], cluster_selector: "env=prod" }, ["prod-eu"]],
];

const inQuery = (which: object) =>
  new URLSearchParams(
    Object.entries(which).map(([name, value]) => [name, [value].flat().join(",")]),
  ).toString();

for (const [what, which, meant] of CHOSEN) {
  Deno.test(`${what} choose clusters for a write`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, addDocker(which));
    assert.equal(status, 200);
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), meant);
    assert.deepEqual(holders(it), meant);
  });

  Deno.test(`${what} choose clusters for a read`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, list(inQuery(which)));
    assert.equal(status, 200);
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), meant);
  });

  Deno.test(`${what} choose clusters for the list of these`, async () => {
    const it = fleetStage({ known: KNOWN });
    const response = await it.app.fetch(get(`${V1}/clusters?${inQuery(which)}`));
    const { clusters } = await response.json();
    assert.deepEqual(clusters.map(({ name }: { name: string }) => name), meant);
  });
}

Deno.test("a read that says nothing is about all clusters", async () => {
  const { body } = await answered(fleetStage({ known: KNOWN }), list(""));
  assert.deepEqual(body.clusters.map(({ cluster }) => cluster), Object.keys(KNOWN));
});

const CHOICE = "No cluster selected: set 'cluster', 'clusters' ";

/** For every kind of request that takes a selection, in a body and in a query. */
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
  ["a single cluster beside names", { cluster: "test-1", clusters: ["test-2"] }, "invalid_field", (
    part,
  ) => `${part} 'clusters' cannot be combined with 'cluster'`],
  [
    "a single cluster beside labels",
    { cluster: "test-1", cluster_selector: "env=prod" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' cannot be combined with 'cluster'`,
  ],
  [
    "a name that is none",
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
    "a name taken out that is none",
    { clusters: ["*", "!prud-eu"] },
    "invalid_field",
    (part) =>
      `${part} 'clusters' must name existing clusters: there is no 'prud-eu'; did you mean 'prod-eu'?`,
  ],
  [
    "names that leave none",
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
    "a selector that is none",
    { cluster_selector: "env in prod" },
    "invalid_field",
    (part) => `${part} 'cluster_selector' must be a label selector such as team=web,env!=test`,
  ],
  [
    "a selector of nothing",
    { cluster_selector: " " },
    "invalid_field",
    (part) => `${part} 'cluster_selector' must be a label selector such as team=web,env!=test`,
  ],
];

for (const [kind, part, of] of REQUESTS) {
  for (const [what, which, code, message] of REFUSED) {
    Deno.test(`${what} is refused of ${kind}, and nothing is done`, async () => {
      const it = fleetStage({ known: KNOWN });
      const { status, body } = await answered(it, of(which));
      assert.deepEqual([status, body.code, body.message], [400, code, message(part)]);
      assert.deepEqual(it.opened, []);
    });
  }
}

for (const [kind, , of] of REQUESTS) {
  for (const which of [{ clusters: ["*"] }, { cluster_selector: "env=prod" }]) {
    Deno.test(`where there is no cluster, ${kind} with ${Object.keys(which)} says so`, async () => {
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
  Deno.test(`without any cluster ${kind} is refused, and nothing is done`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, of({}));
    assert.deepEqual([status, body.code], [400, "selection_required"]);
    assert.ok(body.message?.startsWith(CHOICE), JSON.stringify(body));
    assert.deepEqual(it.opened, []);
  });
}

for (const [kind, , of] of REQUESTS.filter(([, part]) => part === "Parameter")) {
  Deno.test(`an empty list of clusters is refused of ${kind}`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, of({ clusters: " , " }));
    const message = "Parameter 'clusters' must name at least one cluster";
    assert.deepEqual([status, body.message], [400, message]);
    assert.deepEqual(it.opened, []);
  });
}

for (const [kind, part, of] of REQUESTS) {
  Deno.test(`more names or patterns than a request may have are refused of ${kind}`, async () => {
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
    "one that goes first and is not meant",
    { clusters: ["prod-*"], first: ["test-1"] },
    "Field 'first' must name clusters of the selection: 'test-1' is not selected",
  ],
  [
    "a first pattern that matches nothing that is meant",
    { clusters: ["prod-*"], first: ["test-*"] },
    "Field 'first' must match at least one cluster of the selection: 'test-*' matches none",
  ],
  [
    "what goes first of a single cluster",
    { cluster: "test-1", first: ["test-1"] },
    "Field 'first' requires 'clusters' or 'cluster_selector'",
  ],
  [
    "how many of a single cluster may fail",
    { cluster: "test-1", max_failures: 1 },
    "Field 'max_failures' requires 'clusters' or 'cluster_selector'",
  ],
  [
    "a number below 0",
    { clusters: ["*"], max_failures: -1 },
    "Field 'max_failures' must be 0 or more",
  ],
  [
    "a number above what can be counted",
    { clusters: ["*"], max_failures: 1e99 },
    "Field 'max_failures' must be smaller",
  ],
  [
    "a number below what can be counted",
    { clusters: ["*"], max_failures: -1e99 },
    "Field 'max_failures' must be larger",
  ],
];

for (const [what, which, message] of LIMITS) {
  Deno.test(`${what} is refused`, async () => {
    const it = fleetStage({ known: KNOWN });
    const { status, body } = await answered(it, addDocker(which));
    assert.deepEqual([status, body.message], [400, message]);
    assert.deepEqual(it.opened, []);
  });
}

Deno.test("at the root there is one cluster, by its own name", async () => {
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
  Deno.test(`while the labels cannot be read nothing is selected by them: ${kind}`, async () => {
    const it = fleetStage(broken);
    const { status, body } = await answered(it, of({ cluster_selector: "env!=prod" }));
    assert.deepEqual([status, body.code, body.message], [500, BROKEN.kind, BROKEN.message]);
    assert.deepEqual(it.opened, []);
  });
}

Deno.test("two names of one API server are one cluster under the first, which says so", async () => {
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
  // Which goes first may be said by either name.
  const first = await answered(it, addDocker({ clusters: ["*"], first: ["c-prod"], upsert: true }));
  assert.deepEqual(statuses(first.body.clusters), { "a-prod": 200, "b-prod": 200 });
  assert.deepEqual(it.opened.slice(2), ["a-prod", "b-prod"]);
});

const MIXED = { ...KNOWN, "production-cluster": { identity: "server of test-1" } };

Deno.test("patterns and labels of a token that is for some clusters see only those", async () => {
  const options = { known: MIXED, ...withTokens };
  for (const which of [{ clusters: ["*"] }, { cluster_selector: "env!=prod" }]) {
    const it = fleetStage(options);
    const { body } = await answered(it, addDocker(which, bearer("one-cluster")));
    assert.deepEqual(body.clusters.map(({ cluster }) => cluster), ["test-1", "test-2"]);
    assert.ok(!JSON.stringify(body).includes("production"), "another name of its server");
    assert.deepEqual(it.opened, ["test-1", "test-2"]);
  }
  const { body } = await answered(fleetStage(options), list("", bearer("one-cluster")));
  assert.deepEqual(body.clusters.map(({ cluster }) => cluster), ["test-1", "test-2"]);
});

Deno.test("a name outside of a token's clusters is 403, whether it is there or not", async () => {
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

Deno.test("a pattern that only clusters of others match is one without a match", async () => {
  const it = fleetStage({ known: KNOWN, ...withTokens });
  const request = addDocker({ clusters: ["prod-*"] }, bearer("one-cluster"));
  const { status, body } = await answered(it, request);
  assert.deepEqual([status, body.code], [400, "invalid_field"]);
  assert.ok(!body.message?.includes("prod-eu"), JSON.stringify(body));
});

Deno.test("what is wrong is an ordinary error to who wants a stream, too", async () => {
  const it = fleetStage({ known: KNOWN });
  const response = await it.app.fetch(addDocker({ clusters: ["none"] }, EVENTS));
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.equal((await response.json()).code, "invalid_field");
});
