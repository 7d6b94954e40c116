import assert from "node:assert/strict";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import { encodeBase64Url } from "../../../src/text/bytes.ts";
import { matrixStage, putArgocd, putPull } from "../matrix_stage.ts";
import { repo } from "../requests.ts";
import { OLD, putManaged, rotationStage } from "../rotation_stage.ts";
import { DOCKER_LABELS, stage } from "../stage.ts";
import { CANARY, docker, get, helm, post, refused, type Row, testsOf } from "../support.ts";

/** Expiry of credentials: declared by a write, and shown by lists and the matrix. */

const EXPIRES = "argocd-configurer.io/expires";
const MARCH = "2037-03-01T00:00:00.000Z";
const NAME = "my-docker-secret";

const annotations = (cluster: FakeCluster, key: string) =>
  cluster.secrets.get(key)!.annotations[EXPIRES];

const put = (password: string, expires: string) => ({ cluster }: { cluster: FakeCluster }) => {
  for (const namespace of ["kube-system", "default", "argocd"]) {
    putPull(cluster, { namespace, name: NAME }, {
      "ghcr.io": { username: "your_username", password },
    }, { labels: DOCKER_LABELS, annotations: { [EXPIRES]: expires } });
  }
};

const written: Row[] = [
  {
    name: "a declared expiry is stored in each pull secret, in UTC",
    request: () => docker({ expires: "2037-03-01T02:00:00+02:00" }),
    status: 200,
    changes: true,
    after({ cluster }) {
      for (const namespace of ["kube-system", "default", "argocd"]) {
        assert.equal(annotations(cluster, `${namespace}/${NAME}`), MARCH);
      }
    },
  },
  {
    name: "a declared expiry may be a date, and is also stored in the template beside a repository",
    request: () => helm({ repository_url: "oci://ghcr.io", expires: "2037-03-01" }),
    status: 200,
    after({ cluster }) {
      assert.equal(annotations(cluster, "argocd/my-helm-repo"), MARCH);
      assert.equal(annotations(cluster, "argocd/my-helm-repo-template"), MARCH);
    },
  },
  {
    name: "a repository's declared expiry is stored in its secret",
    request: () => repo({ expires: "2037-03-01" }),
    status: 200,
    after: ({ cluster }) => assert.equal(annotations(cluster, "argocd/my-repo"), MARCH),
  },
  {
    name: "a new value without a declared expiry removes the old expiry",
    request: () => docker({ upsert: true }),
    before: put("another", "2030-01-01"),
    status: 200,
    after: ({ cluster }) => assert.equal(annotations(cluster, `default/${NAME}`), undefined),
  },
  {
    name: "the same value with another expiry is a change and replaces it",
    request: () => docker({ upsert: true, expires: "2037-03-01" }),
    before: put(CANARY, "2030-01-01"),
    status: 200,
    changes: true,
    after: ({ cluster }) => assert.equal(annotations(cluster, `default/${NAME}`), MARCH),
  },
  ...[docker, repo].map((asked): Row => ({
    name: `a declared expiry in the past is written, with a hint (${asked.name})`,
    request: () => asked({ expires: "2020-01-01" }),
    status: 200,
    changes: true,
    after(_, body) {
      const { hint } = body as { hint?: string };
      assert.match(hint!, /The declared expiry is in the past: 2020-01-01T00:00:00.000Z$/);
    },
  })),
  {
    name: "a dry run shows the new expiry",
    request: () => docker({ upsert: true, expires: "2037-03-01", dry_run: true }),
    before: put("another", "2030-01-01"),
    status: 200,
    changes: false,
    after(_, body) {
      const { results: [{ result: { changes } }] } = body as {
        results: [{ result: { changes: { field: string }[] } }];
      };
      assert.deepEqual(changes.filter(({ field }) => field.endsWith(EXPIRES)), [
        { field: `annotations.${EXPIRES}`, before: "2030-01-01", after: MARCH },
      ]);
    },
  },
];

const WRONG = ["", "soon", "30d", "2037-02-30", "2037-03-01T12:00:00", "01.03.2037", 2037, null];

const refusals = WRONG.map((expires) =>
  refused(
    `an expiry of ${JSON.stringify(expires)} is rejected, and nothing is written`,
    () => docker({ expires }),
    400,
    /^Field 'expires' must be (a date such as 2027-01-31, or a time with a time zone such as |a string$)/,
  )
);

for (const test of testsOf([...written, ...refusals])) Deno.test(test);

Deno.test("a list shows declared expiries below /api/v1 only", async () => {
  const it = stage();
  put("x", "2037-03-01")(it);
  putArgocd(it.cluster, "app", "repository", { url: "https://git.example.com/app" }, {
    [EXPIRES]: MARCH,
  });
  putArgocd(it.cluster, "org", "repo-creds", { url: "https://git.example.com/org" }, {
    [EXPIRES]: "some day",
  });
  const listed = async (path: string) => await (await it.app.fetch(get(path))).json();
  const below = await listed("/api/v1/secrets?cluster=test-cluster");
  const declared = { at: MARCH, source: "declared" };
  assert.deepEqual(below.docker_creds_secrets[0].expires, declared);
  assert.deepEqual(below.repository_secrets[0].expires, declared);
  assert.equal(below.repo_creds_secrets[0].expires, undefined);
  assert.ok(!JSON.stringify(await listed("/secrets?cluster=test-cluster")).includes("expires"));
  const one = await listed(`/api/v1/secrets/${NAME}?cluster=test-cluster&namespace=default`);
  assert.deepEqual(one.secrets[0].expires, declared);
  const root = await listed(`/secrets/${NAME}?cluster=test-cluster&namespace=default`);
  assert.equal(root.secrets[0].expires, undefined);
});

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Math.floor(Date.now() / DAY + days) * DAY).toISOString();

/** A token with an expiry, like a registry's. */
const token = (at: string) =>
  [{ alg: "RS256" }, { exp: Date.parse(at) / 1000 }]
    .map((part) => encodeBase64Url(JSON.stringify(part))).join(".") + ".c2ln";

Deno.test("the matrix shows each credential's expiry from the best source, and finds those that expire soon", async () => {
  const [soon, later, past] = [inDays(10), inDays(100), inDays(-3)];
  const GHCR = { namespace: "default", name: "ghcr" };
  const login = (password: string) => ({ "ghcr.io": { username: "bot", password } });
  const { ask } = matrixStage({
    dev: {
      fill(cluster) {
        putPull(cluster, GHCR, login(token(soon)), { annotations: { [EXPIRES]: past } });
        putPull(cluster, { ...GHCR, name: "plain" }, login(CANARY));
        putArgocd(cluster, "app", "repository", {
          url: "https://git.example.com/app",
          password: CANARY,
        }, { [EXPIRES]: past });
      },
    },
    prod: {
      fill: (cluster) =>
        putPull(cluster, GHCR, login(CANARY), { annotations: { [EXPIRES]: later } }),
    },
  });
  const cellsOf = async (parameters: Record<string, string>) => {
    const { body: { credentials } } = await ask(parameters);
    return Object.fromEntries(credentials.map(({ id, cells }) => [
      id,
      Object.entries(cells).flatMap(([cluster, cell]) =>
        cell.state === "present" && cell.expires ? [[cluster, cell.expires]] : []
      ),
    ]));
  };
  const ghcr = [
    ["dev", { at: soon, source: "value" }],
    ["prod", { at: later, source: "declared" }],
  ];
  const app = [["dev", { at: past, source: "declared" }]];
  const APP = "repository/git/https://git.example.com/app";
  assert.deepEqual(await cellsOf({}), { "docker/ghcr": ghcr, "docker/plain": [], [APP]: app });
  const within = async (expires_within: string) => Object.keys(await cellsOf({ expires_within }));
  assert.deepEqual(await within("30d"), ["docker/ghcr", APP]);
  assert.deepEqual(await within("12h"), [APP]);
  assert.deepEqual(await within("0s"), [APP]);
  // Values are not read then; a declared expiry is an annotation.
  assert.deepEqual(await cellsOf({ fingerprints: "false", kind: "docker" }), {
    "docker/ghcr": [["dev", { at: past, source: "declared" }], ghcr[1]],
    "docker/plain": [],
  });
});

Deno.test("the matrix shows the expiry that the issuer reported at the last check", async () => {
  const end = inDays(5);
  const fill = (cluster: FakeCluster) => {
    const annotations = { [EXPIRES]: inDays(500) };
    putPull(cluster, { namespace: "default", name: "ghcr" }, {
      "ghcr.io": { username: "bot", password: CANARY },
    }, { annotations });
    putArgocd(cluster, "app", "repository", {
      url: "https://git.example.com/app",
      username: "bot",
      password: `${CANARY}-other`,
    }, annotations);
  };
  const it = matrixStage({ dev: { fill } }, {
    verifyOne: (what) =>
      Promise.resolve({
        reachable: true,
        accepted: true,
        may: [],
        asked: "https://example.com/",
        why: "It is accepted",
        ...what.kind === "registry" && { expires: end },
      }),
  });
  const sources = async () => {
    const { body: { credentials } } = await it.ask();
    return credentials.map(({ cells: { dev } }) =>
      dev!.state === "present" ? dev!.expires?.source : dev!.state
    );
  };
  assert.deepEqual(await sources(), ["declared", "declared"]);
  const checked = await it.app.fetch(post("/api/v1/checks", {}));
  assert.equal(checked.status, 200);
  await checked.body?.cancel();
  assert.deepEqual(await sources(), ["issuer", "declared"]);
  const { body: { credentials: [row] } } = await it.ask({ expires_within: "7d" });
  assert.equal(row!.id, "docker/ghcr");
});

Deno.test("a rotation removes the old value's declared expiry or stores the new one", async () => {
  const fill = (cluster: FakeCluster) =>
    putManaged(cluster, "ghcr", OLD, {
      annotations: { "argocd-configurer.io/request": "an-earlier-write", [EXPIRES]: inDays(1) },
    });
  const declared = async (more: object) => {
    const { rotate, fleet } = rotationStage({ fill });
    const { status, body } = await rotate(more);
    assert.equal(status, 200, JSON.stringify(body));
    return Object.values(fleet).map((cluster) => annotations(cluster, "default/ghcr"));
  };
  assert.deepEqual([...new Set(await declared({}))], [undefined]);
  assert.deepEqual([...new Set(await declared({ expires: "2037-03-01" }))], [MARCH]);
});
