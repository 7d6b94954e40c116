import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { kubeletTries } from "../../support/kubelet_keyring.ts";
import { dataOf, verification } from "../requests.ts";
import { type Stage, stored } from "../stage.ts";
import { CANARY, docker, refused, type Row, testsOf } from "../support.ts";

/** Registry paths as keys of a pull secret: kubelet uses the most specific login. */

const NAME = "my-docker-secret";
const NO_LOGIN = { username: undefined, password: undefined };
const login = (registry: string, username: string) => ({ registry, username, password: CANARY });

/** The logins that kubelet tries for an image, by user name. */
function tries({ cluster }: Stage, image: string): string[] {
  const { type } = cluster.secrets.get(`default/${NAME}`)!;
  const data = dataOf(cluster, `default/${NAME}`);
  return kubeletTries({ type, data }, image).map((each) => each.split(":")[0]!);
}

const keysIn = ({ cluster }: Stage) =>
  Object.keys(JSON.parse(stored(cluster, `default/${NAME}`, ".dockerconfigjson")).auths);

const hintOf = (body: unknown) => (body as { hint?: string }).hint ?? "";

const KEYS: [registry: string, keys: string[]][] = [
  ["ghcr.io/org", ["ghcr.io/org"]],
  ["GHCR.io/Org/App", ["ghcr.io/org/app"]],
  ["https://ghcr.io/org/", ["ghcr.io/org/"]],
  ["https://ghcr.io/v2/org", ["ghcr.io/org"]],
  ["registry.example.com:5000/a_b/c--d/e.f", ["registry.example.com:5000/a_b/c--d/e.f"]],
  ["docker.io/org", ["docker.io/org", "https://registry-1.docker.io/org"]],
  ["https://index.docker.io/v1/org", ["docker.io/org", "https://registry-1.docker.io/org"]],
];

const keys = KEYS.map(([registry, expected]): Row => ({
  name: `the login for ${registry} is stored under ${expected.join(" and ")}`,
  request: () => docker({ registry }),
  status: 200,
  after: (stage) => assert.deepEqual(keysIn(stage), expected),
}));

const REGISTRY = new RegExp(
  "^Field 'registry' must be the host of a registry, such as ghcr.io, or a path of it, such as ghcr.io/org$",
);

const wrong = [
  "ghcr.io//org",
  "ghcr.io/org//app",
  "ghcr.io/-org",
  "ghcr.io/org:tag",
  "ghcr.io/org@sha256:0",
  "ghcr.io/org?x=1",
  "ghcr.io/org#x",
  "ghcr.io/../org",
  "ghcr.io/org app",
  "ghcr.io/ö",
  "ghcr.io/*",
  "/org",
  "gh_cr.io/org",
  `ghcr.io/${"x".repeat(255)}`,
  "user:pass@ghcr.io/org",
].map((registry) =>
  refused(
    `registry ${JSON.stringify(registry).slice(0, 40)} is rejected`,
    () => docker({ registry }),
    400,
    REGISTRY,
  )
);

const several = (...logins: object[]) => docker({ ...NO_LOGIN, registries: logins });

const taken: Row[] = [
  {
    name: "of several logins kubelet tries the one with the longest path first",
    request: () =>
      several(
        login("ghcr.io", "all"),
        login("ghcr.io/org", "org"),
        login("ghcr.io/org/app", "app"),
        login("ghcr.io/team/", "team"),
      ),
    status: 200,
    after: (stage) => {
      assert.deepEqual(tries(stage, "ghcr.io/other/x"), ["all"]);
      assert.deepEqual(tries(stage, "ghcr.io/org/x"), ["org", "all"]);
      assert.deepEqual(tries(stage, "ghcr.io/org/app"), ["app", "org", "all"]);
      assert.deepEqual(tries(stage, "ghcr.io/org-other/x"), ["org", "all"]);
      assert.deepEqual(tries(stage, "ghcr.io/team/x"), ["team", "all"]);
      assert.deepEqual(tries(stage, "ghcr.io/team-other/x"), ["all"]);
      assert.deepEqual(tries(stage, "quay.io/org/x"), []);
    },
  },
  {
    name: "for Docker Hub images kubelet tries only the login with the longest path",
    request: () => several(login("docker.io", "all"), login("docker.io/org", "org")),
    status: 200,
    after: (stage) => {
      assert.deepEqual(tries(stage, "docker.io/library/nginx"), ["all"]);
      // The login for all of Docker Hub is used only for images without another one.
      assert.deepEqual(tries(stage, "docker.io/org/app"), ["org"]);
    },
  },
  {
    name: "a hint names what else the path matches and which login Image Updater uses",
    request: () => several(login("ghcr.io", "all"), login("ghcr.io/org", "org")),
    status: 200,
    after: (_, body) => {
      assert.match(hintOf(body), /ghcr\.io\/org-other; end the registry with a slash/);
      assert.match(hintOf(body), /Image Updater uses any of the logins for ghcr\.io/);
    },
  },
  {
    name: "a path that ends in a slash needs no hint",
    request: () => docker({ registry: "ghcr.io/org/" }),
    status: 200,
    after: (stage, body) => {
      assert.equal(hintOf(body), "");
      assert.deepEqual(tries(stage, "ghcr.io/org/x"), ["your_username"]);
      assert.deepEqual(tries(stage, "ghcr.io/org-other/x"), []);
    },
  },
  {
    name: "an ECR host with a path gets the ECR hint",
    request: () =>
      docker({ registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team", username: "AWS" }),
    status: 200,
    after: (_, body) => assert.match(hintOf(body), /expire after 12 hours.*eu-west-1/),
  },
  refused(
    "one path given twice is rejected, whatever its spelling",
    () => several(login("ghcr.io/org", "a"), login("https://GHCR.io/v2/Org", "b")),
    400,
    /^Field 'registries' must name each registry once$/,
  ),
];

/** Existing logins for one registry, by path. */
const holding = (...keys: string[]) => ({ cluster }: Stage) => {
  const auths = Object.fromEntries(keys.map((key) => [key, { auth: btoa(`${key}:old`) }]));
  cluster.put({ namespace: "default", name: NAME, type: "kubernetes.io/dockerconfigjson" }, {
    ".dockerconfigjson": encodeBase64(JSON.stringify({ auths })),
  });
};

const merged: Row[] = [
  {
    name: "merging a login for a path keeps the logins for the host and for other paths",
    request: () => docker({ registry: "ghcr.io/org", merge: true }),
    before: holding("ghcr.io", "ghcr.io/team", "ghcr.io/org/app"),
    status: 200,
    after: (stage, body) => {
      assert.deepEqual(keysIn(stage), [
        "ghcr.io",
        "ghcr.io/team",
        "ghcr.io/org/app",
        "ghcr.io/org",
      ]);
      assert.match(
        hintOf(body),
        /Existing logins for a part of the registry .* prefers them: ghcr\.io\/org\/app$/,
      );
      assert.deepEqual(tries(stage, "ghcr.io/org/x"), ["your_username", "ghcr.io"]);
    },
  },
  {
    name: "merging a login for a host lists the kept logins for its paths, which kubelet prefers",
    request: () => docker({ registry: "docker.io", merge: true }),
    before: holding("docker.io/org", "https://registry-1.docker.io/org", "docker.io", "ghcr.io/x"),
    status: 200,
    after: (stage, body) => {
      assert.equal(
        hintOf(body),
        "Existing logins for a part of the registry were kept, and the kubelet prefers them: docker.io/org, " +
          "https://registry-1.docker.io/org",
      );
      assert.deepEqual(tries(stage, "docker.io/org/app"), ["docker.io/org"]);
    },
  },
  {
    name: "without merge the hint mentions no other login",
    request: () => docker({ upsert: true }),
    before: holding("ghcr.io/org"),
    status: 200,
    after: (_, body) => assert.equal(hintOf(body), ""),
  },
  {
    name: "merging a login for a path replaces the one for the same path with a slash",
    request: () => docker({ registry: "ghcr.io/org", merge: true }),
    before: holding("https://ghcr.io/org/", "ghcr.io/org"),
    status: 200,
    after: (stage, body) => {
      assert.deepEqual(tries(stage, "ghcr.io/org/x"), ["your_username"]);
      assert.doesNotMatch(hintOf(body), /stay/);
    },
  },
  {
    name: "merging a login for a path with a slash keeps the one without, which matches more",
    request: () => docker({ registry: "ghcr.io/org/", merge: true }),
    before: holding("ghcr.io/org"),
    status: 200,
    after: (stage) => {
      assert.deepEqual(tries(stage, "ghcr.io/org/x"), ["your_username", "ghcr.io/org"]);
      assert.deepEqual(tries(stage, "ghcr.io/org-other/x"), ["ghcr.io/org"]);
    },
  },
];

const asked: string[] = [];
const verified: Row[] = [{
  name: "a login for a path is verified at the registry and reported with its path",
  request: () => verification({ registry: "ghcr.io/org" }),
  options: {
    verifyOne: (what) => {
      assert.ok(what.kind === "registry");
      asked.push(`${what.host} ${what.repository}`);
      return Promise.resolve({ reachable: true, accepted: true, may: [], asked: "x", why: "y" });
    },
  },
  status: 200,
  opens: false,
  after: (_, body) => {
    const { verified: [first] } = body as { verified: { at: string }[] };
    assert.deepEqual([first!.at, asked], ["ghcr.io/org", ["ghcr.io undefined"]]);
  },
}];

for (const test of testsOf([...keys, ...wrong, ...taken, ...merged, ...verified])) Deno.test(test);
