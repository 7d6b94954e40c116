import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./files.ts";
import { realWorld } from "../../scripts/control_plane/cache.ts";
import { installedProgram } from "../../scripts/control_plane/debian.ts";
import { findActionlint } from "./tools.ts";

/** Linters for the workflows and the shell scripts. */

const shellcheck = await installedProgram("shellcheck", "shellcheck", realWorld);
const actionlint = shellcheck && await findActionlint();
const ignore = actionlint === undefined;

const SCRIPTS = [".ci/run", "scripts/build/launcher.sh", "scripts/server_manager.sh"];

/** Runs a linter on a text. @returns its findings, empty if there are none */
async function lint(program: string, args: string[], text: string): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([text]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.equal(code === 0, said === "", said);
  return said;
}

const lintWorkflow = (text: string) =>
  lint(actionlint!, ["-no-color", `-shellcheck=${shellcheck}`, "-pyflakes=", "-"], text);
const lintScript = (text: string) => lint(shellcheck!, ["--color=never", "-"], text);

Deno.test({
  name: "actionlint and shellcheck accept the release workflow",
  ignore,
  fn: async () => {
    const text = await Deno.readTextFile(join(ROOT, ".github/workflows/release.yml"));
    assert.equal(await lintWorkflow(text), "");
    const unknown = text.replaceAll("needs.test.outputs.version", "needs.test.outputs.versoin");
    assert.match(await lintWorkflow(unknown), /property "versoin" is not defined/);
    const unquoted = text.replace('cd "$RUNNER_TEMP/denort"', "cd $RUNNER_TEMP/denort");
    assert.match(await lintWorkflow(unquoted), /SC2086/);
  },
});

Deno.test({
  name: "actionlint and shellcheck accept the other workflows",
  ignore,
  fn: async () => {
    const folder = join(ROOT, ".github/workflows");
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(names.sort(), ["release.yml", "test.yml"]);
    for (const name of names) {
      const text = await Deno.readTextFile(join(folder, name));
      assert.equal(await lintWorkflow(text), "", name);
      const wrong = text.replace("timeout-minutes:", "timeout-minuts:");
      assert.match(await lintWorkflow(wrong), /unexpected key "timeout-minuts"/, name);
    }
  },
});

Deno.test({
  name: "shellcheck accepts the shell scripts",
  ignore,
  fn: async () => {
    for (const path of SCRIPTS) {
      const text = await Deno.readTextFile(join(ROOT, path));
      assert.equal(await lintScript(text), "", path);
      assert.match(await lintScript(`${text}\nls $unquoted\n`), /SC2086/, path);
    }
  },
});
