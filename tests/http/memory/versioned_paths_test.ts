import assert from "node:assert/strict";
import { ROUTES } from "../routes.ts";
import { remove, repo, REPO_BODY, sent, show, verification } from "../requests.ts";
import { stage, type StageOptions } from "../stage.ts";
import {
  CANARY,
  docker,
  DOCKER_BODY,
  get,
  helm,
  HELM_BODY,
  post,
  refused,
  type Row,
  testsOf,
} from "../support.ts";

/** Every operation has a path below `/api/v1` that does the same as at the root. */

const V1 = "/api/v1";

/** A body for `/api/v1`, with the renamed field for the cluster. */
function renamed({ cluster_name: cluster, ...rest }: { cluster_name: string }) {
  return { ...rest, cluster };
}

const DOCKER_V1 = renamed(DOCKER_BODY);

const accepting: StageOptions = {
  verifyOne: () =>
    Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "It is fine" }),
};

const there = sent(() => repo({ name: "there", url: "https://github.com/org/there.git" }));

const PAIRS: [what: string, root: () => Request, v1: () => Request][] = [
  [
    "listSecrets",
    () => get("/secrets?cluster=test-cluster"),
    () => get(`${V1}/secrets?cluster=test-cluster`),
  ],
  ["addDocker", () => docker(), () => post(`${V1}/docker`, DOCKER_V1)],
  ["addHelmRepo", () => helm(), () => post(`${V1}/helm_repositories`, renamed(HELM_BODY))],
  ["addRepo", () => repo(), () => post(`${V1}/repositories`, renamed(REPO_BODY))],
  [
    "verifyCredential",
    () => verification(),
    () => post(`${V1}/verifications`, { username: "octocat", password: CANARY }),
  ],
  [
    "deleteSecret",
    () => remove({ name: "there" }),
    () => get(`${V1}/secrets?cluster=test-cluster&name=there`, {}, "DELETE"),
  ],
  [
    "getSecret",
    () => show("there"),
    () => get(`${V1}/secrets/there?cluster=test-cluster`),
  ],
];

/** A response without the parts that differ each time. */
async function answerOf(request: () => Request) {
  const it = stage(accepting);
  await there(it);
  const response = await it.app.fetch(request());
  const text = (await response.text()).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/[0-9a-f-]{36}\.[0-9a-f]{8}/g, "WRITE");
  const secrets = JSON.stringify(it.cluster.dump())
    .replaceAll(/[0-9a-f-]{36}\.[0-9a-f]{8}/g, "WRITE")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|"(resourceVersion|uid)":"[^"]*"/g, "NEW");
  return { status: response.status, text, secrets };
}

for (const [name, root, v1] of PAIRS) {
  Deno.test(`${name} does the same below ${V1} as at the root`, async () => {
    const [atRoot, below] = [await answerOf(root), await answerOf(v1)];
    assert.equal(atRoot.status, 200, atRoot.text);
    const text = withOldFingerprint(withoutPermissions(below.text));
    assert.deepEqual({ ...below, text }, atRoot);
  });
}

/** At the root the permissions of a credential are only in `may`. */
function withoutPermissions(text: string): string {
  return text.replaceAll(/"permissions": \[[^\]]*\],\s+/g, "");
}

const VERIFYING: [what: string, root: () => Request, v1: () => Request][] = [
  [
    "addDocker",
    () => docker({ verify: true }),
    () => post(`${V1}/docker`, { ...DOCKER_V1, verify: true }),
  ],
  [
    "addHelmRepo",
    () => helm({ verify: true }),
    () => post(`${V1}/helm_repositories`, { ...renamed(HELM_BODY), verify: true }),
  ],
  [
    "addRepo",
    () => repo({ verify: true }),
    () => post(`${V1}/repositories`, { ...renamed(REPO_BODY), verify: true }),
  ],
  [
    "verifyCredential",
    () => verification(),
    () => post(`${V1}/verifications`, { username: "octocat", password: CANARY }),
  ],
];

for (const [name, root, v1] of VERIFYING) {
  for (const accepted of [true, false]) {
    const what = accepted ? "accepted" : "refused";
    Deno.test(`a credential that is ${what}: ${name} answers its permissions as \`may\` at the root, and also as \`permissions\` below ${V1}`, async () => {
      const may = ["read org/app", "write org/app"];
      const verifyOne = () =>
        Promise.resolve({ reachable: true, accepted, may, asked: "", why: "It is so" });
      const verified = async (request: () => Request) => {
        const response = await stage({ verifyOne }).app.fetch(request());
        assert.equal(response.status, accepted ? 200 : 422);
        const { verified: [first] } = await response.json() as { verified: [object] };
        return first as { readonly may?: string[]; readonly permissions?: string[] };
      };
      const atRoot = await verified(root);
      assert.deepEqual(atRoot.may, may);
      assert.ok(!Object.hasOwn(atRoot, "permissions"));
      const below = await verified(v1);
      assert.deepEqual(below.permissions, may);
      assert.deepEqual(below.may, may);
    });
  }
}

/** At the root a secret has one fingerprint of all its data, as in the seed. */
function withOldFingerprint(text: string): string {
  const both = /"data_fingerprint": ("\w+"),\s+"fingerprints": \{[^}]*\}/g;
  return text.replaceAll(both, '"fingerprint": $1');
}

Deno.test(`each operation has one path at the root and one below ${V1}`, () => {
  for (const [name, routes] of Map.groupBy(ROUTES, ({ name }) => name)) {
    const atRoot = routes[0]!.root === undefined ? [] : [false]; // newer operations have no path at the root
    assert.deepEqual(routes.map(({ path }) => path.startsWith(V1)), [...atRoot, true], name);
  }
});

const UNKNOWN = { cluster: "test-clustr" };
const NEAREST = { cluster: "test-cluster" };

const rows: Row[] = [
  {
    name: "a secret named verify is shown",
    request: () => get(`${V1}/secrets/verify?cluster=test-cluster`),
    before: sent(() => repo({ name: "verify" })),
    status: 200,
  },
  refused(
    "a body below /api/v1 must not have cluster_name",
    () => post(`${V1}/docker`, DOCKER_BODY),
    400,
    /^Unknown field 'cluster_name'; did you mean 'cluster'\?$/,
    { told: { code: "unknown_field", field: "cluster_name", remedy: { field: "cluster" } } },
  ),
  refused(
    "a body at the root must not have cluster",
    () => post("/secrets/add_repo", renamed(REPO_BODY)),
    400,
    /^Missing required field: cluster_name$/,
    { told: { code: "missing_field", field: "cluster_name" } },
  ),
  refused(
    "all missing fields are named at once",
    () => post(`${V1}/docker`, { username: "a" }),
    400,
    /^No cluster selected: .*\. Also missing: password, name, namespaces$/,
    {
      told: {
        code: "selection_required",
        field: "password",
        fields: ["password", "cluster", "name", "namespaces"],
      },
    },
  ),
  ...([
    ["POST", 400, () => post(`${V1}/docker`, { ...DOCKER_V1, ...UNKNOWN })],
    ["GET", 404, () => get(`${V1}/secrets?cluster=test-clustr`)],
    ["DELETE", 404, () => get(`${V1}/secrets?cluster=test-clustr&name=a`, {}, "DELETE")],
  ] as [string, number, () => Request][]).map(([method, status, request]): Row => ({
    name: `${method} with an unknown cluster is ${status} and suggests the nearest name`,
    request,
    status,
    told: { code: "cluster_not_found", field: "cluster", remedy: NEAREST },
    changes: false,
  })),
  {
    name: "DELETE at the root with an unknown cluster stays 400",
    request: () => remove({ cluster: "test-clustr" }),
    status: 400,
    told: { code: "cluster_not_found", field: "cluster", remedy: NEAREST },
    changes: false,
  },
  {
    name: "existing secrets are reported as at the root, plus what to send to replace them",
    request: () => post(`${V1}/docker`, DOCKER_V1),
    before: sent(() => docker()),
    status: 409,
    told: { code: "exists", remedy: { upsert: true } },
    changes: false,
  },
  refused(
    "an unknown path has a machine-readable error, too",
    () => get(`${V1}/nothing`),
    404,
    /^No such path\. GET \/ lists the endpoints$/,
    { told: { code: "path_not_found" } },
  ),
  refused(
    "a wrong method lists the allowed ones",
    () => get(`${V1}/docker`),
    405,
    /^Method not allowed\. Use POST on \/api\/v1\/docker$/,
    { told: { code: "method_not_allowed", remedy: { methods: ["POST"] } } },
  ),
  {
    name: "GET /api/v1 lists its own paths and none of the root",
    request: () => get(V1),
    status: 200,
    after: (_stage, body) => {
      const { endpoints } = body as { endpoints: Record<string, string> };
      const paths = Object.keys(endpoints).map((each) => each.split(" ")[1]!);
      assert.equal(paths.length, ROUTES.filter(({ face }) => face === "v1").length - 1);
      assert.ok(paths.every((path) => path.startsWith(`${V1}/`)), paths.join());
    },
  },
];

for (const test of testsOf(rows)) Deno.test(test);
