import assert from "node:assert/strict";
import { makeCanary } from "../support/canary.ts";
import {
  assertEnded,
  eachOf,
  type Expected,
  onStage,
  type Stage,
  type StageOptions,
  testsBothWays,
} from "./credentials_support.ts";
import { forgetGone, NEW, OLD, ROTATE, store, stored } from "./rotate_support.ts";

/** `rotate` replaces a value everywhere, and reports it. */

const test = testsBothWays((each) => Deno.test(each));

type Act = (stage: Stage & { readonly fresh: string }) => Promise<void>;

/** A stage whose clusters both hold the old value, and a new value. */
const rotationTest = (sentence: string, act: Act, options?: StageOptions) =>
  test(sentence, withValues(act), options);

/** Tests that run in process and through a server. */
const clientTest = (sentence: string, act: Act) =>
  Deno.test(sentence, () => onStage(withValues(act)));

function withValues(act: Act): (stage: Stage) => Promise<void> {
  return async (stage) => {
    const fresh = makeCanary();
    await store(stage, fresh.value);
    const run: Stage["run"] = async (args, given) => {
      const ended = await stage.run(args, given);
      fresh.absentFrom(ended.stdout + ended.stderr, "what is printed");
      return ended;
    };
    await act({ ...stage, run, fresh: fresh.value });
  };
}

const BOTH = ["--cluster", "one,two"];

rotationTest(
  "a rotation of all clusters reports that the old value is safe to revoke",
  async (stage) => {
    await forgetGone(stage);
    const { run, fresh } = stage;
    assertEnded(await run([...ROTATE, "--all-clusters", "--yes"]), {
      stdout: /^CLUSTER +SECRET +KEYS +RESULT\n(?:(?:one|two) +\S+ +\S+ +replaced\n){5}$/,
      stderr: new RegExp(
        "^(one: rotated: 2 secrets\ntwo: rotated: 3 secrets|two: .*\none: .*)\n" +
          "2 clusters: 5 replaced\n" +
          "To roll back: run the same command with the two values swapped\\. If the new value is lost, name it with --fingerprint .*\n" +
          "Rotation ID: (\\S+) \\(show it again: argocd-configurer rotations \\2\\)\n" +
          "Not searched: .*\nSafe to revoke the old value: .*\n$",
      ),
    });
    assert.deepEqual(stored(stage), Array(5).fill(fresh));
  },
  { config: "audit-log: audit.jsonl\n" },
);

clientTest("without an audit log, no hint refers to a recorded rotation", async (stage) => {
  await forgetGone(stage);
  const { run } = stage;
  const all = [...ROTATE, "--all-clusters", "--yes"];
  assertEnded(await run(all), {
    stdout: /^CLUSTER/,
    stderr:
      /^To roll back: run the same command with the two values swapped\nNot searched: .*\nSafe to revoke the old value: .*\n$(?![^])/m,
  });
  assertEnded(await run(all), {
    code: 3,
    stderr:
      /^ {2}never_found: .*Without an audit log \(setting audit-log\), results from before the server /m,
  });
});

clientTest("without a terminal, rotate requires --yes", async (stage) => {
  const { run, canary: { value } } = stage;
  assertEnded(await run([...ROTATE, ...BOTH]), {
    code: 2,
    stderr: /^error: Cannot prompt without a terminal\. Give --yes to rotate\n/,
  });
  assert.deepEqual(stored(stage), Array(5).fill(value));
});

const PLAN = /^CLUSTER +SECRET +KEYS +RESULT\none +argocd\/ghcr +\S.* \w+ \(dry run\)\n/;

rotationTest("a dry run shows the plan, and changes nothing", async (stage) => {
  const { run, canary: { value } } = stage;
  const rows: [args: string[], expected: Expected][] = [
    [["--dry-run"], { stdout: PLAN, stderr: /^2 clusters: 5 \w+ \(dry run\)\n$/m }],
    [["--dry-run=server", "--exit-code"], { code: 5, stdout: PLAN, stderr: /dry run/ }],
    [
      ["--dry-run=client"],
      { stdout: /^POST \/api\/v1\/rotations\n[^]*"find": \{\n +"password": "\*\*\*"/, stderr: /./ },
    ],
  ];
  await eachOf(rows, async ([args, expected]) => {
    assertEnded(await run([...ROTATE, ...BOTH, ...args]), expected);
  });
  assert.deepEqual(stored(stage), Array(5).fill(value));
});

/** Wrong command lines, which change nothing. */
const WRONG: [args: string[], stdin: string | undefined, stderr: RegExp][] = [
  [
    ["rotate", ...OLD, ...NEW, "--yes"],
    undefined,
    /^error: Missing --cluster, --selector or --all-clusters\n/,
  ],
  [["rotate", ...NEW, ...BOTH, "--yes"], undefined, /^error: Missing the credential to replace: /],
  [["rotate", ...OLD, ...BOTH, "--yes"], undefined, /^error: Missing the new credential: /],
  [
    ["rotate", "--old-password-stdin", "--password-stdin", ...BOTH, "--yes"],
    "x\n",
    /^error: --old-password-stdin and --password-stdin cannot both read standard input\n/,
  ],
  [
    ["rotate", ...OLD, "--password-file", "old", ...BOTH, "--yes"],
    undefined,
    /^error: .*(same|equal)/,
  ],
  [
    ["rotate", "--old-username", "ci", ...NEW, ...BOTH, "--yes"],
    undefined,
    /^error: --old-username requires --registry or --url-prefix: many/,
  ],
  [
    ["rotate", ...OLD, "--fingerprint", "0123456789abcdef", ...NEW, ...BOTH, "--yes"],
    undefined,
    /^error: /,
  ],
  [["rotate", ...OLD, ...NEW, ...BOTH, "--exit-code"], undefined, /^error: --exit-code needs/],
  [["rotations"], undefined, /^error: Missing ID/],
];

clientTest("wrong usage is reported, and nothing is rotated", async (stage) => {
  const { run, canary: { value } } = stage;
  await eachOf(WRONG, async ([args, stdin, stderr]) => {
    assertEnded(await run(args, { stdin }), { code: 2, stderr });
  });
  assert.deepEqual(stored(stage), Array(5).fill(value));
});

clientTest("one value is read from standard input, without its final line break", async (stage) => {
  await forgetGone(stage);
  const { run, fresh } = stage;
  const args = ["rotate", ...OLD, "--password-stdin", "--no-verify", "--all-clusters", "--yes"];
  const ended = await run(args, { stdin: `${fresh}\r\n` });
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(stored(stage), Array(5).fill(fresh));
});

clientTest(
  "the new value is read from the environment, and the old one never is",
  async (stage) => {
    const { run, fresh, canary: { value } } = stage;
    const env = { ARGOCD_CONFIGURER_PASSWORD: fresh };
    const none = await run(["rotate", ...NEW, ...BOTH, "--yes"], { env });
    assertEnded(none, { code: 2, stderr: /^error: Missing the credential to replace/ });
    assert.deepEqual(stored(stage), Array(5).fill(value));
    const args = ["rotate", ...OLD, "--no-verify", "--managed-only=false", ...BOTH, "--yes"];
    const ended = await run(args, { env });
    // Not all clusters could be read.
    assertEnded(ended, {
      code: 3,
      stdout: /^CLUSTER/,
      stderr: /^NOT safe to revoke the old value:\n {2}not_seen: .*gone/m,
    });
    assert.deepEqual(stored(stage), Array(5).fill(fresh));
  },
);

rotationTest(
  "a rotation is rejected if more clusters are unreadable than --max-failures allows",
  async (stage) => {
    const { run, fresh, canary: { value } } = stage;
    assertEnded(await run([...ROTATE, "--all-clusters", "--yes"]), {
      code: 1,
      stderr:
        /^error: Cannot read cluster 'gone': [^\n]*\. Nothing was changed\. Leave it out with --cluster '!gone', or give --max-failures 1\n$/,
    });
    assert.deepEqual(stored(stage), Array(5).fill(value));
    const ended = await run([...ROTATE, "--all-clusters", "--max-failures", "1", "--yes"]);
    assertEnded(ended, {
      code: 3,
      stdout: /^CLUSTER/,
      stderr:
        /^gone: failed: [^]*^To retry the failed clusters: --cluster gone\n[^]*^Run the same command again to continue/m,
    });
    assert.deepEqual(stored(stage), Array(5).fill(fresh));
  },
);

clientTest(
  "a value that cannot be verified is not written without --allow-untried",
  async (stage) => {
    const { run, fresh, canary: { value } } = stage;
    const args = ["rotate", ...OLD, ...NEW, "--cluster", "one", "--yes"];
    assertEnded(await run(args), {
      code: 1,
      stderr:
        /^error: Cannot verify the new credential at 127\.0\.0\.1:1\. Nothing was changed[^\n]* give --allow-untried\n {2}/,
    });
    assert.equal(stored(stage)[0], value);
    const ended = await run([...args, "--allow-untried"]);
    assert.equal(ended.code, 3, ended.stderr);
    assert.deepEqual(stored(stage).slice(0, 2), [fresh, fresh]);
  },
);

clientTest(
  "a rotation is rolled back by the same command with the two values swapped",
  async (stage) => {
    await forgetGone(stage);
    const { run, canary: { value } } = stage;
    const all = ["--no-verify", "--all-clusters", "--yes"];
    assert.equal((await run([...ROTATE, "--all-clusters", "--yes"])).code, 0);
    const back = ["--old-password-file", "new", "--password-file", "old"];
    const ended = await run(["rotate", ...back, ...all]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(stored(stage), Array(5).fill(value));
  },
);

rotationTest("-o json prints the API's response, alone on standard output", async (stage) => {
  const { run } = stage;
  const ended = await run([...ROTATE, ...BOTH, "--yes", "-o", "json"]);
  const { clusters, safe_to_revoke, old_value, rotation } = JSON.parse(ended.stdout);
  assert.equal(ended.code, 3);
  assert.deepEqual([safe_to_revoke, old_value.state, typeof rotation], [
    false,
    "unknown",
    "string",
  ]);
  assert.deepEqual(
    clusters.map(({ cluster, status, secrets }: Record<string, unknown[]>) => [
      cluster,
      status,
      secrets!.length,
    ]),
    [["one", "rotated", 2], ["two", "rotated", 3]],
  );
});

rotationTest(
  "repeating a rotation changes nothing, and the audit log shows that the old value is safe to revoke",
  async (stage) => {
    await forgetGone(stage);
    const { run } = stage;
    const first = await run([...ROTATE, "--all-clusters", "--yes", "-o", "json"]);
    const again = await run([...ROTATE, "--all-clusters", "--yes"]);
    assertEnded(again, {
      stderr:
        /^(one|two): unchanged\n(one|two): unchanged\n2 clusters: 5 unchanged\n[^]*\nSafe to revoke the old value: .*\n$/,
    });
    const { rotation } = JSON.parse(first.stdout);
    const shown = await run(["rotations", rotation]);
    assertEnded(shown, {
      stdout:
        /^CLUSTER +STATUS +SECRETS +NOT ROTATED .*\none +rotated +2 +0\b.*\ntwo +rotated +3 +0\b/,
      stderr: /Safe to revoke/,
    });
    assertEnded(await run(["rotations", "r-0000000000000000"]), { code: 1, stderr: /^error: / });
  },
  { config: "audit-log: audit.jsonl\n" },
);

const DONE = { event: "done", success: true, succeeded: 1, failed: 0, not_begun: 0 };
const ROTATED = { status: "rotated", secrets: [], left: [] };
const GONE = { state: "gone", fingerprints: [], places: [], not_seen: [] };
const PROVEN = { ...DONE, safe_to_revoke: true, old_value: GONE };

/** A server's events about its only cluster and at the end, and the result of the command. */
const SENT: [answer: object, done: object | undefined, code: number, stderr: RegExp][] = [
  [ROTATED, PROVEN, 0, /^a: rotated: 0 secrets\n[^]*^Safe to revoke/m],
  [{}, PROVEN, 1, /Unexpected response from .* \(status 200\)/],
  [{ ...ROTATED, left: [3] }, PROVEN, 1, /Unexpected response from .* \(status 200\)/],
  [ROTATED, { ...PROVEN, safe_to_revoke: "yes" }, 3, /^NOT safe to revoke/m],
  [ROTATED, { ...PROVEN, reasons: "none" }, 3, /Unexpected response[^]*^NOT safe to revoke/m],
  [
    ROTATED,
    undefined,
    3,
    /the connection was lost[^]*Run the same command again[^]*^NOT safe to revoke/m,
  ],
  [ROTATED, { ...DONE, error: true, message: "Broken" }, 3, /^error: Broken$[^]*^NOT safe/m],
];

Deno.test("an incomplete response from a server never reports a value as safe to revoke", async () => {
  await onStage(async ({ runAlone }) => {
    await eachOf(SENT, async ([answer, done, code, stderr]) => {
      const events = [
        { event: "started", clusters: 1, names: ["a"], rotation: "r-1" },
        { event: "cluster", cluster: "a", status_code: 200, answer },
        ...done === undefined ? [] : [done],
      ];
      const text = events.map((each) => `${JSON.stringify(each)}\n`).join("");
      const headers = { "Content-Type": "application/x-ndjson", "X-Request-Id": "r" };
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(text, { headers }),
      );
      const url = `http://127.0.0.1:${server.addr.port}`;
      const find = ["rotate", "--fingerprint", "0123456789abcdef", "--password-stdin"];
      const args = [...find, "--all-clusters", "--yes", "--server", url];
      assertEnded(await runAlone(args, { stdin: "new-4711\n" }), { code, stderr });
    });
  });
});
