import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { load } from "js-yaml";
import { AuditLog } from "../../src/audit/audit_log.ts";
import { assertEnded, eachOf, onStage, type Stage } from "./credentials_support.ts";
import { listening, program } from "./support.ts";

/** The `audit` command, which reads the file or asks a server. */

/** Lines of a log: a finished write, an unfinished one, and a rejected request. */
const LOG = [
  { time: "2026-01-01T10:00:00.000Z", phase: "started" },
  ...["begin", "end"].map((phase) => ({
    ...{ time: `2026-01-01T10:00:0${phase.length}.000Z`, phase, write: "w1", request: "r1" },
    ...{ who: "ci", from: "10.0.0.1", cluster: "one", kind: "docker", names: ["pull", "pull-iu"] },
    ...{ namespaces: ["team-a", "argocd"], upsert: true, force: false, credential: "0f".repeat(8) },
    ...phase === "end" ? { outcome: "created", counts: { created: 3 } } : {},
  })),
  {
    ...{ time: "2026-01-02T10:00:00.000Z", phase: "begin", write: "w2", request: "r2" },
    ...{ who: "anonymous", from: "127.0.0.1", cluster: "two", kind: "git", names: ["repo"] },
    ...{ namespaces: ["argocd"], upsert: false, force: false },
  },
  {
    ...{ time: "2026-01-03T10:00:00.000Z", phase: "refused", request: "r3", who: "reader" },
    ...{ from: "10.0.0.2", action: "POST /secrets/add_repo", reason: "needs\\u001b[31mwriter" },
  },
].map((entry) => JSON.stringify(entry) + "\n").join("").replaceAll("\\\\u", "\\u");

const TABLE = `
TIME                       WHO         CLUSTER   KIND     NAMES          OUTCOME
2026-01-03T10:00:00.000Z   reader      <none>    <none>   <none>         not allowed
2026-01-02T10:00:00.000Z   anonymous   two       git      repo           unfinished
2026-01-01T10:00:03.000Z   ci          one       docker   pull,pull-iu   created
2026-01-01T10:00:00.000Z   <none>      <none>    <none>   <none>         started
`.slice(1);

const WIDE = `
TIME                       WHO   CLUSTER   KIND     NAMES          OUTCOME   FROM       CLUSTERS   NAMESPACES      CREDENTIAL         WRITE   ROTATION   REPLACES   WHY
2026-01-01T10:00:03.000Z   ci    one       docker   pull,pull-iu   created   10.0.0.1   <none>     team-a,argocd   0f0f0f0f0f0f0f0f   w1      <none>     <none>     <none>
`.slice(1);

const ROWS: [args: string[], stdout: string | RegExp, stderr?: RegExp][] = [
  [[], TABLE],
  [["--cluster", "one", "-o", "wide"], WIDE],
  [["--name", "pull-iu", "-o", "wide"], WIDE],
  [["--until", "2026-01-02"], /^TIME.*\n.* created\n.* started\n$/],
  [["--since", "2026-01-03"], /^TIME.*\n.* not allowed\n$/],
  [["--since=2026-01-03", "-o=wide"], /POST \/secrets\/add_repo; needs\\u001b\[31mwriter\n$/],
  [["--since", "36500d", "--until", "2026-01-02"], /^TIME.*\n.* created\n.* started\n$/],
  [["--credential", "0f0f0f0f", "-o", "wide"], /^TIME.*\n.* 0f0f0f0f0f0f0f0f .*\n$/],
  [
    ["--limit", "1"],
    /^TIME.*\n.* not allowed\n$/,
    /^note: there are more entries\. Use --limit or --until to see them; a write has two/,
  ],
];

function withLog(test: (stage: Stage) => Promise<void>, log = LOG): Promise<void> {
  return onStage(
    async (stage) => {
      await stage.folder.write("audit.log", log);
      await test(stage);
    },
    "in process",
    { config: "audit-log: audit.log\n" },
  );
}

Deno.test("the audit log is shown as a table, newest first, with one line for each write", () =>
  withLog(async ({ run, folder: { path } }) => {
    await eachOf(ROWS, async ([args, stdout, stderr]) => {
      assertEnded(await run(["audit", ...args]), { stdout, stderr });
    });
    // The command neither took over nor changed the log.
    assert.equal(await Deno.readTextFile(`${path}/audit.log`), LOG);
    await assert.rejects(Deno.stat(`${path}/audit.log.key`), Deno.errors.NotFound);
  }));

Deno.test("the audit table shows dry runs, verified credentials, several registries and truncated lists", () => {
  const entry = { time: "2026-01-04T10:00:00.000Z", phase: "end", who: "ci", from: "10.0.0.1" };
  const lines = [
    { ...entry, write: "w1", kind: "verify", outcome: "rejected", credentials: { "r.io": "0f" } },
    { ...entry, write: "w2", kind: "delete", names: ["a"], dry_run: true, outcome: "deleted" },
    {
      ...entry,
      ...{ write: "w3", kind: "docker", names: ["b"], outcome: "created" },
      credentials: { "one.io": "0f", "two.io": "f0" },
    },
    { ...entry, phase: "refused", action: "POST /x", reason: "no", left_out: 7 },
    {
      ...{ ...entry, write: "w4", kind: "docker", names: ["c"], namespaces: ["d"] },
      ...{ outcome: "failed", not_restored: [{ namespace: "d", name: "c", state: "new" }] },
      more: { namespaces: 900, not_restored: 5, credentials: 3 },
    },
  ];
  return withLog(
    async ({ run }) => {
      assertEnded(await run(["audit", "-o", "wide"]), {
        stdout: new RegExp([
          "^TIME.*",
          " failed .* d,and 900 more   and 3 more .* d: secret/c is new; and 5 more not rolled back",
          " not allowed .*   POST /x; no; 7 more omitted",
          " docker   b .* created .* one\\.io=0f,two\\.io=f0 ",
          " delete   a .* deleted \\(dry run\\) ",
          " verify   <none> .* rejected .* r\\.io=0f ",
        ].join(".*\n.*")),
      });
    },
    lines.map((line) => JSON.stringify(line) + "\n").join(""),
  );
});

Deno.test("audit warns of a changed line, and reports when it cannot check for changes", () =>
  withLog(async ({ run, folder: { path } }) => {
    const file = `${path}/audit.log`;
    const log = new AuditLog(file);
    const actor = { name: "ci", from: "10.0.0.1" };
    for (const action of ["POST /a", "POST /b", "POST /c"]) {
      await log.refused({ requestId: "r", actor, action, reason: "no" });
    }
    await log.close();
    assertEnded(await run(["audit"]), { stdout: /not allowed/ });
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace("POST /b", "POST /x"));
    assertEnded(await run(["audit"]), {
      stdout: /not allowed/,
      stderr:
        /^warning: the entry of \S+Z does not follow the line before it: one of the two was changed, inserted or removed\n$/,
    });
    await Deno.chmod(`${file}.key`, 0o644);
    assertEnded(await run(["audit"]), {
      stdout: /not allowed/,
      stderr: /^note: cannot check for missing or changed lines: .*others may use /,
    });
  }));

Deno.test("JSON and YAML contain all entries, as in the API's response", () =>
  withLog(async ({ run }) => {
    const json = await run(["audit", "-o", "json"]);
    assertEnded(json, { stdout: /^{\n {2}"entries": \[/ });
    const answer = JSON.parse(json.stdout);
    assert.deepEqual([answer.entries.length, answer.total, answer.truncated], [5, 5, false]);
    assert.deepEqual(load((await run(["audit", "-o", "yaml"])).stdout), answer);
  }));

Deno.test("lines damaged by a crash are counted, and an empty result is reported", () =>
  withLog(async ({ run }) => {
    assertEnded(await run(["audit", "--cluster", "none"]), {
      stderr: "No matching audit log entries\nwarning: 1 line damaged, as after a crash\n",
    });
  }, LOG + '{"time":"2026-01'));

Deno.test("invalid values of flags are wrong usage, and a missing audit log is an error", () =>
  onStage(async ({ run }) => {
    for (
      const [args, says] of [
        [
          ["--since", "yesterday"],
          /^error: --since must be a date, a time with a time zone such as /,
        ],
        [
          ["--since", "1w"],
          /^error: --since must be a date, .* or a duration before now: 90s, 5m, 1h or 7d/,
        ],
        [["--credential", "0f"], /^error: --credential must be a fingerprint, or at least/],
        [["--until", "2026-13-01"], /^error: --until must be a date/],
        [["--limit", "0"], /^error: --limit must be a number from 1 to 1000/],
        [["--cluster", "a/b"], /^error: --cluster is invalid: a cluster name/],
        [["-o", "name"], /--output must be table, wide, json or yaml\n/],
      ] as const
    ) assertEnded(await run(["audit", ...args]), { code: 2, stderr: says });
    assertEnded(await run(["audit"]), {
      code: 1,
      stderr:
        "error: No audit log is configured. Set audit-log in the configuration file, such as audit-log: audit.log\n",
    });
  }));

Deno.test("while a server holds the log, the command reads it directly and through the server", () =>
  withLog(async ({ run, folder: { path } }) => {
    await using server = program(["serve", "--port", "0"], { cwd: path });
    const url = await listening(server);
    const isTaken = () => Deno.stat(`${path}/audit.log.key`).then(() => true, () => false);
    while (!await isTaken()) await new Promise((resolve) => setTimeout(resolve, 20));
    const own = await run(["audit", "--cluster", "one", "-o", "json"]);
    const asked = await run(["audit", "--cluster", "one", "-o", "json", "--server", url]);
    assertEnded(asked, { stdout: /"outcome": "created"/ });
    assert.deepEqual(asked, own);
  }));

Deno.test("an entry written by the command line shows the system's user name", () =>
  onStage(
    async ({ run, canary: { value: stdin } }) => {
      const args = ["docker", "add", "--cluster", "one", "--name", "n", "--username", "u"];
      await run([...args, "--password-stdin", "--namespaces", "team-a"], { stdin });
      const { stdout } = await run(["audit", "--name", "n", "-o", "wide"]);
      assert.match(stdout, new RegExp(`Z   ${userInfo().username} .* created   command line   `));
    },
    "in process",
    { config: "audit-log: audit.log\n" },
  ));
