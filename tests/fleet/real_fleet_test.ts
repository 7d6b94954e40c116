import assert from "node:assert/strict";
import { answerOf, statuses } from "../http/fleet.ts";
import { uniqueName } from "../support/api_objects.ts";
import { fleetTests, type FleetWorld, isThere, SECONDS, type WorldOptions } from "./world.ts";

const fleetTest = fleetTests((test) => Deno.test(test));

/** Selections of real API servers, a closed one and a hung one. */

const NOT_ALLOWED = { mayConnect: () => false, mayRun: () => false };

/** The server's options, and the transport that they result in. */
const WAYS: [what: string, options: WorldOptions, transport: string][] = [
  ["auto", { transport: "auto" }, "api"],
  [
    "auto, without permission to connect",
    { transport: "auto", permissions: NOT_ALLOWED },
    "kubectl",
  ],
  ["kubectl", { transport: "kubectl" }, "kubectl"],
  ["api", { transport: "api" }, "api"],
];

const pullSecret = ({ canary }: FleetWorld, name: string, which: object) => ({
  name,
  username: "ci",
  password: canary.value,
  namespaces: "team-a",
  ...which,
});

for (const [what, options, transport] of WAYS) {
  fleetTest(
    `${what}: each cluster has its own outcome, and a hung cluster costs its timeout once`,
    options,
    async (world) => {
      const { planes, ask } = world;
      const name = uniqueName("fleet");
      const body = pullSecret(world, name, { clusters: ["*"] });
      const added = await ask("POST", "/docker", body);
      assert.equal(added.status, 207, JSON.stringify(added.body));
      const { clusters, succeeded, failed, not_begun } = added.body;
      assert.deepEqual([succeeded, failed, not_begun], [4, 2, 0]);
      // `alias` is the same cluster and listed under the first of the two names.
      assert.deepEqual(statuses(clusters), {
        a: 200,
        b: 200,
        c: 200,
        d: 200,
        closed: 503,
        hung: 504,
      });
      assert.deepEqual(clusters.find(({ cluster }) => cluster === "a")!.same_server_as, ["alias"]);
      assert.deepEqual([...new Set(clusters.map((each) => each.transport))], [transport]);
      assert.ok(added.seconds < SECONDS + 30, `${added.seconds} seconds`);
      for (const plane of Object.values(planes)) assert.ok(await isThere(plane, name));

      const shown = await ask("GET", `/secrets/${name}?clusters=a,b,c,d`);
      assert.equal(shown.status, 200, JSON.stringify(shown.body));
      const prints = shown.body.clusters.map(({ answer }) =>
        (answer as { secrets: { data_fingerprint: string }[] }).secrets.map((each) =>
          each.data_fingerprint
        )
      );
      const [print, ...others] = new Set(prints.flat());
      assert.match(print!, /^[0-9a-f]+$/);
      assert.deepEqual(others, []);

      const gone = await ask(
        "DELETE",
        `/secrets?name=${name}&clusters=!closed,!hung&first=b&max_failures=0`,
      );
      assert.equal(gone.status, 200, JSON.stringify(gone.body));
      for (const plane of Object.values(planes)) assert.ok(!await isThere(plane, name));
    },
  );
}

fleetTest("labels select clusters, and nothing is written while the labels are unreadable", {
  transport: "auto",
}, async (world) => {
  const { planes, ask, write, path } = world;
  await write("labels.yaml", "a: {env: prod}\nb: {env: test}\nc: {env: test}\n");
  const name = uniqueName("fleet");
  const select = (cluster_selector: string) =>
    ask("POST", "/docker", pullSecret(world, name, { cluster_selector, upsert: true }));
  const added = await select("env notin (prod),env");
  assert.deepEqual([added.status, statuses(added.body.clusters)], [200, { b: 200, c: 200 }]);
  for (const broken of ["a: [", "a: {env: prod}\na: {env: test}\n"]) {
    await write("labels.yaml", broken);
    const { status, body } = await select("env!=prod");
    assert.deepEqual([status, body.code], [500, "labels_unreadable"]);
  }
  await Deno.remove(`${path}/labels.yaml`);
  await Deno.symlink("/nonexistent/labels.yaml", `${path}/labels.yaml`);
  const { status, body } = await select("env!=prod");
  assert.deepEqual([status, body.code], [500, "labels_unreadable"]);
  assert.ok(!await isThere(planes.a, name));
  assert.ok(!await isThere(planes.d, name));
  await Deno.remove(`${path}/labels.yaml`);
  const gone = await ask("DELETE", `/secrets?name=${name}&clusters=b,c`);
  assert.equal(gone.status, 200, JSON.stringify(gone.body));
});

fleetTest(
  "a failed canary leaves the other clusters unchanged",
  { transport: "auto" },
  async (world) => {
    const { planes, ask } = world;
    const name = uniqueName("fleet");
    const body = pullSecret(world, name, { clusters: ["a", "b", "closed"], first: ["closed"] });
    const { status, body: { clusters, not_begun } } = await ask("POST", "/docker", body);
    assert.deepEqual([status, not_begun], [503, 2]);
    assert.equal(answerOf(clusters, "a").code, "not_begun");
    assert.ok(!await isThere(planes.a, name) && !await isThere(planes.b, name));
  },
);

fleetTest(
  "a cluster's transport label overrides the server's transport",
  { transport: "auto" },
  async (world) => {
    await world.write("labels.yaml", "b: {argocd-configurer.io/transport: kubectl}\n");
    const { status, body } = await world.ask("GET", "/secrets?clusters=a,b");
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.clusters.map(({ transport }) => transport), ["api", "kubectl"]);
  },
);
