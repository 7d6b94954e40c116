import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import { ToldFiles } from "./told_files.ts";

function logged(by: () => void): string[] {
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => void lines.push(line) });
  by();
  return lines;
}

Deno.test("each file of a folder is told once", () => {
  const told = new ToldFiles();
  const lines = logged(() => {
    told.tell("one", [{ file: "a.yaml", why: "x" }]);
    told.tell("one", [{ file: "a.yaml", why: "x" }, { file: "b.yaml", why: "x" }]);
    told.tell("other", [{ file: "a.yaml", why: "x" }]);
  });
  assert.deepEqual(lines.map((line) => /folder=.*(?= why)/.exec(line)![0]), [
    "folder=one file=a.yaml",
    "folder=one file=b.yaml",
    "folder=other file=a.yaml",
  ]);
});

Deno.test("of a folder full of other files some are told, and that there are more", () => {
  const told = new ToldFiles();
  const files = Array.from({ length: 100 }, (_, i) => ({ file: `${i}.yaml`, why: "x" }));
  const lines = logged(() => {
    told.tell("one", files);
    told.tell("one", files);
  });
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1)!, /WARNING clusters: more files are no cluster's kubeconfig/);
});
