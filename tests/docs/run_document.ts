import assert from "node:assert/strict";
import { type Document, elsewhere } from "./documents.ts";
import { type Block, blocks, commandsOf } from "./readme.ts";
import type { Run } from "./shell.ts";

/** Replaces column widths, times and random values, which differ at each run. */
export const spaced = (line: string) =>
  line.trim().replace(/ +/g, " ")
    .replace(/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, "DATE")
    .replace(/\b[0-9a-f]{16}\b/g, "HEX");

/** The exit code of a block that starts with `# exit code N`. */
const exitCode = (text: string) => Number(/^# exit code (\d)$/m.exec(text)?.[1] ?? 0);

/** Fields of samples that are the same in the demo and on a new cluster. */
const SAME = ["success", "status", "service", "application_repo_url", "helm_secret_applied"];

/** Deno's tasks are for developers; another test checks that they exist. */
export const TASK = /^(npx -y deno@[\d.]+|deno) task /;

/**
 * Runs the commands of a document in their order. Each has to end with its block's exit code. Every line of a
 * `text` block has to be printed by the block of commands before it; of a `json` block, the fields have to be
 * in the answer.
 */
export async function runDocument(document: Document, run: Run): Promise<void> {
  let printed: string[] = [];
  let [commands, lines] = [0, 0];
  let last: { command: string; out: string; heading: string } | undefined;
  for (const block of await blocks(document.path)) {
    if (block.language === "sh") {
      printed = [];
      last = undefined;
      for (const command of commandsOf(block)) {
        if (TASK.test(command) || elsewhere(document, command) !== undefined) continue;
        const { code, out, said } = await run(command);
        assert.equal(code, exitCode(block.text), `${command}\n${out}${said}`);
        assertNoError(command, out);
        printed.push(...`${out}\n${said}`.split("\n").map(spaced));
        last = { command, out, heading: block.heading };
        commands++;
      }
    } else if (block.language === "text") {
      if (printed.length === 0) continue; // no command before it was run here
      for (const line of block.text.split("\n").map(spaced)) {
        assert.ok(printed.includes(line), `is not printed: ${line}\n${printed.join("\n")}`);
        lines++;
      }
    } else if (block.language === "json" && last?.heading === block.heading) {
      assertSample(block, last);
      last = undefined;
    }
  }
  const { atLeast = { commands: 1 } } = document;
  assert.ok(commands >= atLeast.commands, `only ${commands} commands are found`);
  assert.ok(lines >= (atLeast.lines ?? 0), `only ${lines} lines of output are found`);
}

/** curl exits with 0 for an error of the server too. */
function assertNoError(command: string, out: string): void {
  if (!command.startsWith("curl") || !out.startsWith("{") || command.includes("x-ndjson")) return;
  assert.notEqual(JSON.parse(out).error, true, `${command}\n${out}`);
  assert.equal(JSON.parse(out).status_code, undefined, `${command}\n${out}`);
}

function assertSample(block: Block, { command, out }: { command: string; out: string }): void {
  if (!command.startsWith("curl")) return;
  const answer = JSON.parse(out);
  for (const [field, value] of Object.entries(JSON.parse(block.text))) {
    assert.ok(field in answer, `${command}\n${out}\nhas no ${field}`);
    if (SAME.includes(field)) assert.deepEqual(answer[field], value, command);
  }
}
