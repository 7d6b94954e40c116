import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { join } from "node:path";
import { assertEnded, onStage, type Stage, storedPassword } from "./credentials_support.ts";
import { listening, program } from "./support.ts";

/** With an audit log, writes of commands are recorded too. */

const ADD = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a", "--upsert"],
];

function withLog(sentence: string, test: (stage: Stage, log: () => Entry[]) => Promise<void>) {
  Deno.test(sentence, () =>
    onStage(
      async (stage) => {
        const file = join(stage.folder.path, "audit.log");
        const log = () => {
          const lines = Deno.readTextFileSync(file).trimEnd().split("\n");
          for (const line of lines) stage.canary.absentFrom(line, "the audit log");
          return lines.map((line) => JSON.parse(line) as Entry);
        };
        await test(stage, log);
      },
      "in process",
      { config: "audit-log: audit.log\n" },
    ));
}

interface Entry {
  readonly phase: string;
  readonly who?: string;
  readonly from?: string;
  readonly outcome?: string;
}

withLog(
  "a command records its writes with the source 'command line' and the system's user name",
  async (stage, log) => {
    const { run, canary: { value: stdin } } = stage;
    // The variables are not trusted.
    const env = { USER: "somebody", LOGNAME: "somebody" };
    assertEnded(await run(ADD, { stdin, env }), { stdout: /created/, stderr: /successfully/ });
    const { username: user } = userInfo();
    assert.deepEqual(
      log().map(({ phase, who, from, outcome }) => [phase, who, from, outcome]),
      [
        ["started", undefined, undefined, undefined],
        ["begin", user, "command line", undefined],
        ["end", user, "command line", "created"],
      ],
    );
    // The command has released the log.
    assertEnded(await run(["delete", "one", "n", "--yes"]), {
      stdout: /deleted/,
      stderr: /deleted/,
    });
    assert.deepEqual(log().map(({ phase }) => phase).slice(3), ["started", "begin", "end"]);
  },
);

withLog("reads and dry runs record nothing, and create no log", async (stage) => {
  const { run, folder: { path } } = stage;
  for (
    const args of [["clusters"], ["secrets", "one"], [...ADD, "--dry-run=client"], [
      ...ADD,
      "--dry-run=server",
    ]]
  ) {
    assert.equal((await run(args, { stdin: "x" })).code, 0);
  }
  await assert.rejects(Deno.stat(join(path, "audit.log")), Deno.errors.NotFound);
});

withLog(
  "while a server holds the log, a write is rejected, or recorded by the server",
  async (stage, log) => {
    const { run, canary: { value: stdin }, folder: { path }, emulators: { one } } = stage;
    await using server = program(["serve", "--port", "0"], { cwd: path });
    const url = await listening(server);
    // The server takes the log when it listens.
    while (!(await Deno.stat(join(path, "audit.log")).then(() => true, () => false))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const refused = await run(ADD, { stdin });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^error: Cannot write: the audit log cannot be written: another process holds .*\. Nothing was changed\. The audit log is in use by a running server\. Give its URL with --server, so that the server does the work and records it$/m,
    );
    assert.equal(one.cluster.secret("team-a", "n"), undefined);
    assert.equal((await run(["secrets", "one"])).code, 0);
    const ended = await run([...ADD, "--server", url], { stdin });
    assertEnded(ended, { stdout: /created/, stderr: /successfully/ });
    assert.equal(storedPassword(one, "team-a", "n"), stdin);
    assert.deepEqual(log().map(({ phase, from }) => [phase, from]), [
      ["started", undefined],
      ["begin", "127.0.0.1"],
      ["end", "127.0.0.1"],
    ]);
  },
);
