import assert from "node:assert/strict";
import { join } from "node:path";
import { documents } from "./documents.ts";
import { anchorsIn, broken, linksIn } from "./links.ts";
import { blocks, commandsOf, ROOT } from "./readme.ts";

/** Checks of all documents: links, and that each command is run. */

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

/** `deno task NAME`, with or without `npx -y deno@VERSION` before it. */
const TASK = /^(?:npx -y (deno@[\d.]+)|deno) task ([\w:-]+)/;

/** The parts that scripts/write_docs.ts writes. */
const GENERATED = /<!-- (.+), written by scripts\/write_docs\.ts -->\n[^]*?<!-- end of \1 -->\n/g;

Deno.test("each link between documents leads to an existing file and heading", async () => {
  const all = await documents();
  const links = (await Promise.all(all.map(async ({ path }) => linksIn(path, await read(path)))))
    .flat();
  assert.ok(links.length > 50, `only ${links.length} links are found`);
  const lines = (await Promise.all(links.map(broken))).filter((line) => line !== undefined);
  assert.deepEqual(lines, []);
});

Deno.test("a link to a missing file or heading is reported", async () => {
  const text =
    "[a](docs/none.md), [b](#none)\n\n```sh\n[c](none)\n```\n[d](https://x/y) `[e](f)`\n";
  const lines = await Promise.all(linksIn("README.md", text).map(broken));
  assert.deepEqual(lines, [
    "README.md:1 links to docs/none.md, which does not exist",
    "README.md:1 links to #none, which README.md does not have",
  ]);
  assert.deepEqual(linksIn("docs/a.md", "[x](../README.md#y)"), [
    { at: "docs/a.md:1", file: "README.md", anchor: "y" },
  ]);
});

Deno.test("headings have the anchors that GitHub gives them", () => {
  const text = "# GET /secrets?cluster=NAME\n## `a` & b, c\n## [Links](x.md) too\n## `a` & b, c\n";
  assert.deepEqual([...anchorsIn(text)], [
    "get-secretsclustername",
    "a--b-c",
    "links-too",
    "a--b-c-1",
  ]);
});

Deno.test("each task that a document runs is in deno.json, and runs with the Deno of CI", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const [version] = /deno@[\d.]+/.exec(await read(".ci/run"))!;
  for (const { path } of await documents()) {
    for (const command of (await blocks(path)).flatMap(commandsOf)) {
      const [, deno = version, task] = TASK.exec(command) ?? [];
      if (task === undefined) continue;
      assert.ok(task in tasks, `${path}: ${command}`);
      assert.equal(deno, version, `${path}: ${command}`);
    }
  }
});

Deno.test("each command that its document's test cannot run is run by an existing test", async () => {
  for (const document of await documents()) {
    const commands = (await blocks(document.path)).filter(({ language }) => language === "sh")
      .flatMap(commandsOf);
    for (const [pattern, test] of document.elsewhere ?? []) {
      assert.ok((await Deno.stat(join(ROOT, test))).isFile, test);
      const isUsed = commands.some((command) => pattern.test(command));
      assert.ok(isUsed, `${document.path}: no command matches ${pattern} (${test})`);
    }
  }
});

Deno.test("no document written by hand is longer than 300 lines, except the changelog", async () => {
  for (const { path } of await documents()) {
    if (path === "CHANGELOG.md") continue;
    const byHand = (await read(path)).replaceAll(GENERATED, "").trimEnd().split("\n");
    assert.ok(byHand.length <= 300, `${path} has ${byHand.length} lines`);
  }
});

Deno.test("every block of commands is marked as `sh`, so that it is run", async () => {
  for (const { path } of await documents()) {
    for (const { language, text } of await blocks(path)) {
      assert.ok(!["bash", "shell", "console", "zsh"].includes(language), `${path}: ${text}`);
      assert.ok(language !== "" || !/^(\$ )?(argocd-configurer|curl|deno) /m.test(text), path);
    }
  }
});
