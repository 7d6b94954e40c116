import assert from "node:assert/strict";
import { seed } from "./credentials_seed.ts";
import { assertEnded, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `explain --image`: which login the kubelet uses for an image. */

/** Adds service accounts to the pull secret of namespace `team-a`. */
function seedMore(stage: Stage): void {
  seed(stage);
  const { cluster } = stage.emulators.one;
  const account = (name: string, ...names: string[]) =>
    cluster.putServiceAccount({
      metadata: { namespace: "team-a", name },
      imagePullSecrets: names.map((name) => ({ name })),
    });
  account("default");
  account("ci", "pull", "gone");
}

const IMAGE = ["--image", "ghcr.io/org/app:1.2", "-n", "team-a"];

bothWays("explain shows which login the kubelet uses for an image", async (stage) => {
  seedMore(stage);
  const ended = await stage.run(["explain", "one", ...IMAGE, "--service-account", "ci"]);
  assertEnded(ended, {
    stdout: `
RESULT    NAMESPACE   NAME   REGISTRY   USERNAME   WHY
used      team-a      pull   ghcr.io    ci         Its key matches the image.
skipped   team-a      gone   <none>     <none>     The service account names it, but it does not exist.
`.slice(1),
    stderr:
      /^ghcr\.io\/org\/app:1\.2 with service account 'ci' in namespace 'team-a': the kubelet tries the login of user 'ci' for ghcr\.io from pull secret 'pull' first \(rules of Kubernetes v1\.35\.4\)\nfinding pull_secret_missing: .* Create the pull secret in the namespace, or remove it from the service account's imagePullSecrets\.\n$/,
  });
});

bothWays("a pull secret that the service account does not name is a finding", async (stage) => {
  seedMore(stage);
  const { code, stdout, stderr } = await stage.run(["explain", "one", ...IMAGE]);
  assert.equal(code, 0);
  assert.match(stdout, /^skipped .* pull .* the service account does not name the secret\.$/m);
  assert.match(stderr, /: the kubelet uses no login from a pull secret/);
  assert.match(stderr, /^finding pull_secret_not_named: /m);
});

bothWays(
  "-o json prints the API's response about an image, and -o name the secrets",
  async (stage) => {
    seedMore(stage);
    const args = ["explain", "one", ...IMAGE, "--service-account", "ci"];
    const { stdout } = await stage.run([...args, "-o", "json"]);
    assert.deepEqual(JSON.parse(stdout).used, {
      namespace: "team-a",
      name: "pull",
      key: "ghcr.io",
      username: "ci",
    });
    assertEnded(await stage.run([...args, "-o", "name"]), {
      stdout: "secret/pull\nsecret/gone\n",
    });
  },
);

bothWays(
  "explain reports that no pull secret matches, and that a service account does not exist",
  async (stage) => {
    seedMore(stage);
    assertEnded(await stage.run(["explain", "one", "--image", "nginx"]), {
      stderr:
        /^No secret matches or nearly matches\nnginx .*: the kubelet uses no login from a pull secret/,
    });
    assertEnded(await stage.run(["explain", "one", "--image", "nginx", "--service-account", "x"]), {
      stderr:
        /\nfinding service_account_missing: Service account 'x' not found in namespace 'default'/,
    });
  },
);

bothWays("wrong usage with --image is reported in terms of the command line", async (stage) => {
  const rows: [args: string[], stderr: RegExp][] = [
    [
      ["explain", "one", "--image", "https://ghcr.io/app"],
      /^error: --image must be an image as a pod names it/,
    ],
    [
      ["explain", "one", "https://github.com/org/app", "--image", "nginx"],
      /^error: --image cannot be combined with URL/,
    ],
    [["explain", "one", "--image", "nginx", "--project", "x"], /^error: --project requires URL$/m],
  ];
  for (const [args, stderr] of rows) {
    assertEnded(await stage.run(args), { code: 2, stderr });
  }
});
