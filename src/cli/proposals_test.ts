import assert from "node:assert/strict";
import { closest, didYouMean } from "./proposals.ts";

const COMMANDS = [
  "secrets",
  "delete",
  "docker",
  "demo",
  "serve",
  "start",
  "stop",
  "status",
  "logs",
];
const FLAGS = ["username", "server-ca", "server", "all-clusters", "all-namespaces", "output"];
const FORMATS = ["table", "wide", "json", "yaml", "name"];

const isHarmful = (command: string) => ["delete", "stop"].includes(command);

const ROWS: [word: string, among: readonly string[], proposed: string[]][] = [
  // By its beginning, before anything that is only alike.
  ["secr", COMMANDS, ["secrets"]],
  ["doc", COMMANDS, ["docker"]],
  ["st", COMMANDS, ["start", "stop", "status"]],
  ["SECR", COMMANDS, ["secrets"]],
  ["user", FLAGS, ["username"]],
  ["all", FLAGS, ["all-clusters", "all-namespaces"]],
  // By the beginning of a part of it.
  ["ca", FLAGS, ["server-ca"]],
  ["clusters", FLAGS, ["all-clusters"]],
  // By a letter or two.
  ["sevre", COMMANDS, ["serve"]],
  ["stauts", COMMANDS, ["start", "status"]],
  ["usernmae", FLAGS, ["username"]],
  ["jsn", FORMATS, ["json"]],
  // What is alike by chance is no proposal.
  ["foo", FORMATS, []],
  ["bogus", COMMANDS, []],
  ["zzz", COMMANDS, []],
  ["", COMMANDS, []],
  // What deletes only by its beginning.
  ["del", COMMANDS, ["delete"]],
  ["delet", COMMANDS, ["delete"]],
  ["delte", COMMANDS, []],
  ["deletee", COMMANDS, []],
  ["stpo", COMMANDS, []],
];

for (const [word, among, proposed] of ROWS) {
  Deno.test(`'${word}' may be ${proposed.join(", ") || "nothing"} of ${among[0]} and others`, () => {
    assert.deepEqual(closest(word, among, isHarmful), proposed);
  });
}

Deno.test("proposals are a question, and nothing without any", () => {
  assert.equal(didYouMean([]), "");
  assert.equal(didYouMean(["a"]), "; did you mean a?");
  assert.equal(didYouMean(["a", "b", "c"]), "; did you mean a, b or c?");
});
