import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { FLEET, labelsFile } from "../../src/cli/demo_fleet.ts";
import { OPERATIONS } from "../../src/operations/table.ts";
import { inDemo } from "./in_demo.ts";
import { blocks, commandsOf } from "./readme.ts";

/** docs/fleet.md: its commands in their order in a fresh demo, and what it shows of their output. */

const ROOT = join(import.meta.dirname!, "..", "..");
const DOCUMENT = join(ROOT, "docs", "fleet.md");

/** Columns are as wide as what is in them. */
const spaced = (line: string) => line.trim().replace(/ +/g, " ");

/** That of a block with `# exit code N` at its top. */
const exitCode = (text: string) => Number(/^# exit code (\d)$/m.exec(text)?.[1] ?? 0);

Deno.test("each command of the document about fleets works in a fresh demo, with the output that it shows", () =>
  inDemo(async (run) => {
    const all = await blocks(DOCUMENT);
    let printed: string[] = [];
    let [commands, samples] = [0, 0];
    for (const block of all) {
      if (block.language === "sh") {
        printed = [];
        for (const command of commandsOf(block)) {
          const { code, out, said } = await run(command);
          assert.equal(code, exitCode(block.text), `${command}\n${out}${said}`);
          if (command.startsWith("curl") && !command.includes("x-ndjson")) {
            assert.notEqual(JSON.parse(out).error, true, `${command}\n${out}`);
          }
          printed.push(...`${out}\n${said}`.split("\n").map(spaced));
          commands++;
        }
      } else if (block.language === "text") {
        for (const line of block.text.split("\n").map(spaced)) {
          assert.ok(printed.includes(line), `is not printed: ${line}\n${printed.join("\n")}`);
          samples++;
        }
      }
    }
    assert.ok(commands >= 18, `only ${commands} commands are found`);
    assert.ok(samples >= 18, `only ${samples} lines of output are found`);
  }));

Deno.test("the document about fleets shows the answer and the events that its requests get", () =>
  inDemo(async (run) => {
    const all = await blocks(DOCUMENT);
    const at = all.findIndex(({ language, text }) => language === "sh" && text.includes("-X POST"));
    const [request, sample] = [all[at]!, all[at + 1]!];
    const answer = JSON.parse((await run(request.text)).out);
    const shown = JSON.parse(sample.text);
    assert.deepEqual({ ...shown, clusters: [] }, { ...answer, clusters: [] });
    assert.deepEqual(
      shown.clusters,
      answer.clusters.map((
        { answer: { success }, ...entry }: { answer: { success: boolean } },
      ) => ({
        ...entry,
        answer: { success },
      })),
    );
    const stream = all.find(({ text }) => text.includes("x-ndjson"))!;
    const events = (await run(stream.text)).out.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ event }) => event), ["started", "cluster", "cluster", "done"]);
    assert.equal(events[3].success, true);
  }));

Deno.test("the labels that the document about fleets shows are those of the demo", async () => {
  const shown = (await blocks(DOCUMENT)).find(({ language }) => language === "yaml")!;
  assert.deepEqual(load(shown.text), load(labelsFile(FLEET)));
});

Deno.test("the document about fleets names the requests that take a selection, and no other", async () => {
  const text = await Deno.readTextFile(DOCUMENT);
  const [, list] = /^These requests take a selection: ([^]*?)\.$/m.exec(text)!;
  const taken = OPERATIONS.filter(({ clusters }) => clusters === "each" || clusters === "many")
    .map(({ method, path }) => `${method.toUpperCase()} /api/v1${path}`);
  assert.deepEqual([...list!.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort(), taken.sort());
});

/** Findings of `explain` alone, whose messages say it all. */
const EXPLAIN_ONLY = ["login_by_chance", "pull_secret_not_named", "service_account_missing"];

Deno.test("the document about fleets has each finding that there is, and no other", async () => {
  const folder = join(ROOT, "src", "credentials", "explain");
  const codes = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(join(folder, name));
    for (const [, code] of text.matchAll(/\bcode: "([a-z_]+)"/g)) codes.add(code!);
  }
  const [, section] = (await Deno.readTextFile(DOCUMENT)).split("### Findings\n");
  const cells = section!.split("\n## ")[0]!.split("\n").map((line) => line.split("|")[1] ?? "");
  const shown = cells.flatMap((cell) =>
    [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!)
  );
  assert.deepEqual([...shown, ...EXPLAIN_ONLY].sort(), [...codes].sort());
});
