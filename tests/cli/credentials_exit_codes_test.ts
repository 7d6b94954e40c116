import assert from "node:assert/strict";
import { assertEnded, eachOf, onStage, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Exit codes for scripts: 5 if a dry run would change something, 0 for a missing secret. */

const docker = (clusters: string, name = "n", ...more: string[]) => [
  ...["docker", "add", "--cluster", clusters, "--name", name, "--username", "u"],
  ...["--password-stdin", "--namespaces", "team-a", "--upsert", ...more],
];

const repo = (clusters: string) => [
  ...["repo", "add", "--cluster", clusters, "--name", "r", "--type", "git", "--upsert"],
  ...["--url", "https://git.example.com/r", "--username", "u", "--password-stdin"],
];

const CHECK = ["--dry-run=server", "--exit-code"];

/** 5 if anything would change, else 0; failures have their own codes. */
const CODES: [what: string, args: string[], code: number][] = [
  ["a pull secret that is there", docker("one"), 0],
  ["one that would be created", docker("one", "m"), 5],
  ["one that is there on all", docker("one,two"), 0],
  ["one that would be created on some of them", docker("one,two", "m"), 5],
  ["one that would be replaced", docker("one", "n", "--registry", "quay.io"), 5],
  ["one more service account", docker("one", "n", "--service-accounts", "default"), 5],
  ["a repository that is there", repo("one"), 0],
  ["a repository that would be created", repo("two"), 5],
  ["one to delete", ["delete", "one", "n"], 5],
  ["one to delete by its place", ["delete", "one/team-a/n"], 5],
  ["none to delete, which is no failure", ["delete", "one", "m", "--ignore-not-found"], 0],
  [
    "none to delete on one of two",
    ["delete", "r", "--cluster", "one,two", "--ignore-not-found"],
    5,
  ],
  ["none to delete", ["delete", "one", "m"], 1],
  ["a cluster that fails, whatever would change elsewhere", docker("one,gone", "m"), 3],
  ["a cluster that fails", docker("gone"), 1],
  ["wrong usage", ["delete", "one", "n", "--namespaces", ","], 2],
];

bothWays(
  "the exit code of a dry run with --exit-code shows whether anything would change",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    for (const args of [docker("one,two"), repo("one")]) {
      assert.equal((await run(args, { stdin })).code, 0);
    }
    await eachOf(CODES, async ([what, args, code]) => {
      const ended = await run([...args, ...CHECK], { stdin });
      assert.equal(ended.code, code, `${what}: ${ended.stderr}`);
      const without = await run([...args, "--dry-run=server"], { stdin });
      assert.equal(without.code, code === 5 ? 0 : code, `${what}, without --exit-code`);
    });
  },
);

bothWays("delete --ignore-not-found succeeds for a missing secret", async (stage) => {
  const { run, canary: { value: stdin } } = stage;
  const del = ["delete", "one", "n", "--yes", "--ignore-not-found"];
  assertEnded(await run(del), {
    stderr:
      "No secret 'n' managed by argocd-configurer found in cluster 'one'. Nothing to delete\n",
  });
  assertEnded(await run([...del, "--namespaces", "team-a,team-b", "-o", "json"]), {
    stdout:
      /^\{\n {2}"success": true,\n {2}"cluster": "one",\n {2}"name": "n",\n {2}"deleted": \[\]/,
  });
  assertEnded(await run([...del, "-o", "name"]), { stdout: "" });
  assert.equal((await run(docker("two"), { stdin })).code, 0);
  const both = ["delete", "n", "--cluster", "one,two", "--yes", "--ignore-not-found"];
  assertEnded(await run(both), { stderr: "2 clusters: 2 deleted\n" });
  // An unreachable cluster is still a failure, and so is an unknown one.
  assert.equal((await run(["delete", "gone", "n", "--yes", "--ignore-not-found"])).code, 1);
  assert.equal((await run(["delete", "missing", "n", "--yes", "--ignore-not-found"])).code, 1);
});

bothWays(
  "delete --ignore-not-found fails for a secret that argocd-configurer does not manage",
  async (stage) => {
    const { run, emulators: { one: { cluster } } } = stage;
    cluster.put({ metadata: { namespace: "team-a", name: "theirs" }, stringData: { a: "b" } });
    const args = ["delete", "one", "theirs", "--namespaces", "team-a", "--yes"];
    assert.equal((await run([...args, "--ignore-not-found"])).code, 1);
    assert.notEqual(cluster.secret("team-a", "theirs"), undefined);
  },
);

Deno.test("in process, a client dry run rejects unknown clusters", () =>
  onStage(async ({ run, canary: { value: stdin }, emulators: { one } }: Stage) => {
    assertEnded(await run([...docker("oen"), "--dry-run=client"], { stdin }), {
      code: 2,
      stderr:
        /^error: --cluster must name existing clusters: there is no 'oen'; did you mean 'one'\?\n {2}Clusters are read from .*clusters\. Nothing was done\n$/,
    });
    assert.deepEqual(one.requests, []);
  }));
