import assert from "node:assert/strict";
import { assertEnded, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Filters of lists, and clusters with and without Argo CD. */

const DOCKER = ["docker", "add", "--password-stdin", "--namespaces", "team-a"];

bothWays(
  "secrets are filtered by user name, registry, namespace and URL",
  async ({ run, canary }) => {
    const given = { stdin: canary.value };
    const add = async (...args: string[]) =>
      assertEnded(await run(args, given), { stdout: /created/, stderr: /created|^$/ });
    const login = ["--cluster", "one", "--name"];
    await add(...DOCKER, ...login, "ghcr", "--registry", "ghcr.io", "--username", "bot");
    await add(...DOCKER, ...login, "quay", "--registry", "quay.io", "--username", "alice");
    const repo = ["repo", "add", "--type", "helm", "--password-stdin", "--username", "bot"];
    await add(...repo, ...login, "charts", "--url", "https://charts.example.com");
    const rows: [args: string[], stdout: RegExp][] = [
      [
        ["--username", "bot", "-n", "argocd"],
        /^NAMESPACE.*\nargocd +charts +repository .* https:\/\/charts.example.com .*\nargocd +ghcr +docker .* ghcr.io .*\n$/,
      ],
      [["--registry", "quay.io", "-n", "team-a"], /^NAMESPACE.*\nteam-a +quay +docker .*\n$/],
      [["--url-prefix", "charts.example.com"], /^NAMESPACE.*\nargocd +charts +repository .*\n$/],
    ];
    for (const [args, stdout] of rows) {
      assertEnded(await run(["secrets", "one", ...args]), { stdout });
    }
    assertEnded(await run(["secrets", "one", "--registry", "a b"]), {
      code: 2,
      stderr: /^error: --registry must be a registry host/,
    });
    assertEnded(await run(["secrets", "one", "ghcr", "--registry", "ghcr.io"]), {
      code: 2,
      stderr: /^error: --registry filters a list: omit NAME/,
    });
  },
);

bothWays("one command writes to a cluster without Argo CD and to one with it", async (stage) => {
  const { run, canary, folder } = stage;
  const given = { stdin: canary.value };
  await folder.write(
    "clusters/labels.yaml",
    "two: {argocd-configurer.io/argocd-namespace: none}\n",
  );
  const name = ["--cluster", "one,two", "--name", "ghcr", "--username", "bot"];
  assert.equal((await run([...DOCKER, ...name], given)).code, 0);
  for (const [cluster, namespaces] of [["one", ["argocd", "team-a"]], ["two", ["team-a"]]]) {
    const { stdout } = await run(["secrets", cluster as string, "-o", "json"]);
    const { docker_creds_secrets: found } = JSON.parse(stdout);
    assert.deepEqual(found.map((each: { namespace: string }) => each.namespace), namespaces);
  }
  const repo = ["repo", "add", "--name", "charts", "--type", "helm", "--username", "bot"];
  const more = ["--cluster", "two", "--url", "https://charts.example.com", "--password-stdin"];
  assertEnded(await run([...repo, ...more], given), {
    code: 1,
    stderr:
      /^error: Cluster 'two' has no Argo CD \(label argocd-configurer.io\/argocd-namespace: none in .*clusters\/labels.yaml\)/,
  });
});
