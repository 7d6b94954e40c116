import assert from "node:assert/strict";
import { assertEnded, eachOf, onStage, testsBothWays } from "./credentials_support.ts";
import { serve } from "../verify/http_server.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `clusters check` on usable and unusable clusters. */

const SERVER_LABELS = {
  "app.kubernetes.io/component": "server",
  "app.kubernetes.io/part-of": "argocd",
};

const rowsOf = (stdout: string) => stdout.trimEnd().split("\n").map((line) => line.split(/ {3,}/));

bothWays(
  "clusters check reports for each cluster whether it is usable, and why not",
  async (stage) => {
    const { run, emulators: { one, two }, folder: { write } } = stage;
    one.cluster.deployments = [{
      namespace: "argocd",
      name: "argocd-server",
      labels: SERVER_LABELS,
      image: "quay.io/argoproj/argocd:v3.2.0",
    }];
    two.cluster.isAllowed = ({ verb }) => verb === "get" || verb === "list";
    await write("clusters/again.kubeconfig", two.kubeconfig());
    await write("clusters/broken.kubeconfig", "");
    const { code, stdout, stderr } = await run(["clusters", "check"]);
    // The emulators' clock is far behind.
    const behind = "clock is 400d behind";
    const missing = "missing: create, update, delete secrets in namespace 'argocd'";
    assert.deepEqual(rowsOf(stdout), [
      ["NAME", "STATUS", "VERSION", "ARGOCD", "PERMISSIONS", "EXPIRES", "NOTES"],
      ["again", "ok", "v1.35.4", "<none>", missing, "<none>", `${behind}; same server as two`],
      ["broken", "kubeconfig rejected", "<none>", "<none>", "<none>", "<none>", "it is empty"],
      ["gone", "unreachable", "<none>", "<none>", "<none>", "<none>", "connection refused"],
      ["one", "ok", "v1.35.4", "v3.2.0", "ok", "<none>", behind],
      ["two", "ok", "v1.35.4", "<none>", missing, "<none>", `${behind}; same server as again`],
    ]);
    assert.deepEqual(stderr.trimEnd().split("\n").sort(), [
      "1 cluster ok; 4 failed",
      "To retry the failed clusters: --cluster again,broken,gone,two",
      "again: permissions missing",
      "broken: kubeconfig rejected",
      "gone: unreachable",
      "two: permissions missing",
    ]);
    assert.equal(code, 3);
  },
);

bothWays(
  "the exit code of clusters check is 0 if all clusters are ok, 3 if some are, and 1 if none is",
  async ({ run }) => {
    const rows: [string, number][] = [["one,two", 0], ["one,gone", 3], ["gone", 1], ["*", 3]];
    await eachOf(rows, async ([clusters, code]) => {
      assert.equal((await run(["clusters", "check", "--cluster", clusters])).code, code, clusters);
    });
    assertEnded(await run(["clusters", "check", "--cluster", "oen"]), {
      code: 2,
      stderr:
        "error: --cluster must name existing clusters: there is no 'oen'; did you mean 'one'?\n",
    });
  },
);

bothWays(
  "clusters check -o json prints the API's response, with the permissions",
  async ({ run }) => {
    const { code, stdout } = await run(["clusters", "check", "--cluster", "o*,two", "-o", "json"]);
    assert.equal(code, 0);
    const { clusters, total } = JSON.parse(stdout);
    assert.equal(total, 2);
    assert.deepEqual(clusters.map(({ name }: { name: string }) => name), ["one", "two"]);
    for (const { check } of clusters) {
      assert.deepEqual(check.rights.missing, []);
      assert.deepEqual(check.rights.argocd_namespace.namespace, "argocd");
    }
  },
);

Deno.test("clusters check shows neither the token of a kubeconfig nor text from a cluster", () =>
  onStage(async ({ run, canary, emulators: { one }, folder: { write } }) => {
    const text = one.kubeconfig().replace("user: {}", `user: {token: "${canary.value}"}`)
      .replaceAll(one.url, one.url.replace("//", `//user:${canary.value}@`));
    await write("clusters/secret.kubeconfig", text);
    one.fault = ({ path }) =>
      path === "/version"
        ? { kind: "status", code: 500, reason: "InternalError", message: `\x1b[2J${canary.value}` }
        : undefined;
    for (const output of ["table", "wide", "json", "yaml"]) {
      const args = ["clusters", "check", "--cluster", "secret,one", "-o", output];
      const { code, stdout } = await run([...args, "--kubectl-timeout", "2"]);
      assert.equal(code, 1);
      assert.match(stdout, /secret/);
      // deno-lint-ignore no-control-regex -- what a terminal would obey
      assert.doesNotMatch(stdout, /\x1b/);
    } // the stage looks for the canary in all that was printed
  }));

Deno.test("clusters lists the names from an older server, and requests that it does not know are rejected with a hint", () =>
  onStage(async ({ runAlone }) => {
    const headers = { "X-Request-Id": "1" };
    await using server = serve((request) => {
      const { pathname, search } = new URL(request.url);
      const isKnown = pathname.endsWith("/clusters") && search === "";
      if (isKnown) return Response.json({ clusters: ["a", "b"], total: 2 }, { headers });
      const message = "Unknown parameter; there are none";
      const body = { error: true, message, status_code: 400, code: "unknown_field" };
      return Response.json(body, { status: 400, headers });
    });
    const env = { ARGOCD_CONFIGURER_SERVER: server.url };
    for (const output of ["table", "wide"]) {
      assertEnded(await runAlone(["clusters", "-o", output], { env }), { stdout: "NAME\na\nb\n" });
    }
    assertEnded(await runAlone(["clusters", "-o", "name"], { env }), { stdout: "a\nb\n" });
    const ROWS: [args: string[], says: RegExp][] = [
      [
        ["secrets", "--cluster", "*", "pull"],
        /may be an older version\. Name one cluster at a time/,
      ],
      [["secrets", "-l", "env=prod"], /may be an older version\. Name one cluster at a time/],
      [["clusters", "check"], /The server may be an older version/],
      [["clusters", "check", "-l", "a=b"], /may be an older version\. Name one cluster at a time/],
    ];
    for (const [args, says] of ROWS) {
      const { code, stdout, stderr } = await runAlone(args, { env });
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, says);
    }
  }));
