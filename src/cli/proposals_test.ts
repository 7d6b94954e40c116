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
  // A matching start comes before a similar name.
  ["secr", COMMANDS, ["secrets"]],
  ["doc", COMMANDS, ["docker"]],
  ["st", COMMANDS, ["start", "stop", "status"]],
  ["SECR", COMMANDS, ["secrets"]],
  ["user", FLAGS, ["username"]],
  ["all", FLAGS, ["all-clusters", "all-namespaces"]],
  // The start of a part of the name.
  ["ca", FLAGS, ["server-ca"]],
  ["clusters", FLAGS, ["all-clusters"]],
  // One or two different letters.
  ["sevre", COMMANDS, ["serve"]],
  ["stauts", COMMANDS, ["start", "status"]],
  ["usernmae", FLAGS, ["username"]],
  ["jsn", FORMATS, ["json"]],
  // Names that are similar by chance are not suggested.
  ["foo", FORMATS, []],
  ["bogus", COMMANDS, []],
  ["zzz", COMMANDS, []],
  ["", COMMANDS, []],
  // A command that deletes is suggested only for its start.
  ["del", COMMANDS, ["delete"]],
  ["delet", COMMANDS, ["delete"]],
  ["delte", COMMANDS, []],
  ["deletee", COMMANDS, []],
  ["stpo", COMMANDS, []],
];

for (const [word, among, proposed] of ROWS) {
  Deno.test(`for '${word}', ${proposed.join(", ") || "nothing"} is suggested among ${among[0]} and others`, () => {
    assert.deepEqual(closest(word, among, isHarmful), proposed);
  });
}

Deno.test("suggestions are a question, and without suggestions there is no text", () => {
  assert.equal(didYouMean([]), "");
  assert.equal(didYouMean(["a"]), "; did you mean a?");
  assert.equal(didYouMean(["a", "b", "c"]), "; did you mean a, b or c?");
});
