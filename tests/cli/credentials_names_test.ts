import assert from "node:assert/strict";
import { assertEnded, eachOf, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** The output of `-o name` is accepted as arguments. */

const add = (name: string, clusters: string, ...more: string[]) => [
  ...["docker", "add", "--cluster", clusters, "--name", name, "--username", "u"],
  ...["--password-stdin", "--namespaces", "team-a", ...more],
];

async function added(stage: Stage, ...args: Parameters<typeof add>): Promise<string[]> {
  const { code, stdout, stderr } = await stage.run([...add(...args), "-o", "name"], {
    stdin: stage.canary.value,
  });
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split("\n");
}

bothWays(
  "names of secrets on several clusters include cluster and namespace, and select exactly these secrets",
  async (stage) => {
    const names = await added(stage, "n", "one,two");
    assert.deepEqual(names.sort(), [
      "one/argocd/n",
      "one/team-a/n",
      "two/argocd/n",
      "two/team-a/n",
    ]);
    const one = await stage.run(["secrets", "one/team-a/n"]);
    assertEnded(one, {
      stdout: /^NAMESPACE[^\n]*\nteam-a +n [^\n]*\n$/,
      stderr: /^(note: .*\n)?$/,
    });
    const { stdout } = await stage.run(["secrets", ...names]);
    const rows = stdout.trimEnd().split("\n").map((line) => line.split(/ +/).slice(0, 3).join("/"));
    assert.deepEqual(rows, ["CLUSTER/NAMESPACE/NAME", ...names]);
    const again = await stage.run(["secrets", ...names, "-o", "name"]);
    assert.deepEqual(again.stdout.trimEnd().split("\n"), names);
  },
);

bothWays(
  "names of one cluster's secrets are accepted after the cluster, or with --cluster",
  async (stage) => {
    assert.deepEqual(await added(stage, "n", "one"), ["secret/n"]);
    assert.deepEqual(await added(stage, "m", "one"), ["secret/m"]);
    const listed = await stage.run(["secrets", "one", "-o", "name"]);
    assertEnded(listed, { stdout: "secret/m\nsecret/n\n" });
    const names = listed.stdout.trimEnd().split("\n");
    await eachOf([["one", ...names], [...names, "--cluster", "one"]], async (args) => {
      const { code, stdout } = await stage.run(["secrets", ...args, "-o", "wide"]);
      assert.equal(code, 0);
      assert.deepEqual(stdout.match(/^one +\S+ +\w/gm)!.length, 4, stdout);
    });
    assertEnded(await stage.run(["delete", "one", ...names, "--yes"]), {
      stderr: "1 cluster: 4 deleted\n",
    });
  },
);

bothWays(
  "delete removes everything that was written by its printed names, including associated secrets",
  async (stage) => {
    const { emulators: { one, two } } = stage;
    const names = await added(stage, "n", "one,two", "--git-write-back");
    assert.ok(names.includes("one/argocd/n-iu"), names.join());
    // Other secrets are kept.
    await added(stage, "other", "one");
    const dry = await stage.run(["delete", ...names, "--dry-run=server", "--exit-code"]);
    assert.equal(dry.code, 5, dry.stderr);
    const deleted = await stage.run(["delete", ...names, "--yes"]);
    assertEnded(deleted, { stderr: "2 clusters: 6 deleted\n" });
    for (const { cluster } of [one, two]) {
      for (const namespace of ["argocd", "team-a"]) {
        assert.equal(cluster.secret(namespace, "n"), undefined);
      }
      assert.equal(cluster.secret("argocd", "n-iu"), undefined);
    }
    assert.notEqual(one.cluster.secret("team-a", "other"), undefined);
  },
);

bothWays("delete removes a secret from the named namespaces of a cluster only", async (stage) => {
  const { emulators: { one, two } } = stage;
  await added(stage, "n", "one,two");
  assertEnded(await stage.run(["delete", "one/team-a/n", "two/argocd/n", "--yes"]), {
    stderr: "2 clusters: 2 deleted\n",
  });
  const there = (cluster: typeof one, namespace: string) =>
    cluster.cluster.secret(namespace, "n") !== undefined;
  assert.deepEqual(
    [there(one, "team-a"), there(one, "argocd"), there(two, "team-a"), there(two, "argocd")],
    [false, true, true, false],
  );
});

bothWays("failed secrets are printed as arguments for a retry", async (stage) => {
  await added(stage, "n", "one");
  const ended = await stage.run(["delete", "one/team-a/n", "gone/team-a/n", "gone/a/m", "--yes"]);
  assert.equal(ended.code, 3);
  assert.match(
    ended.stderr,
    /^1 cluster: 1 deleted; 1 failed\nTo retry the failed secrets: gone\/team-a\/n gone\/a\/m$/m,
  );
});

bothWays(
  "an unknown cluster among the names is rejected before anything is deleted",
  async (stage) => {
    const names = await added(stage, "n", "one,two");
    assertEnded(await stage.run(["delete", ...names, "tow/team-a/n", "--yes"]), {
      code: 2,
      stderr:
        /^error: CLUSTER must name existing clusters: there is no 'tow'; did you mean 'two'\?\n.*\. Nothing was done\n$/,
    });
    assert.notEqual(stage.emulators.one.cluster.secret("team-a", "n"), undefined);
  },
);
