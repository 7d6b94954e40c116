import assert from "node:assert/strict";
import { join } from "node:path";
import { onPath, realWorld } from "../../scripts/control_plane/cache.ts";
import { installedProgram } from "../../scripts/control_plane/debian.ts";
import { folder, outcome } from "./support.ts";

/** Help, colours, and commands of other tools. */

/** Formats manual pages; in CI its package is installed where it is missing. */
const groff = await installedProgram("groff", "groff-base", realWorld);

/** Provides a terminal. Only Linux's version is supported. */
const script = Deno.build.os === "linux" ? await onPath("script", realWorld) : undefined;

Deno.test("without arguments the commands are shown, and nothing is served", async () => {
  await using here = await folder();
  const { code, stdout, stderr } = await outcome([], { cwd: here.path });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^Manage image pull secrets .*\n/);
  assert.match(stdout, /^Run 'argocd-configurer help COMMAND' /m);
});

Deno.test("help COMMAND and COMMAND --help print the same, also for an alias, and help prints the same as --help", async () => {
  const { stdout: all } = await outcome(["--help"]);
  const { stdout: ofAdd } = await outcome(["docker", "add", "--name", "n", "--help"]);
  assert.match(ofAdd, /^ {2}argocd-configurer docker add \[flags\]$/m);
  for (
    const [args, expected] of [
      [["help"], all],
      [["help", "docker", "add"], ofAdd],
      [["help", "docker", "add", "--color=never"], ofAdd],
      [["docker", "add", "-h"], ofAdd],
      [["get", "secrets", "--help"], (await outcome(["help", "secrets"])).stdout],
      [["docker"], (await outcome(["docker", "--help"])).stdout],
    ] as const
  ) {
    const { code, stdout, stderr } = await outcome(args);
    assert.deepEqual([code, stdout, stderr], [0, expected, ""], args.join(" "));
  }
});

Deno.test("help for an unknown command proposes similar ones", async () => {
  const { code, stdout, stderr } = await outcome(["help", "dokcer"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^error: Unknown command 'dokcer'; did you mean 'docker'\?\n/);
  const below = await outcome(["help", "docker", "add", "foo"]);
  assert.deepEqual([below.code, below.stdout], [2, ""]);
  assert.equal(below.stderr, "error: Unknown command 'docker add foo'\n");
});

Deno.test("help is as wide as COLUMNS, and coloured on request", async () => {
  const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
  const { stdout } = await outcome(["secrets", "--help"], { env: { COLUMNS: "60" } });
  const wide = await outcome(["secrets", "--help"], { env: { COLUMNS: "200" } });
  assert.ok(widest(stdout) <= 60, stdout);
  assert.ok(widest(wide.stdout) > 80 && widest(wide.stdout) <= 100, wide.stdout);
  assert.ok(!stdout.includes("\x1b"), stdout);
  const { stdout: coloured } = await outcome(["secrets", "--help", "--color=always"]);
  assert.ok(coloured.includes("\n\x1b[1mUsage:\x1b[22m\n"), coloured);
});

Deno.test({
  name: "on a terminal errors are red, except with NO_COLOR or --color=never",
  ignore: script === undefined,
  fn: async () => {
    const run = async (args: string, env: Record<string, string>) => {
      const main = join(import.meta.dirname!, "..", "..", "main.ts");
      const command = `'${Deno.execPath()}' run -A --no-check '${main}' ${args}`;
      const { stdout } = await new Deno.Command(script!, {
        args: ["-qec", command, "/dev/null"],
        env: { TERM: "xterm", NO_COLOR: "", ...env },
        stdin: "null",
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const seen = await run("secr", {});
    assert.ok(seen.startsWith("\x1b[31merror:\x1b[39m Unknown command 'secr'"), seen);
    assert.match(await run("secr", { NO_COLOR: "1" }), /^error: Unknown command 'secr'/);
    assert.match(await run("secrets --al --color=never", {}), /^error: Unknown flag --al/);
  },
});

Deno.test("another tool's word for delete is an error that names the command, and runs nothing", async () => {
  await using here = await folder();
  for (
    const args of [["rm", "one", "n", "--yes"], ["secrets", "delete", "n"], ["del", "one", "n"]]
  ) {
    const { code, stdout, stderr } = await outcome(args, { cwd: here.path });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /^error: Unknown command '.*'; the command is 'delete'\nRun 'argocd-configurer delete --help' for usage\n$/,
    );
  }
});

Deno.test("an unknown flag is reported with a similar flag, and without its value", async () => {
  for (const given of [["--user=hidden-value"], ["--user", "hidden-value"]]) {
    const { code, stderr } = await outcome(["docker", "add", ...given]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: Unknown flag --user; did you mean --username\?\n/);
    assert.ok(!stderr.includes("hidden-value"), stderr);
  }
});

Deno.test("flags before the command get a hint at the right order", async () => {
  for (const args of [["-o", "json", "secrets", "one"], ["--output=json", "cluster"]]) {
    const { code, stderr } = await outcome(args);
    assert.equal(code, 2);
    assert.match(stderr, /^error: Unknown flag --?o.*\nhint: flags come after the command: /);
  }
  assert.doesNotMatch((await outcome(["--prot", "0"])).stderr, /hint:/);
});

Deno.test("--dry-run without a value is a client dry run with a warning, and takes no argument", async () => {
  const words = ["delete", "--cluster", "one", "--dry-run", "ghcr", "-o", "json"];
  await using here = await folder();
  await Deno.mkdir(join(here.path, "clusters"));
  await here.write(
    "clusters/one.kubeconfig",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: { token: "made-up" } }],
    }),
  );
  const bare = await outcome(words, { cwd: here.path });
  assert.match(
    bare.stderr,
    /^warning: --dry-run without a value means --dry-run=client; use --dry-run=server to ask the cluster\n/,
  );
  const told = await outcome(words.with(3, "--dry-run=client"), { cwd: here.path });
  assert.deepEqual([bare.code, bare.stdout], [0, told.stdout]);
  assert.match(bare.stdout, /"path": ".*\bghcr\b.*"/);
  assert.doesNotMatch(told.stderr, /without a value/);
});

Deno.test({
  name: "the manual page is formatted without warnings, and shows the flags as they are typed",
  ignore: groff === undefined,
  fn: async () => {
    await using here = await folder();
    const { code, stdout } = await outcome(["help", "--man"]);
    assert.equal(code, 0);
    const page = await here.write("argocd-configurer.1", stdout);
    const formatted = await new Deno.Command(groff!, {
      args: ["-man", "-Tutf8", "-ww", "-P-c", page],
    }).output();
    const [text, warnings] = [formatted.stdout, formatted.stderr]
      .map((bytes) => new TextDecoder().decode(bytes));
    assert.deepEqual([formatted.code, warnings], [0, ""]);
    // Bold and underlined characters are overstruck.
    const shown = text!.replaceAll(/.[\b]/g, "");
    for (const flag of ["--namespaces NAMES", "--dry-run[=none|client|server]", "-o, --output"]) {
      assert.ok(shown.includes(flag), flag);
    }
    assert.match(shown, /^SYNOPSIS\n +argocd-configurer COMMAND \[flags\]$/m);
  },
});
