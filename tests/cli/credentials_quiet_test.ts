import assert from "node:assert/strict";
import { join } from "node:path";
import { onStage, type Stage, WAYS } from "./credentials_support.ts";

/** Standard error of a command has its own warnings and errors, and no log lines. */

/** A log line starts with its time, or is a JSON object. */
const LOG_LINE = /^(\d{4}-\d\d-\d\dT\S+Z |\{)/m;

const AUDIT = { config: "audit-log: audit.log\n" };

/** Commands that succeed in this order. */
const SUCCESSES: (readonly string[])[] = [
  ["clusters"],
  ["clusters", "-o", "wide"],
  ["clusters", "check", "--cluster", "one,two"],
  [
    "docker",
    "add",
    "--cluster",
    "one,two",
    "--name",
    "n",
    "--namespaces",
    "team-a",
    "--dry-run=server",
  ],
  ["docker", "add", "--cluster", "one,two", "--name", "n", "--namespaces", "team-a"],
  ["docker", "add", "--cluster", "one", "--name", "n", "--namespaces", "team-a", "--upsert"],
  ["secrets", "one"],
  ["secrets", "--cluster", "one,two", "n", "-o", "wide"],
  ["fleet", "--cluster", "one,two"],
  ["expiring", "--cluster", "one,two"],
  ["explain", "one", "--image", "ghcr.io/a/b:1", "--namespace", "team-a"],
  ["audit"],
  ["delete", "--cluster", "one,two", "n", "--yes"],
  ["find", "--cluster", "one,two", "--password-stdin"],
  ["token", "create", "--name", "t", "--role", "reader", "--tokens-file", "tokens.yaml"],
  ["token", "list", "--tokens-file", "tokens.yaml"],
];

/** Commands without --server. */
const LOCAL = ["token"];

const login = ({ canary }: Stage) => ({ stdin: canary.value });

const withLogin = (args: readonly string[]) =>
  args[0] === "docker" ? [...args, "--username", "u", "--password-stdin"] : args;

for (const way of WAYS) {
  Deno.test(`${way}: a command that succeeds prints no log line`, () =>
    onStage(
      async (stage) => {
        for (const args of SUCCESSES) {
          const run = LOCAL.includes(args[0]!) ? stage.runAlone : stage.run;
          const { code, stdout, stderr } = await run(withLogin(args), login(stage));
          assert.equal(code, 0, `${args.join(" ")}: ${stdout}${stderr}`);
          assert.doesNotMatch(stderr, LOG_LINE, args.join(" "));
          assert.doesNotMatch(stderr, /\b(INFO|WARNING|ERROR)\b/, args.join(" "));
        }
      },
      way,
      AUDIT,
    ));
}

Deno.test("a write that was interrupted by a crash is a warning of the next command", () =>
  onStage(
    async (stage) => {
      const add = (name: string) =>
        stage.run(
          withLogin([
            "docker",
            "add",
            "--cluster",
            "one",
            "--name",
            name,
            "--namespaces",
            "team-a",
          ]),
          login(stage),
        );
      assert.equal((await add("first")).code, 0);
      // As after a crash: without the line with the outcome of the write.
      const log = join(stage.folder.path, "audit.log");
      const lines = (await Deno.readTextFile(log)).trimEnd().split("\n");
      assert.match(lines.at(-1)!, /"phase":"end"/);
      await Deno.writeTextFile(log, lines.slice(0, -1).join("\n") + "\n");
      const { code, stderr } = await add("second");
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^warning: audit: .*\bwrite=.*\bfirst\b/m);
      assert.doesNotMatch(stderr, LOG_LINE);
    },
    "in process",
    AUDIT,
  ));

Deno.test("the reason that a write cannot be recorded is reported once, as the error", () =>
  onStage(
    async (stage) => {
      const { code, stderr } = await stage.run(
        withLogin(["docker", "add", "--cluster", "one", "--name", "n", "--namespaces", "team-a"]),
        login(stage),
      );
      assert.equal(code, 1);
      assert.match(stderr, /^error: .*audit log/);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    },
    "in process",
    { config: "audit-log: nowhere/audit.log\n" },
  ));

Deno.test("--log-level debug shows the log of a command", () =>
  onStage(async (stage) => {
    const { code, stderr } = await stage.run(["secrets", "one", "--log-level", "debug"]);
    assert.equal(code, 0);
    assert.match(stderr, LOG_LINE);
  }));
