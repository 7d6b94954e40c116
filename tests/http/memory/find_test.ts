import assert from "node:assert/strict";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import type { PlaceInCluster } from "../../../src/operations/respond/found.ts";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import { assertDocumented, assertEventDocumented } from "../documented.ts";
import { withLog } from "../audit_place.ts";
import { EVENTS, eventsIn } from "../fleet.ts";
import { type Kept, matrixStage, putArgocd, putPull } from "../matrix_stage.ts";
import { assertRequestDocumented } from "../request_schemas.ts";
import type { Stage, StageOptions } from "../stage.ts";
import { assertAbsent, CANARY, type Headers, post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** `POST /api/v1/credentials/find`: every place that holds a value. */

const OTHER = `other${crypto.randomUUID()}`;
const GHCR = { namespace: "default", name: "ghcr" };
const APP = "https://git.example.com/app";

const login = (password = CANARY) => ({ username: "bot", password });

/** An unmanaged secret: without a label of ours, and with only `auth`. */
function putLegacy(cluster: FakeCluster): void {
  const auth = btoa(`bot:${CANARY}`);
  cluster.put(
    { namespace: "team-a", name: "legacy", type: "kubernetes.io/dockercfg" },
    { ".dockercfg": encodeBase64Text(JSON.stringify({ "quay.io": { auth } })) },
  );
}

const FLEET: Readonly<Record<string, Kept>> = {
  dev: {
    labels: { env: "dev" },
    fill(cluster) {
      putPull(cluster, GHCR, { "ghcr.io": login(), "quay.io": login(OTHER) });
      putArgocd(cluster, "app", "repository", { url: APP, username: "bot", password: CANARY });
      putArgocd(cluster, "padded", "repo-creds", {
        url: "https://git.example.com/org/",
        username: "bot",
        password: `${CANARY}\n`,
      });
      putLegacy(cluster);
    },
  },
  edge: {
    labels: { env: "edge" },
    argocdNamespace: null,
    isNarrow: true,
    fill: (cluster) => putPull(cluster, GHCR, { "ghcr.io": login(OTHER) }),
  },
  hung: { labels: { env: "prod" }, fails: "timeout" },
  prod: {
    labels: { env: "prod" },
    fill(cluster) {
      putArgocd(cluster, "proxied", "repository", {
        url: APP,
        proxy: `http://user:${CANARY}@proxy.example.com:3128`,
      });
    },
  },
};

const PATH = "/api/v1/credentials/find";
const find = (body: object, headers: Headers = {}) => post(PATH, body, headers);

/** Sends the request, and checks it and the response against OpenAPI. */
async function asked({ app, logged }: Stage, body: object, headers: Headers = {}) {
  const request = find(body, headers);
  const copy = request.clone();
  const response = await app.fetch(request);
  const text = await response.text();
  assertAbsent(text + logged.join(""), CANARY);
  assertAbsent(text + logged.join(""), btoa(`bot:${CANARY}`));
  const answer = JSON.parse(text);
  await assertDocumented(copy, response.status, answer);
  await assertRequestDocumented(copy, response.status, text);
  return { status: response.status, headers: response.headers, body: answer };
}

const lineOf = ({ cluster, namespace, name, place, ...more }: PlaceInCluster) =>
  [`${cluster}: ${namespace}/${name} ${place}`, ...more.padded ? ["padded"] : []].join(" ");

const notSeenOf = ({ not_seen }: { not_seen: { cluster: string; status: string }[] }) =>
  not_seen.map(({ cluster, status }) => `${cluster} ${status}`);

const seen = { dev: FLEET.dev!, prod: FLEET.prod! };

const ROWS: [what: string, body: object, places: string[]][] = [
  ["a value", { password: CANARY }, [
    "dev: argocd/app password",
    "dev: argocd/padded password padded",
    "dev: default/ghcr ghcr.io",
    "prod: argocd/proxied proxy",
  ]],
  ["a value everywhere", { password: CANARY, everywhere: true }, [
    "dev: argocd/app password",
    "dev: argocd/padded password padded",
    "dev: default/ghcr ghcr.io",
    "dev: team-a/legacy quay.io",
    "prod: argocd/proxied proxy",
  ]],
  ["a value on selected clusters", { password: CANARY, cluster_selector: "env=prod" }, [
    "prod: argocd/proxied proxy",
  ]],
  ["a value given as another kind", { bearer_token: CANARY, clusters: ["prod"] }, [
    "prod: argocd/proxied proxy",
  ]],
  ["another value", { password: OTHER }, ["dev: default/ghcr quay.io"]],
  ["a value that is stored nowhere", { password: `${CANARY}-nowhere` }, []],
];

for (const [what, body, places] of ROWS) {
  Deno.test(`each expected place is found, in order: ${what}`, async () => {
    const it = matrixStage(seen);
    const answer = await asked(it, body);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.places.map(lineOf), places);
    assert.partialDeepStrictEqual(answer.body, {
      success: true,
      total: places.length,
      not_seen: [],
      failed: 0,
    });
  });
}

Deno.test("a place is described without anything secret", async () => {
  const it = matrixStage(seen);
  const { body } = await asked(it, { password: CANARY, clusters: ["dev"] });
  assert.deepEqual(body.places[0], {
    cluster: "dev",
    namespace: "argocd",
    name: "app",
    place: "password",
    key: "password",
    kind: "repository",
    url: APP,
    username: "bot",
    managed: false,
    owner: null,
  });
  assert.deepEqual(body.places[2], {
    cluster: "dev",
    ...GHCR,
    place: "ghcr.io",
    key: ".dockerconfigjson",
    kind: "docker",
    registry: "ghcr.io",
    username: "bot",
    managed: false,
    owner: null,
  });
});

Deno.test("a value inside a longer text is found and marked as inside", async () => {
  const it = matrixStage({
    dev: {
      fill: (cluster) =>
        putArgocd(cluster, "app", "repository", { url: APP, note: `the token is ${CANARY}` }),
    },
  });
  const { status, body: { places: [place, ...others] } } = await asked(it, { password: CANARY });
  assert.deepEqual([status, others], [200, []]);
  assert.partialDeepStrictEqual(place, { name: "app", key: "note", inside: true });
});

Deno.test("a search by fingerprint finds the value that the matrix shows with that fingerprint", async () => {
  const it = matrixStage(seen);
  const { body: matrix } = await it.ask();
  const [cell] = matrix.credentials.find(({ id }) => id === "docker/ghcr")!.cells.dev!.secrets;
  const fingerprint = cell!.fingerprints!["ghcr.io"]!;
  const { status, body } = await asked(it, { fingerprint });
  assert.equal(status, 200);
  assert.deepEqual(body.places.map(lineOf), ROWS[0]![2]);
  assert.equal(body.fingerprints_end, undefined);
});

Deno.test("white space around the given value is reported in a hint", async () => {
  const it = matrixStage(seen);
  const { body: padded } = await asked(it, { password: ` ${CANARY}`, clusters: ["dev"] });
  assert.match(padded.hint!, /^The value has white space around it/);
  assert.deepEqual(padded.places.map(lineOf)[0], "dev: argocd/app password padded");
  assert.equal((await asked(it, { password: CANARY })).body.hint, undefined);
});

Deno.test("a search by fingerprint reports that fingerprints change at restart; a search by value does not", async () => {
  const it = matrixStage(seen, { services: { fingerprintsEnd: "there is no key" } });
  const { body: by } = await asked(it, { fingerprint: "0123456789abcdef" });
  assert.equal(by.fingerprints_end, "there is no key");
  const { body: value } = await asked(it, { password: CANARY });
  assert.equal(value.fingerprints_end, undefined);
});

Deno.test("when fingerprints are unavailable, a search by fingerprint is 503", async () => {
  const it = matrixStage(seen, { services: { fingerprint: () => Promise.resolve(undefined) } });
  const { status, body } = await asked(it, { fingerprint: "0123456789abcdef" });
  assert.deepEqual([status, body.code], [503, "fingerprints_unavailable"]);
  const { body: value } = await asked(it, { password: CANARY });
  assert.equal(value.total, ROWS[0]![2].length);
});

Deno.test("when the fingerprint key is new, a search by fingerprint is 503", async () => {
  const services = { fingerprintsAreNew: true, fingerprintsEnd: "there is no key" };
  const it = matrixStage(seen, { services });
  const { status, body } = await asked(it, { fingerprint: "0123456789abcdef" });
  assert.deepEqual([status, body.code], [503, "fingerprints_unavailable"]);
  assert.match(body.message!, /another key: there is no key\. Search by the value itself/);
  assert.equal((await asked(it, { password: CANARY })).body.total, ROWS[0]![2].length);
});

Deno.test("two names of one API server with different Argo CD namespaces are both searched", async () => {
  const kept: Record<string, Kept> = {
    a: { known: { identity: "one" }, fill: (cluster) => putPull(cluster, GHCR, {}) },
    b: {
      known: { identity: "one", own: { argocdNamespace: "argocd-b" } },
      fill: (cluster) => putArgocd(cluster, "app", "repository", { url: APP, password: CANARY }),
    },
    c: { known: { identity: "one" } },
  };
  const { status, body } = await asked(matrixStage(kept), { password: CANARY });
  assert.deepEqual([status, body.succeeded], [200, 2]);
  assert.deepEqual(body.places.map(lineOf), ["b: argocd/app password"]);
});

Deno.test("an unreadable cluster and unlisted namespaces are reported", async () => {
  const { status, body } = await asked(matrixStage(FLEET), { password: CANARY });
  assert.equal(status, 207);
  assert.deepEqual(body.places.map(lineOf), ROWS[0]![2]);
  assert.deepEqual(notSeenOf(body), ["edge namespaces_not_listed", "hung timeout"]);
  assert.match(body.not_seen[1].message, /timeout/);
  assert.partialDeepStrictEqual(body, {
    ...{ success: false, succeeded: 3, failed: 1, not_begun: 0, total: 4 },
  });
});

Deno.test("a search over some namespaces only does not report the value as found nowhere", async () => {
  const { status, body } = await asked(matrixStage({ edge: FLEET.edge! }), { password: CANARY });
  assert.deepEqual([status, body.success, body.total], [207, false, 0]);
  assert.deepEqual(notSeenOf(body), ["edge namespaces_not_listed"]);
  assert.ok(body.not_seen[0].message.length > 0);
});

Deno.test("an Argo CD namespace that cannot be listed is reported", async () => {
  const it = matrixStage({ dev: { ...FLEET.dev!, refused: "argocd" }, prod: FLEET.prod! });
  const { status, body } = await asked(it, { password: CANARY });
  assert.equal(status, 207);
  assert.deepEqual(notSeenOf(body), ["dev namespaces_not_listed"]);
  assert.deepEqual(body.places.map(lineOf), [
    "dev: default/ghcr ghcr.io",
    "prod: argocd/proxied proxy",
  ]);
});

Deno.test("when no cluster could be read, the response is an error that lists the clusters", async () => {
  const { status, body } = await asked(matrixStage({ hung: FLEET.hung! }), { password: CANARY });
  assert.partialDeepStrictEqual(body, {
    ...{ error: true, code: "timeout", status_code: 504, success: false, total: 0, places: [] },
  });
  assert.equal(status, 504);
  assert.deepEqual(notSeenOf(body), ["hung timeout"]);
});

Deno.test("a stream has each cluster's places as it finishes, and the counts at its end", async () => {
  const { app } = matrixStage(FLEET);
  const request = find({ password: CANARY, everywhere: true }, EVENTS);
  const copy = request.clone();
  const text = await (await app.fetch(request)).text();
  assertAbsent(text, CANARY);
  const [started, ...others] = eventsIn(text);
  const done = others.pop();
  for (const event of [started!, ...others, done!]) await assertEventDocumented(copy, event);
  assert.partialDeepStrictEqual(started, { event: "started", clusters: 4 });
  const told = others.flatMap((event) =>
    event.event === "cluster" ? (event.answer as { places?: PlaceInCluster[] }).places ?? [] : []
  );
  assert.deepEqual(told.map(lineOf).sort(), ROWS[1]![2].toSorted());
  assert.partialDeepStrictEqual(done, {
    ...{ event: "done", success: false, total: 5, succeeded: 3, failed: 1 },
    not_seen: [{ cluster: "edge" }, { cluster: "hung" }],
  });
  assert.ok(!("places" in done!));
});

const WRONG: [what: string, body: object, field: string | undefined, message: RegExp][] = [
  [
    "a user name only",
    { username: "bot" },
    "username",
    /^Field 'username' is not supported here: a user name is not secret and may belong to many/,
  ],
  [
    "a user name beside a value",
    { username: "bot", password: CANARY },
    "username",
    /^Field 'username' is not supported here/,
  ],
  [
    "nothing to search for",
    {},
    "password",
    /^Missing one of the fields password, .*, fingerprint$/,
  ],
  [
    "two values",
    { password: CANARY, bearer_token: CANARY },
    "bearer_token",
    /^Field 'bearer_token' cannot be combined with 'password'$/,
  ],
  [
    "a value and a fingerprint",
    { password: CANARY, fingerprint: "0123456789abcdef" },
    "fingerprint",
    /cannot be combined with 'password'/,
  ],
  ["an empty value", { password: "" }, "password", /^Field 'password' must not be empty$/],
  [
    "a fingerprint prefix",
    { fingerprint: "01234567" },
    "fingerprint",
    /must be 16 hexadecimal digits/,
  ],
  [
    "an unknown cluster",
    { password: CANARY, clusters: ["nowhere"] },
    "clusters",
    /there is no 'nowhere'/,
  ],
];

for (const [what, body, field, message] of WRONG) {
  Deno.test(`an invalid search is rejected, and no cluster is contacted: ${what}`, async () => {
    const it = matrixStage(seen);
    const answer = await asked(it, body);
    assert.deepEqual([answer.status, answer.body.field], [400, field]);
    assert.match(answer.body.message, message);
    assert.deepEqual(Object.values(it.clusters).flatMap(({ calls }) => calls), []);
  });
}

const TESTS: Readonly<Record<string, Kept>> = { "test-a": FLEET.dev!, production: FLEET.prod! };
const limited: StageOptions = withTokens;

Deno.test("a reader cannot search for values, and a token sees only its clusters", async () => {
  const it = matrixStage(TESTS, limited);
  const reader = await asked(it, { password: CANARY }, bearer("reader"));
  assert.deepEqual([reader.status, reader.body.code], [403, "role_required"]);
  const { status, body } = await asked(it, { password: CANARY }, bearer("one-cluster"));
  assert.equal(status, 200);
  assert.deepEqual(
    new Set(body.places.map(({ cluster }: PlaceInCluster) => cluster)),
    new Set(["test-a"]),
  );
  const outside = { password: CANARY, clusters: ["production"] };
  assert.equal((await asked(it, outside, bearer("one-cluster"))).status, 403);
});

Deno.test("a token gets 10 searches a minute, however many clusters; more are 429 and audited", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = matrixStage(TESTS, { ...limited, auditLog });
    const ask = (token: "writer" | "admin") => asked(it, { password: CANARY }, bearer(token));
    for (let i = 0; i < 10; i++) assert.equal((await ask("writer")).status, 200);
    const { status, headers, body } = await ask("writer");
    assert.deepEqual([status, body.code], [429, "rate_limited"]);
    assert.match(headers.get("Retry-After")!, /^\d+$/);
    assert.equal((await ask("admin")).status, 200, "another token");
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.deepEqual(refused.map(({ who, action }) => [who, action]), [["writer", `POST ${PATH}`]]);
  }));

const OUTCOMES: [kept: Readonly<Record<string, Kept>>, body: object, outcome: string][] = [
  [seen, { password: CANARY }, "found"],
  [FLEET, { password: CANARY }, "found"],
  [seen, { password: `${CANARY}-nowhere` }, "not_found"],
  [FLEET, { password: `${CANARY}-nowhere` }, "not_all_seen"],
];

for (const [kept, body, outcome] of OUTCOMES) {
  Deno.test(`outcome ${outcome} on ${Object.keys(kept)} is audited in one line, with the value's fingerprint`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = matrixStage(kept, {
        auditLog,
        services: { fingerprint: (value) => auditLog.fingerprint(value) },
      });
      await asked(it, body);
      const [begin, end, ...others] = entries().filter(({ phase }) => phase !== "started");
      assert.deepEqual([begin!.phase, end!.phase, others], ["begin", "end", []]);
      assert.partialDeepStrictEqual(end, {
        ...{ kind: "find", clusters: Object.keys(kept), names: [], outcome },
      });
      assert.match(end!.credential!, /^[0-9a-f]{16}$/);
      // Searching by that fingerprint is audited under it, too.
      await asked(it, { fingerprint: end!.credential });
      assert.equal(entries().at(-1)!.credential, end!.credential);
    }));
}
