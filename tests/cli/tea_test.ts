import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { makeCanary } from "../support/canary.ts";
import { type Ended, type Folder, folder, outcome } from "./support.ts";

/** A new operation is a command with flags, help, completion and views, and no other file knows it. */

const main = join(import.meta.dirname!, "tea_program.ts");

/** The code of the tin and the lid's key, which no output may contain. */
const canary = makeCanary();

async function inKitchen(test: (run: Run, kitchen: Folder) => Promise<void>): Promise<void> {
  await using kitchen = await folder();
  await Deno.mkdir(join(kitchen.path, "clusters"), { mode: 0o700 });
  await kitchen.write("code", `${canary.value}\n`);
  await test(async (...args) => {
    const ended = await outcome(args, { main, cwd: kitchen.path });
    canary.absentFrom(ended.stdout + ended.stderr, "what is printed");
    return ended;
  }, kitchen);
}

type Run = (...args: readonly string[]) => Promise<Ended>;

const BREW = ["tea", "brew", "--tea", "green", "--guests", "ann,bob", "--tin-code-file", "code"];

Deno.test("a new operation runs, and the first list in its response is shown as a table", () =>
  inKitchen(async (run) => {
    const { code, stdout, stderr } = await run(...BREW);
    const letters = String(canary.value.length).padEnd(10);
    assert.deepEqual([code, stderr, stdout], [
      0,
      "",
      "GUEST   LETTERS   EXTRAS\n" +
      `ann     ${letters}spoon,saucer\n` +
      `bob     ${letters}spoon,saucer\n`,
    ]);
  }));

Deno.test("a response without a list is shown as YAML, and the argument is positional", () =>
  inKitchen(async (run) => {
    const { code, stdout } = await run("tea", "leaves", "ann");
    assert.deepEqual([code, load(stdout)], [0, { guest: "ann", future: { is: "bright" } }]);
  }));

Deno.test("all missing flags are reported together, before a file is read", () =>
  inKitchen(async (run) => {
    const { code, stderr } = await run("tea", "brew", "--pot-lid-key-file", "nowhere");
    assert.deepEqual([code, stderr], [
      2,
      "error: Missing --tea, --guests, --pot-colour; a tin code: give --tin-code-stdin or --tin-code-file FILE\n" +
      "Run 'argocd-configurer tea brew --help' for usage\n",
    ]);
    assert.match((await run("tea", "leaves")).stderr, /^error: Missing NAME \(tea leaves NAME\)\n/);
  }));

Deno.test("a client dry run shows the request without its secrets", () =>
  inKitchen(async (run) => {
    const pot = ["--pot-colour", "red", "--pot-lid-key-file", "code", "--milk"];
    const { code, stdout } = await run(...BREW, ...pot, "--dry-run", "client", "-o", "json");
    assert.deepEqual([code, JSON.parse(stdout)], [0, {
      method: "POST",
      path: "/api/v1/teas",
      body: {
        tea: "green",
        guests: ["ann", "bob"],
        tin_code: "***",
        milk: true,
        pot: { colour: "red", lid_key: "***" },
      },
    }]);
  }));

/** Where the operation fails, and the report of the error. */
const FAULTS: [args: string[], says: RegExp][] = [
  [
    ["taken"],
    /internal error id=\S+ error="TypeError\\n.*take .*\nerror: Internal server error\n$/,
  ],
  [["run"], /internal error id=\S+ error="TypeError\\n.*\nerror: Internal server error\n$/],
  [["taken", "--dry-run=client"], /error="TypeError\\n.*\nerror: Internal server error\n$/],
  [
    ["taken", "--dry-run=client", "--server=http://localhost:2"],
    /error="TypeError\\n.*\nerror: Internal server error\n$/,
  ],
  [
    ["shown"],
    /^error: Internal error\. .* check the result .* report .*: TypeError\n +at .*program.ts:/,
  ],
];

Deno.test("an internal error that quotes a secret is reported by its type and location, without its message", () =>
  inKitchen(async (run) => {
    for (const [args, says] of FAULTS) {
      const given = ["--tin-code-file", "code", "--when", ...args];
      const { code, stdout, stderr } = await run("tea", "scald", ...given);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, says);
    }
    const unready = await run("spill");
    assert.equal(unready.code, 1);
    assert.match(unready.stderr, /^error: Internal error\. .*: Error\n +at /);
  }));

Deno.test("errors name the operation's flags, and no flag takes a secret", () =>
  inKitchen(async (run) => {
    const wrong = await run(...BREW, "--pot-colour", "red");
    assert.deepEqual([wrong.code, wrong.stderr.split("\n")[0]], [
      2,
      "error: Missing --pot-lid-key-file",
    ]);
    for (
      const [flag, instead] of [
        ["tin-code", "--tin-code-stdin or --tin-code-file"],
        ["pot-lid-key", "--pot-lid-key-file"],
      ]
    ) {
      const { code, stderr } = await run("tea", "brew", `--${flag}`, canary.value);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`^error: --${flag} is not accepted: .* Use ${instead}\n`));
    }
  }));

Deno.test("help shows the operation's flags, and the list of commands loads no operation", () =>
  inKitchen(async (run) => {
    const { stdout } = await run("tea", "brew", "--help");
    for (
      const line of [
        /--tea green\|black +Which tea \(required\)$/m,
        /--guests NAMES +Who drinks it, comma-separated \(required\)$/m,
        /--tin-code-stdin +Read the code of the tin from standard input$/m,
        /--tin-code-file FILE +Read the code of the tin from a file; - is standard\n +input$/m,
        /--milk +With milk$/m,
        /--pot-colour COLOUR +The pot's colour$/m,
        /--pot-lid-key-file FILE +Key of its lid \(PEM\)$/m,
        /--dry-run\[=none\|client\|server\]\n/m,
        /^The tin is locked\.$/m,
        /^ +# Green tea for one\n +argocd-configurer tea brew --tea green .*$/m,
      ]
    ) assert.match(stdout, line);
    assert.doesNotMatch(stdout, /--cluster |--yes/);
    const all = await run("--help");
    assert.deepEqual([all.code, all.stderr], [0, ""]);
    assert.match(all.stdout, /^ +tea brew +Brew tea for guests$/m);
    assert.match(
      (await run("spil")).stderr,
      /^error: Unknown command 'spil'; did you mean 'spill'\?\n/,
    );
  }));

Deno.test("shell completion proposes the operation's commands, flags and values", () =>
  inKitchen(async (run) => {
    const completions = async (...words: string[]) => {
      const { stdout } = await run("complete", "--", ...words);
      return stdout.split("\n").slice(0, -1).map((line) => line.split("\t", 1)[0]);
    };
    assert.deepEqual(await completions("te"), ["tea"]);
    assert.deepEqual(await completions("tea", "b"), ["brew"]);
    assert.deepEqual(await completions("tea", "brew", "--tea", ""), ["green", "black"]);
    assert.deepEqual(await completions("tea", "brew", "--tin"), [
      "--tin-code-stdin",
      "--tin-code-file",
    ]);
    assert.deepEqual(await completions("tea", "brew", "--pot-lid-key-file", ""), [":files"]);
  }));
