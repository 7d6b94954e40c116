import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import { type ClustersFolder, clustersFolder } from "./folder.ts";
import { IgnoredFiles } from "./ignored_files.ts";

async function logged(by: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => void lines.push(line) });
  await by();
  return lines;
}

/** A folder with these files, and one kubeconfig. */
const folder = (path: string, ...files: string[]): ClustersFolder => ({
  ...clustersFolder(path),
  look: () => Promise.resolve({ names: ["a"], ignored: files.map((file) => ({ file, why: "x" })) }),
});

Deno.test("each file of a folder is told once", async () => {
  const ignored = new IgnoredFiles();
  const lines = await logged(async () => {
    assert.deepEqual(await ignored.namesIn(folder("one", "a.yaml")), ["a"]);
    await ignored.namesIn(folder("one", "a.yaml", "b.yaml"));
    await ignored.namesIn(folder("other", "a.yaml"));
  });
  assert.deepEqual(lines.map((line) => /folder=.*(?= reason)/.exec(line)![0]), [
    "folder=one file=a.yaml",
    "folder=one file=b.yaml",
    "folder=other file=a.yaml",
  ]);
});

Deno.test("of a folder full of other files some are told, and that there are more", async () => {
  const ignored = new IgnoredFiles();
  const files = Array.from({ length: 100 }, (_, i) => `${i}.yaml`);
  const lines = await logged(async () => {
    await ignored.namesIn(folder("one", ...files));
    await ignored.namesIn(folder("one", ...files));
  });
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1)!, /WARNING clusters: more files ignored folder=one\n$/);
});

Deno.test("a folder that is not there is told each time, and has no clusters", async () => {
  const ignored = new IgnoredFiles();
  const lines = await logged(async () => {
    assert.deepEqual(await ignored.namesIn(clustersFolder("/nowhere/at/all")), []);
    await ignored.namesIn(clustersFolder("/nowhere/at/all"));
  });
  assert.equal(lines.length, 2);
  assert.match(
    lines[0]!,
    /WARNING clusters: clusters folder not found folder=\/nowhere\/at\/all hint="create it, or run '[a-z -]+'"\n$/,
  );
});
