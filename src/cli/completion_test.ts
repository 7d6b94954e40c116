import assert from "node:assert/strict";
import { SettingInvalid, settingsOf } from "../config/schema.ts";
import { complete, completionScript } from "./completion.ts";
import { SHELLS } from "./commands.ts";
import { wholeApplication } from "./run.ts";

const APPLICATION = await wholeApplication();

/** The output for these words, and the exit code. */
async function printed(...words: readonly string[]): Promise<{ text: string; code: number }> {
  let text = "";
  const code = await complete(APPLICATION, words, (more) => {
    text += more;
  });
  return { text, code };
}

/** The completions without their descriptions. */
async function completions(...words: readonly string[]): Promise<readonly string[]> {
  const { text, code } = await printed(...words);
  assert.equal(code, 0);
  return text.split("\n").slice(0, -1).map((line) => line.split("\t", 1)[0]!);
}

function commands() {
  const { root } = APPLICATION;
  assert.ok("getAllEntries" in root);
  return root.getAllEntries();
}

/** Also commands of several words: `docker add`. */
function commandsWithFlags(entries = commands(), before: readonly string[] = []) {
  return entries.flatMap(({ name, target }): Flagged[] => {
    const words = [...before, name["convert-camel-to-kebab"]];
    return "parameters" in target
      ? [{ words, flags: target.parameters.flags ?? {} }]
      : commandsWithFlags(target.getAllEntries(), words);
  });
}

interface Flagged {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, object>>;
}

Deno.test("a completion is a line, with its description after a tab", async () => {
  const { text, code } = await printed("ser");
  assert.deepEqual([text, code], ["serve\tServe the HTTP API in the foreground\n", 0]);
});

Deno.test("values have no description", async () => {
  assert.equal((await printed("serve", "--log-format", "")).text, "text\njson\n");
});

Deno.test("without a word, the visible commands are proposed", async () => {
  const visible = commands().filter(({ hidden }) => !hidden);
  const names = visible.map(({ name }) => name["convert-camel-to-kebab"]);
  assert.ok(names.includes("serve"));
  assert.ok(!names.includes("complete"));
  assert.deepEqual(await completions(""), names);
  assert.deepEqual(await completions(), names);
});

Deno.test("without a command, the flags of serve and the global flags are proposed", async () => {
  const ofServe = await completions("serve", "-");
  assert.ok(ofServe.includes("--clusters-folder"));
  assert.deepEqual(await completions("-"), [...ofServe, "--help", "--version"]);
  assert.deepEqual(
    await completions("--port", "1", "--"),
    ofServe.filter((one) => one !== "--port"),
  );
});

for (
  const [words, expected] of [
    [["serve", "--log-f"], ["--log-format", "--log-file"]],
    [["--ver"], ["--version"]],
    [["--log-fo"], ["--log-format"]],
    [["--transport", ""], ["auto", "kubectl", "api"]],
    [["--transport", "a"], ["auto", "api"]],
    [["serve", "--transport", "k"], ["kubectl"]],
    [["serve", "--transport=a"], ["--transport=auto", "--transport=api"]],
    [["--log-level="], ["debug", "info", "warning", "error"].map((one) => `--log-level=${one}`)],
    [["--transport", "api", "--log-level", "e"], ["error"]],
    [["serve", "--config", ""], [":files"]],
    [["serve", "--config", "some where/x"], [":files"]],
    [["--config=/etc/x=y"], [":files"]],
    [["--clusters-folder", "./"], [":folders"]],
    [["--port", ""], []],
    [["get", ""], ["audit", "clusters", "secrets", "tokens"]],
    [["ls", "s"], ["secrets"]],
    [["help", "ver"], ["verify", "version"]],
    [["help", "docker", ""], ["--man", "add"]],
    [["help", "docker", "add", "a"], []],
    [["help", "-"], ["--man", "--color"]],
    [["stop", "--color", "a"], ["auto", "always"]],
    [["docker", "add", "--dry-run", ""], ["none", "client", "server"]],
    [["docker", "add", "--dry-run=c"], ["--dry-run=client"]],
    [["completion", ""], [...SHELLS]],
    [["completion", "z"], ["zsh"]],
    [["completion", "zsh", ""], []],
    // Nothing after invalid words.
    [["nope", ""], []],
    [["nope", "--"], []],
    [["nope", "--transport", ""], []],
    [["serve", "nope", ""], []],
    [["serve", "--nope", ""], []],
    [["version", "--transport", ""], []],
    [["version", "--transport="], []],
    [["--config", "--transport", ""], []],
    [["--transport", "api", "--transport", ""], []],
    [["--help", ""], []],
    [["serve", "constructor", ""], []],
  ] as const
) {
  Deno.test(`${JSON.stringify(words)} completes to ${expected.join(", ") || "nothing"}`, async () => {
    assert.deepEqual(await completions(...words), expected);
  });
}

Deno.test("a flag completes to the values of its setting", async () => {
  const values: unknown[] = [];
  for (const key of ["transport", "log-format", "log-level"]) {
    assert.throws(() => settingsOf({ [key]: "" }), (error) => {
      assert.ok(error instanceof SettingInvalid);
      const [, named] = /^must be (.+)$/.exec(error.message)!;
      values.push(named!.split(/, | or /));
      return true;
    });
    assert.deepEqual(await completions("serve", `--${key}`, ""), values.pop());
  }
});

Deno.test("files and folders are proposed for every flag that takes one", async () => {
  let count = 0;
  for (const { words, flags } of commandsWithFlags()) {
    for (const [flag, parameter] of Object.entries(flags)) {
      const placeholder = "placeholder" in parameter ? parameter.placeholder : undefined;
      if (placeholder !== "file" && placeholder !== "folder") continue;
      const kebab = flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const proposed = await completions(...words, `--${kebab}`, "");
      assert.deepEqual(proposed, [`:${placeholder}s`], `${words.join(" ")} --${kebab}`);
      count++;
    }
  }
  assert.ok(count > 0);
});

for (const shell of SHELLS) {
  Deno.test(`the script for ${shell} calls 'complete', and its comment shows how to install it`, () => {
    const script = completionScript(shell);
    assert.match(script, /argocd-configurer complete -- /);
    assert.match(script, new RegExp(`^#.*argocd-configurer completion ${shell}`, "m"));
    assert.doesNotMatch(script, /\beval\b/);
  });
}
