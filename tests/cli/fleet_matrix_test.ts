import assert from "node:assert/strict";
import { onStage, type Stage, testsBothWays } from "./credentials_support.ts";
import { seed } from "./credentials_seed.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `fleet` shows the credentials of clusters side by side. */

/** Puts the pull secret of `one` into `two` as well. */
function pull({ emulators: { two } }: Stage, password: string): void {
  two.cluster.put({
    metadata: {
      namespace: "team-a",
      name: "pull",
      labels: { "mcops.tech/secret-type": "docker-creds" },
    },
    type: "kubernetes.io/dockerconfigjson",
    stringData: {
      ".dockerconfigjson": JSON.stringify({ auths: { "ghcr.io": { username: "ci", password } } }),
    },
  });
}

const PAIR = ["--cluster", "one,two"];

bothWays("fleet shows which credentials are missing on which cluster", async (stage) => {
  seed(stage);
  pull(stage, stage.canary.value);
  const ended = await stage.run(["fleet", ...PAIR]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(
    ended.stdout,
    [
      "KIND              CREDENTIAL                   STATE     one   two",
      "repository/helm   https://charts.example.com   partial   = A   - missing",
      "template          https://github.com/example   partial   = A   - missing",
      "",
    ].join("\n"),
  );
  assert.match(ended.stderr, /^note: 1 of 3 credentials do not differ; --all shows them$/m);
});

bothWays(
  "fleet shows credentials that differ, and with --all also those that do not",
  async (stage) => {
    seed(stage);
    pull(stage, `other-${stage.canary.value}`);
    const differing = await stage.run(["fleet", ...PAIR, "--kind", "docker"]);
    assert.equal(differing.code, 0, differing.stderr);
    const [, row] = differing.stdout.split("\n");
    assert.match(row!, /^docker +pull +differs +(= A +≠ B|≠ B += A)$/);
    const all = await stage.run(["fleet", "--cluster", "one", "--all", "-o", "name"]);
    assert.equal(all.code, 0, all.stderr);
    assert.deepEqual(all.stdout.split("\n"), [
      "docker/pull",
      "repository/helm/https://charts.example.com",
      "template/https://github.com/example",
      "",
    ]);
  },
);

bothWays("fleet reports a cluster that could not be read, and exits with 3", async (stage) => {
  seed(stage);
  const ended = await stage.run(["fleet"]);
  assert.equal(ended.code, 3, ended.stderr);
  assert.match(ended.stdout, /^KIND +CREDENTIAL +STATE +gone +one +two$/m);
  assert.match(ended.stdout, /^docker +pull +partial +\? cluster unreachable +[=] A +- missing$/m);
  assert.match(ended.stderr, /^gone: failed: /m);
  assert.match(ended.stderr, /^To retry the failed clusters: --cluster gone$/m);
});

bothWays("fleet exits with 1 if no cluster could be read", async (stage) => {
  const ended = await stage.run(["fleet", "--cluster", "gone"]);
  assert.equal(ended.code, 1, ended.stderr);
  assert.equal(ended.stdout, "");
  assert.match(
    ended.stderr,
    /^gone: failed: .*\n1 cluster failed\nTo retry the failed clusters: --cluster gone\n$/,
  );
});

bothWays("fleet -o json prints the API's response, with fingerprints", async (stage) => {
  seed(stage);
  const ended = await stage.run(["fleet", ...PAIR, "--kind", "docker", "-o", "json"]);
  assert.equal(ended.code, 0, ended.stderr);
  const { clusters, credentials: [row], total, success } = JSON.parse(ended.stdout);
  assert.deepEqual(clusters.map(({ name, status }: Record<string, string>) => [name, status]), [
    ["one", "success"],
    ["two", "success"],
  ]);
  assert.deepEqual([row.id, row.state, total, success], ["docker/pull", "partial", 1, true]);
  assert.match(row.cells.one.secrets[0].fingerprints["ghcr.io"], /^[0-9a-f]{16}$/);
  assert.deepEqual(row.cells.two, { state: "absent", secrets: [] });
});

bothWays("fleet --no-fingerprints compares nothing", async (stage) => {
  seed(stage);
  pull(stage, stage.canary.value);
  const args = ["fleet", ...PAIR, "--kind", "docker", "--all", "--no-fingerprints"];
  const ended = await stage.run(args);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /^docker +pull +not compared +\+ present +\+ present$/m);
});

bothWays("fleet -o wide shows the fingerprints behind the letters", async (stage) => {
  seed(stage);
  const ended = await stage.run(["fleet", ...PAIR, "-q", "pull", "-o", "wide"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(
    ended.stdout,
    /^docker +pull +partial +[=] A +- missing +A: ghcr\.io=[0-9a-f]{16} +ci +<none> +<none> +not verified +team-a$/m,
  );
});

/** Malformed responses about a cluster. */
const NONSENSE: readonly object[] = [
  {},
  { credentials: 1 },
  { credentials: [{}] },
  { credentials: [], warnings: [{}] },
  { credentials: [{ id: "a", kind: "docker", secrets: [], findings: 3 }] },
];

Deno.test("fleet rejects a malformed response from the server", async () => {
  await onStage(async ({ runAlone }) => {
    for (const answer of NONSENSE) {
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
      const ended = await runAlone(["fleet"], { env });
      assert.equal(ended.code, 1, JSON.stringify(answer));
      assert.match(
        ended.stderr,
        /^a: failed: .*Unexpected response from .* \(status 200\)/,
        JSON.stringify(answer),
      );
      assert.equal(ended.stdout, "");
    }
  });
});

const WRONG: [what: string, args: string[], says: RegExp][] = [
  [
    "an unknown kind",
    ["--kind", "dockers"],
    /^error: --kind must be one or more of docker, /,
  ],
  [
    "an unknown state",
    ["--state", "bad"],
    /^error: --state must be one or more of differs, /,
  ],
  ["an empty text", ["-q", ""], /^error: --q must not be empty/],
  ["an invalid selector", ["--selector", "a==="], /^error: .*selector/],
  ["an unknown cluster", ["--cluster", "tow"], /did you mean 'two'/],
  ["labels that no cluster has", ["--selector", "env=nowhere"], /matches no cluster/],
];

for (const [what, args, says] of WRONG) {
  bothWays(`fleet rejects ${what} without a request to a cluster`, async (stage) => {
    const { one, two } = stage.emulators;
    const before = [one, two].map(({ requests }) => requests.length);
    const ended = await stage.run(["fleet", ...args]);
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(ended.stderr, says);
    assert.deepEqual([one, two].map(({ requests }) => requests.length), before);
  });
}
