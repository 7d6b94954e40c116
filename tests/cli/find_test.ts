import assert from "node:assert/strict";
import { onStage, type Stage, testsBothWays } from "./credentials_support.ts";
import { seed } from "./credentials_seed.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `find` shows every place where a value is stored. */

const PAIR = ["--cluster", "one,two"];
const BY_VALUE = ["find", "--password-stdin"];

/** A secret in `two` that another tool stored, without our labels. */
function legacy({ emulators: { two }, canary }: Stage): void {
  const auth = btoa(`ci:${canary.value}`);
  two.cluster.put({
    metadata: { namespace: "team-b", name: "legacy" },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths: { "quay.io": { auth } } }) },
  });
}

bothWays("find shows every place of a value, and exits with 4", async (stage) => {
  seed(stage);
  legacy(stage);
  const given = { stdin: `${stage.canary.value}\n` };
  const ended = await stage.run([...BY_VALUE, ...PAIR, "--everywhere"], given);
  assert.equal(ended.code, 4, ended.stderr);
  assert.equal(
    ended.stdout,
    [
      "CLUSTER   NAMESPACE   NAME     PLACE      KIND         USERNAME   MANAGED   OWNER",
      "one       argocd      charts   password   repository   ci         no        <none>",
      "one       argocd      github   password   template     ci         no        <none>",
      "one       team-a      pull     ghcr.io    docker       ci         no        <none>",
      "two       team-b      legacy   quay.io    docker       ci         no        <none>",
      "",
    ].join("\n"),
  );
  const labelled = await stage.run([...BY_VALUE, ...PAIR, "-o", "name"], given);
  assert.equal(labelled.code, 4, labelled.stderr);
  assert.deepEqual(labelled.stdout.split("\n"), [
    ...["one/argocd/charts", "one/argocd/github", "one/team-a/pull", ""],
  ]);
});

bothWays(
  "find exits with 0 if the value is nowhere, or with 3 and the clusters that could not be searched",
  async (stage) => {
    seed(stage);
    const given = { stdin: "nowhere-to-be-found" };
    const all = await stage.run([...BY_VALUE, ...PAIR], given);
    assert.equal(all.code, 0, all.stderr);
    assert.equal(all.stdout, "");
    assert.match(all.stderr, /^Not found$/m);
    const some = await stage.run([...BY_VALUE], given);
    assert.equal(some.code, 3, some.stderr);
    assert.match(some.stderr, /^gone: failed: /m);
  },
);

bothWays(
  "find exits with 4 if it finds the value although a cluster was not searched, and with 1 if none was",
  async (stage) => {
    seed(stage);
    const given = { stdin: stage.canary.value };
    const some = await stage.run([...BY_VALUE], given);
    assert.equal(some.code, 4, some.stderr);
    assert.match(some.stderr, /^gone: failed: /m);
    const none = await stage.run([...BY_VALUE, "--cluster", "gone"], given);
    assert.equal(none.code, 1, none.stderr);
    assert.equal(none.stdout, "");
  },
);

bothWays("find reports whitespace around the given value", async (stage) => {
  seed(stage);
  const ended = await stage.run([...BY_VALUE, ...PAIR], { stdin: ` ${stage.canary.value}\n` });
  assert.equal(ended.code, 4, ended.stderr);
  assert.match(ended.stdout, /ghcr\.io \(padded\)/);
  assert.match(ended.stderr, /^note: The value has white space around it/m);
});

bothWays(
  "find -o json prints the API's response, and finds the same places by fingerprint",
  async (stage) => {
    seed(stage);
    const given = { stdin: stage.canary.value };
    const ended = await stage.run([...BY_VALUE, ...PAIR, "-o", "json"], given);
    const body = JSON.parse(ended.stdout);
    assert.equal(body.total, 3);
    assert.deepEqual([body.success, body.not_seen], [true, []]);
    const shown = await stage.run(["fleet", ...PAIR, "--kind", "docker", "-o", "json"]);
    const [{ cells: { one: { secrets: [secret] } } }] = JSON.parse(shown.stdout).credentials;
    const fingerprint = secret.fingerprints["ghcr.io"];
    const by = await stage.run(["find", "--fingerprint", fingerprint, ...PAIR, "-o", "json"]);
    assert.equal(by.code, 4, by.stderr);
    assert.deepEqual(JSON.parse(by.stdout).places, body.places);
  },
  { config: "fingerprint-key-file: fingerprints.key\n" },
);

bothWays(
  "a fingerprint of an unknown key is not reported as not found",
  async (stage, way) => {
    seed(stage);
    const by = ["--fingerprint", "0123456789abcdef", ...PAIR];
    const found = await stage.run(["find", ...by, "--everywhere"]);
    if (way === "by a server") {
      assert.equal(found.code, 3, found.stderr);
      assert.match(
        found.stderr,
        /^warning: fingerprints from another process never match\. Set fingerprint-key-file or audit-log$/m,
      );
      return;
    }
    const rotated = await stage.run(["rotate", ...by, "--password-stdin", "--no-verify", "--yes"], {
      stdin: "another-4711",
    });
    for (const { code, stdout, stderr } of [found, rotated]) {
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(
        stderr,
        /^error: Cannot search by a fingerprint of another key: neither fingerprint-key-file nor audit-log is set/,
      );
    }
  },
);

bothWays(
  "find without a value, with a user name, or with a value and a fingerprint is wrong usage",
  async (stage) => {
    const nothing = await stage.run(["find", ...PAIR]);
    assert.equal(nothing.code, 2, nothing.stderr);
    assert.match(nothing.stderr, /credential to find: --password-stdin, /);
    const name = await stage.run(["find", "--username", "ci", ...PAIR]);
    assert.equal(name.code, 2, name.stderr);
    const two = await stage.run(
      [...BY_VALUE, "--fingerprint", "0123456789abcdef", ...PAIR],
      { stdin: stage.canary.value },
    );
    assert.equal(two.code, 2, two.stderr);
    assert.match(two.stderr, /cannot be combined with/);
  },
);

Deno.test("find rejects a malformed response from the server", async () => {
  await onStage(async ({ runAlone }) => {
    for (const answer of [{}, { places: 1 }, { places: [{}] }, { places: [], not_seen: [3] }]) {
      const events = [
        { event: "started", clusters: 1, names: ["a"] },
        { event: "cluster", cluster: "a", status_code: 200, answer },
        { event: "done", success: true, succeeded: 1, failed: 0, not_begun: 0 },
      ];
      const headers = { "Content-Type": "application/x-ndjson", "X-Request-Id": "r" };
      const text = events.map((each) => `${JSON.stringify(each)}\n`).join("");
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(text, { headers }),
      );
      const env = { ARGOCD_CONFIGURER_SERVER: `http://127.0.0.1:${server.addr.port}` };
      const ended = await runAlone(["find", "--fingerprint", "0123456789abcdef"], { env });
      assert.equal(ended.code, 1, JSON.stringify(answer));
      assert.match(ended.stderr, /^a: failed: .*Unexpected response from .* \(status 200\)/);
    }
  });
});
