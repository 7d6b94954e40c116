import assert from "node:assert/strict";
import { seed } from "./credentials_seed.ts";
import { assertEnded, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `explain`: why Argo CD uses a credential or not. */

const APP = "https://github.com/example/app";

/** Adds a repository with a user name only, and one with another scheme. */
function seedMore(stage: Stage): void {
  seed(stage);
  const repository = (name: string, url: string, more: object = {}) =>
    stage.emulators.one.cluster.put({
      metadata: {
        namespace: "argocd",
        name,
        labels: { "argocd.argoproj.io/secret-type": "repository" },
      },
      stringData: { url, type: "git", ...more },
    });
  repository("named", `${APP}-named.git`, { username: "ci" });
  repository("ssh", "git@github.com:example/app.git", { sshPrivateKey: stage.canary.value });
}

bothWays("explain shows the secret in use and those that nearly match", async (stage) => {
  seedMore(stage);
  assertEnded(await stage.run(["explain", "one", APP]), {
    stdout: `
RESULT    KIND         NAME     URL                              WHY
used      template     github   https://github.com/example/      Its URL is the longest matching prefix.
skipped   repository   ssh      git@github.com:example/app.git   Its URL does not match: its scheme is ssh, not https, and it has a user before the host.
`.slice(1),
    stderr:
      `${APP} in project 'default': Git uses the password of user 'ci' from template 'github' (rules of Argo CD v3.5.6)\n`,
  });
});

bothWays("the reason that a template is not used is a finding with its remedy", async (stage) => {
  seedMore(stage);
  const { stdout, stderr } = await stage.run(["explain", "one", `${APP}-named`]);
  assert.match(stdout, /^used +repository +named .*Its user name alone counts as a credential/m);
  assert.match(
    stdout,
    /^skipped +template +github .*with its own credential takes precedence: 'named'/m,
  );
  assert.match(stderr, /: Git sends no credential: repository 'named' provides none/);
  assert.match(stderr, /^finding username_only: .* Remove the user name, or add the password\.$/m);
});

bothWays("-o json prints the API's response, and -o name the secrets", async (stage) => {
  seedMore(stage);
  const { stdout } = await stage.run(["explain", "one", APP, "-o", "json"]);
  const { used, argocd_rules } = JSON.parse(stdout);
  assert.deepEqual(used, {
    namespace: "argocd",
    name: "github",
    kind: "template",
    credential: "password",
    username: "ci",
  });
  assert.equal(argocd_rules, "v3.5.6");
  assertEnded(await stage.run(["explain", "one", APP, "-o", "name"]), {
    stdout: "secret/github\nsecret/ssh\n",
  });
});

bothWays("explain shows several clusters in one table", async (stage) => {
  seedMore(stage);
  const { code, stdout } = await stage.run(["explain", "--cluster", "one,two", APP]);
  assert.equal(code, 0);
  assert.match(stdout, /^CLUSTER .*\none +used +template +github /);
});

bothWays("explain reports that no secret matches or nearly matches", async (stage) => {
  seedMore(stage);
  assertEnded(await stage.run(["explain", "two", APP]), {
    stderr: /^No secret matches or nearly matches\n.*sends no credential/,
  });
});

bothWays("explain reports a login in the URL without showing it", async (stage) => {
  seedMore(stage);
  const url = `https://ci:${stage.canary.value}@git.example.com/app`;
  const { stdout, stderr } = await stage.run(["explain", "two", url]);
  assert.match(stderr, /: Git sends no credential but the login in the URL \(rules/);
  assert.match(stderr, /^finding login_in_url: .* store them in a secret\.$/m);
  assert.ok(!`${stdout}${stderr}`.includes(stage.canary.value));
});

bothWays("wrong usage is reported in terms of the command line", async (stage) => {
  const rows: [args: string[], stderr: RegExp][] = [
    [["explain", "one"], /^error: Missing URL or --image\n/],
    [["explain"], /^error: Missing /],
    [
      ["explain", "one", APP, "--project", "../x"],
      /^error: --project must be the name of an Argo CD project/,
    ],
    [["explain", "one", ""], /^error: URL must not be empty/],
  ];
  for (const [args, stderr] of rows) {
    assertEnded(await stage.run(args), { code: 2, stderr });
  }
});

bothWays(
  "explain fails for a cluster without Argo CD, and for one that does not respond",
  async (stage) => {
    await stage.folder.write(
      "clusters/labels.yaml",
      "two: {argocd-configurer.io/argocd-namespace: none}\n",
    );
    assertEnded(await stage.run(["explain", "two", APP]), {
      code: 1,
      stderr: /^error: Cluster 'two' has no Argo CD/,
    });
    assertEnded(await stage.run(["explain", "gone", APP]), {
      code: 1,
      stderr:
        /^error: Cannot list secrets in namespace 'argocd' of cluster 'gone': connection refused$/m,
    });
  },
);
