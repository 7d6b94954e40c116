import assert from "node:assert/strict";
import {
  assertEnded,
  type Expected,
  onStage,
  storedPassword,
  testsBothWays,
} from "./credentials_support.ts";
import type { Ended } from "./support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Commands on several clusters, and their errors. */

const LOGIN = ["--username", "u", "--password-stdin"];
const add = (cluster: string, ...more: string[]) => [
  ...["docker", "add", "--cluster", cluster, "--name", "n", ...LOGIN],
  ...(more.includes("--namespaces") ? more : ["--namespaces", "team-a", ...more]),
];
/** The same in any order of the clusters: the first lines report them one by one. */
function assertEndedInAnyOrder(ended: Ended, clusters: number, expected: Expected): void {
  const lines = ended.stderr.split("\n");
  const stderr = [...lines.slice(0, clusters).sort(), ...lines.slice(clusters)].join("\n");
  assertEnded({ ...ended, stderr }, expected);
}

const gone = "gone: failed: Cannot read secrets of cluster 'gone': connection refused\n";

bothWays("a write that succeeds on some of the clusters exits with 3", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one, two } } = stage;
  const ended = await run(add("one,gone,two"), { stdin });
  assertEnded(ended, {
    code: 3,
    stderr:
      `${gone}2 clusters: 4 created; 1 failed\nTo retry the failed clusters: --cluster gone\n`,
  });
  for (const each of [one, two]) assert.equal(storedPassword(each, "team-a", "n"), stdin);
});

bothWays(
  "a write that succeeds on no cluster exits with 1, and the reason is reported for each",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    const ended = await run(add("one,two,gone", "--namespaces", "no-such"), { stdin });
    assertEndedInAnyOrder(ended, 3, {
      code: 1,
      stderr: `${gone}one: failed: Namespaces do not exist: no-such\n` +
        "two: failed: Namespaces do not exist: no-such\n" +
        "3 clusters failed\nTo retry the failed clusters: --cluster one,two,gone\n",
    });
    // Wrong usage is the same for all clusters, and none was queried.
    assertEnded(await run(add("one,two", "--namespaces", ","), { stdin }), {
      code: 2,
      stderr: "error: --namespaces must contain at least one namespace\n",
    });
  },
);

bothWays(
  "one command writes a repository to several clusters, and one deletes it from them",
  async (stage) => {
    const { run, canary: { value: stdin }, emulators: { one, two } } = stage;
    const url = ["--url", "https://git.example.com/r"];
    const repo = ["repo", "add", "--cluster", "one", "--cluster", "two", "--name", "r", ...LOGIN];
    const added = await run([...repo, "--type", "git", ...url], { stdin });
    assertEnded(added, { stderr: "2 clusters: 2 created\n" });
    assertEnded(
      await run([...repo, "--upsert", "--type", "git", ...url, "-o", "wide"], { stdin }),
      {
        stdout: /^CLUSTER +NAMESPACE .*\none +argocd +secret\/r +unchanged .*\ntwo +argocd .*\n$/,
        stderr: "2 clusters: 2 unchanged\n",
      },
    );
    assertEnded(await run(["delete", "r", "--cluster", "one,two", "--yes"]), {
      stderr: "2 clusters: 2 deleted\n",
    });
    for (const { cluster } of [one, two]) assert.equal(cluster.secret("argocd", "r"), undefined);
  },
);

bothWays(
  "an error lists the existing secrets, and suggests --upsert",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    assert.equal((await run(add("one"), { stdin })).code, 0);
    assertEnded(await run(add("one", "--namespaces", "team-a,team-b"), { stdin }), {
      code: 1,
      stderr: `error: Secrets already exist in namespaces: team-a, argocd
  team-a: secret/n (kubernetes.io/dockerconfigjson)
  argocd: secret/n (kubernetes.io/dockerconfigjson)
  Give --upsert to replace existing secrets
`,
    });
  },
);

bothWays("hints name flags instead of fields, and keep the names of objects", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one } } = stage;
  one.cluster.put({ metadata: { namespace: "team-a", name: "force" }, stringData: { a: "b" } });
  const args = ["docker", "add", "--cluster", "one", "--name", "force", "--namespaces", "team-a"];
  assertEnded(await run([...args, ...LOGIN, "--upsert"], { stdin }), {
    code: 1,
    stderr: "error: Secret team-a/force already exists and is not a pull secret (type " +
      "Opaque). Choose another name, or give --force with --upsert to replace it\n",
  });
  assertEnded(await run(["delete", "one", "force", "--namespaces", "team-a", "--yes"]), {
    code: 1,
    stderr: /is not managed by argocd-configurer\. Give --force to delete it anyway\n$/,
  });
});

bothWays("a failed write reports each namespace", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one } } = stage;
  one.fault = ({ method, path }) =>
    method === "POST" && path.includes("/team-b/")
      ? { kind: "status", code: 403, reason: "Forbidden" }
      : undefined;
  const ended = await run(add("one", "--namespaces", "team-a,team-b"), { stdin });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^error: .*team-b.*\. Nothing was changed\n/);
  assert.match(ended.stderr, /^ {2}team-a: secret\/n: /m);
  assert.match(ended.stderr, /^ {2}team-b: secret\/n: /m);
  assert.equal(one.cluster.secret("team-a", "n"), undefined);
});

bothWays("a failed rollback reports each secret that was not rolled back", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one } } = stage;
  one.fault = ({ method, path }) => {
    const isRefused = method === "POST" && path.includes("/team-b/");
    return isRefused || method === "DELETE"
      ? { kind: "status", code: 403, reason: "Forbidden" }
      : undefined;
  };
  const ended = await run(add("one", "--namespaces", "team-a,team-b"), { stdin });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^ {2}team-a: secret\/n was not rolled back: .+/m);
  assert.notEqual(one.cluster.secret("team-a", "n"), undefined);
}, { seconds: 5 });

bothWays(
  "a missing cluster, an unreachable cluster and a missing secret exit with 1",
  async ({ run }) => {
    for (const args of [["secrets", "missing"], ["secrets", "missing", "n"]]) {
      assertEnded(await run(args), {
        code: 1,
        stderr: "error: Cluster 'missing' not found. No kubeconfig file at " +
          "clusters/missing.kubeconfig. 'argocd-configurer clusters' lists the clusters\n",
      });
    }
    assertEnded(await run(["secrets", "gone"]), {
      code: 1,
      stderr: /^error: Cannot list secrets in .* of cluster 'gone': connection refused\n$/,
    });
    assertEnded(await run(["secrets", "one", "absent"]), {
      code: 1,
      stderr: "error: Secret 'absent' not found in cluster 'one'\n",
    });
  },
);

Deno.test("--log-level info shows the log", () =>
  onStage(async ({ run }) => {
    const ended = await run(["secrets", "one", "--log-level", "debug"]);
    assert.match(ended.stderr, /DEBUG api: cluster request .*cluster=one/);
    assert.equal((await run(["clusters", "--log-level", "info"])).code, 0);
  }));

Deno.test("an unknown setting is a warning, and a missing configuration file is not", () =>
  onStage(
    async ({ run, runAlone, folder: { path } }) => {
      const warning =
        "warning: Unknown setting 'kubectl-timeout' in configs/defaults.yaml:3; did " +
        "you mean 'kubectl_timeout'?\n";
      assert.equal((await run(["clusters", "-o", "name"])).stderr, warning);
      await Deno.remove(`${path}/configs/defaults.yaml`);
      assert.deepEqual(await runAlone(["clusters", "-o", "name"]), {
        code: 0,
        stdout: "gone\none\ntwo\n",
        stderr: "",
      });
    },
    "in process",
    { config: "kubectl-timeout: 5\n" },
  ));
