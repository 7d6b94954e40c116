import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { FLEET, labelsFile } from "../../src/demo/fleet.ts";
import { REASON_CODES } from "../../src/fleet/rotation/shapes.ts";
import { OPERATIONS } from "../../src/operations/table.ts";
import { inDemo } from "./in_demo.ts";
import { blocks, ROOT } from "./readme.ts";
import { spaced } from "./run_document.ts";

/** The documents about many clusters: sample responses, and lists that repeat the code's. */

const DOCUMENT = "docs/fleet.md";
const read = (document: string) => Deno.readTextFile(join(ROOT, document));

Deno.test("the document about fleets shows the actual response and events of its requests", () =>
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

Deno.test("docs/rotate.md shows a part of the actual response to its request", () =>
  inDemo(async (run) => {
    const all = await blocks("docs/rotate.md");
    const at = all.findIndex(({ language }) => language === "json");
    const { out } = await run(all[at - 1]!.text);
    assertPart(JSON.parse(all[at]!.text), JSON.parse(out), "the answer");
  }, ["--twelve"]));

/** Checks that the response contains everything shown. Of lists, the first entries are shown. */
function assertPart(shown: unknown, answer: unknown, where: string): void {
  if (typeof shown === "string") assert.equal(spaced(String(answer)), spaced(shown), where);
  else if (typeof shown !== "object" || shown === null) assert.equal(answer, shown, where);
  else {
    if (Array.isArray(shown) && shown.length === 0) assert.deepEqual(answer, [], where);
    for (const [key, value] of Object.entries(shown)) {
      assertPart(value, (answer as Record<string, unknown>)[key], `${where}.${key}`);
    }
  }
}

Deno.test("the labels in the document about fleets are those of the demo", async () => {
  const shown = (await blocks(DOCUMENT)).find(({ language }) => language === "yaml")!;
  assert.deepEqual(load(shown.text), load(labelsFile(FLEET)));
});

Deno.test("the document about fleets lists exactly the requests that take a selection", async () => {
  const text = await read(DOCUMENT);
  const [, list] = /^These requests take a selection: ([^]*?)\.$/m.exec(text)!;
  const taken = OPERATIONS.filter(({ clusters }) => clusters === "each" || clusters === "many")
    .map(({ method, path }) => `${method.toUpperCase()} /api/v1${path}`);
  assert.deepEqual([...list!.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort(), taken.sort());
});

Deno.test("docs/rotate.md lists each reason why a secret is not rotated, and why a value is not safe to revoke", async () => {
  const text = await read("docs/rotate.md");
  const left = await read("src/credentials/rotation/left.ts");
  const [, union] = /export type LeftReason =([^;]+);/.exec(left)!;
  const reasons = [...union!.matchAll(/"(\w+)"/g)].map(([, reason]) => reason!);
  for (const [heading, codes] of [["to rotate it, too", reasons], ["meaning", REASON_CODES]]) {
    const [, table] = text.split(`| reason | ${heading} |\n`);
    const cells = table!.split("\n\n")[0]!.split("\n").map((line) => line.split("|")[1] ?? "");
    const shown = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code!));
    assert.deepEqual(shown.sort(), [...codes!].sort());
  }
});

/** Findings that only `explain` has, with self-explanatory messages. */
const EXPLAIN_ONLY = ["login_by_chance", "pull_secret_not_named", "service_account_missing"];

Deno.test("the document about fleets lists exactly the findings of the code", async () => {
  const folder = join(ROOT, "src", "credentials", "explain");
  const codes = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(join(folder, name));
    for (const [, code] of text.matchAll(/\bcode: "([a-z_]+)"/g)) codes.add(code!);
  }
  const [, section] = (await read(DOCUMENT)).split("### Findings\n");
  const cells = section!.split("\n## ")[0]!.split("\n").map((line) => line.split("|")[1] ?? "");
  const shown = cells.flatMap((cell) =>
    [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!)
  );
  assert.deepEqual([...shown, ...EXPLAIN_ONLY].sort(), [...codes].sort());
});
