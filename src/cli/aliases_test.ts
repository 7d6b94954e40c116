import assert from "node:assert/strict";
import { buildRouteMap } from "@stricli/core";
import { aliased, refusalOf } from "./aliases.ts";
import { command } from "./command.ts";
import { commandsFor } from "./commands.ts";
import { allCommands } from "./help/model.ts";
import { commandRoutes } from "./routes.ts";

const ALIASES: [given: string, meant: string][] = [
  ["get secrets one", "secrets one"],
  ["get secret one ghcr -o wide", "secrets one ghcr -o wide"],
  ["list secrets", "secrets"],
  ["ls clusters -o wide", "clusters -o wide"],
  ["get cluster", "clusters"],
  ["get audit --name n", "audit --name n"],
  ["get tokens", "token list"],
  ["ls token", "token list"],
  ["secrets list one", "secrets one"],
  ["secrets ls", "secrets"],
  ["secret get one", "secrets one"],
  ["clusters list", "clusters"],
  ["cluster ls", "clusters"],
  ["audit list", "audit"],
  ["token ls", "token list"],
  ["token list", "token list"],
  ["tokens create --name n", "token create --name n"],
  ["cluster import", "clusters import"],
  ["get --help", "--help"],
  // Other commands are unchanged.
  ["secrets one list", "secrets one list"],
  ["secrets --cluster list", "secrets --cluster list"],
  ["delete one get", "delete one get"],
  ["get pods", "get pods"],
  ["get", "get"],
  ["get constructor", "get constructor"],
  ["constructor list", "constructor list"],
  ["docker list", "docker list"],
  ["--port 1", "--port 1"],
];

for (const [given, meant] of ALIASES) {
  Deno.test(`'${given}' means '${meant}'`, () => {
    assert.deepEqual(aliased(given.split(" ")).join(" "), meant);
  });
}

const ROOT = await commandsFor("all");

const REFUSED: [given: string, says: string | undefined, help: string][] = [
  ["rm", "Unknown command 'rm'; the command is 'delete'", "delete"],
  ["remove one ghcr", "Unknown command 'remove'; the command is 'delete'", "delete"],
  ["del one ghcr --yes", "Unknown command 'del'; the command is 'delete'", "delete"],
  ["secrets rm ghcr", "Unknown command 'secrets rm'; the command is 'delete'", "delete"],
  ["docker delete ghcr", "Unknown command 'docker delete'; the command is 'delete'", "delete"],
  ["repo remove x", "Unknown command 'repo remove'; the command is 'delete'", "delete"],
  ["token rm ci", "Unknown command 'token rm'; the command is 'token remove'", "token remove"],
  ["docker ls", "Unknown command 'docker ls'; the command is 'secrets'", "secrets"],
  ["get", "Missing argument: get takes audit, clusters, secrets or tokens", ""],
  ["ls -o wide", "Missing argument: ls takes audit, clusters, secrets or tokens", ""],
  ["get pods", "Unknown argument: get takes audit, clusters, secrets or tokens", ""],
  ["list secr", "Unknown argument; did you mean 'list secrets'?", ""],
  ["secr one", "Unknown command 'secr'; did you mean 'secrets'?", ""],
  ["doc", "Unknown command 'doc'; did you mean 'docker'?", ""],
  ["docker ad", "Unknown command 'docker ad'; did you mean 'docker add'?", "docker"],
  ["token cretae", "Unknown command 'token cretae'; did you mean 'token create'?", "token"],
  ["token x", "Unknown command 'token x'; token has create, list and remove", "token"],
  ["show", "Unknown command 'show'; did you mean 'secrets' or 'clusters'?", ""],
  ["delte one ghcr", "Unknown command 'delte'", ""],
  ["token remvoe ci", "Unknown command 'token remvoe'; token has create, list and remove", "token"],
  ["stpo", "Unknown command 'stpo'", ""],
  ["constructor", "Unknown command 'constructor'", ""],
  ["x=secret", "Unknown command 'x=…'", ""],
  ["token delete ci", undefined, ""],
  ["secrets list-of-things", undefined, ""],
  ["delete rm ghcr", undefined, ""],
  ["docker --pass=x", undefined, ""],
];

for (const [given, says, help] of REFUSED) {
  Deno.test(`${given}: ${says ?? "is a command"}`, () => {
    const refusal = refusalOf(ROOT, given.split(" "));
    assert.equal(refusal?.message, says);
    assert.equal(refusal?.command.join(" ") ?? "", help);
  });
}

Deno.test("for 'add', every command that adds is suggested, and for 'create' also those that create", () => {
  const proposed = (word: string) =>
    [...refusalOf(ROOT, [word])!.message.matchAll(/'([^']+)'/g)].map(([, each]) => each).slice(1);
  const adding = allCommands(ROOT).filter(({ words }) => words.at(-1) === "add")
    .map(({ words }) => words.join(" "));
  assert.ok(["docker add", "repo add"].every((each) => adding.includes(each)));
  assert.deepEqual(proposed("add"), adding);
  assert.deepEqual(new Set(proposed("create")), new Set([...adding, "token create"]));
});

/** A group that is also a command. */
const GROUPED = buildRouteMap({
  routes: commandRoutes(["", "import", "remove", "check"].map((word) => ({
    words: ["clusters", word].filter(Boolean),
    brief: `${word} clusters`,
    command: command<Record<never, never>>(
      () => Promise.resolve(() => 0),
      { brief: `${word} clusters`, examples: [] },
    ),
  }))),
  docs: { brief: "" },
});

const OF_GROUP: [given: string, says: string | undefined][] = [
  ["clusters", undefined],
  ["clusters -o wide", undefined],
  ["clusters import x", undefined],
  [
    "clusters bogus",
    "Unknown command 'clusters bogus'; clusters has list, import, remove and check",
  ],
  ["clusters imp", "Unknown command 'clusters imp'; did you mean 'clusters import'?"],
  ["clusters rm x", "Unknown command 'clusters rm'; the command is 'clusters remove'"],
  ["clusters remov", "Unknown command 'clusters remov'; did you mean 'clusters remove'?"],
  [
    "clusters remvoe",
    "Unknown command 'clusters remvoe'; clusters has list, import, remove and check",
  ],
  ["import", "Unknown command 'import'; did you mean 'clusters import'?"],
];

for (const [given, says] of OF_GROUP) {
  Deno.test(`in a group, ${given}: ${says ?? "is a command"}`, () => {
    assert.equal(refusalOf(GROUPED, given.split(" "))?.message, says);
  });
}
