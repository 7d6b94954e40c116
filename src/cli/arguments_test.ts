import assert from "node:assert/strict";
import { buildRouteMap } from "@stricli/core";
import fc from "fast-check";
import { anyText } from "../../tests/support/arbitrary.ts";
import { asTaken, findCommand } from "./arguments.ts";
import { choice, command, list, number, on, text } from "./command.ts";
import { commandsFor } from "./commands.ts";

const docs = { brief: "", examples: [] };
const load = () => Promise.resolve(() => 0);

type Many = {
  readonly output?: string;
  readonly namespaces?: readonly string[];
  readonly lines?: number;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly template?: boolean;
  readonly mode?: "none" | "client" | "server";
};

/** A flag whose value is optional. */
const MODE = { ...choice("", ["none", "client", "server"]), bare: "client" } as const;

const MANY = command<Many>(load, {
  flags: {
    output: text("", "format"),
    namespaces: list("", "names"),
    lines: number("", "number"),
    yes: on(""),
    force: on(""),
    dryRun: on(""),
    template: { kind: "boolean", brief: "", optional: true },
    mode: MODE,
  },
  aliases: { o: "output", n: "namespaces", y: "yes", f: "force" },
  ...docs,
});

const ONE = command<{ readonly namespace?: string }>(load, {
  flags: { namespace: text("", "namespace") },
  ...docs,
});

const ROOT = buildRouteMap({
  routes: {
    many: MANY,
    docker: buildRouteMap({ routes: { one: ONE }, docs: { brief: "" } }),
    none: command<Record<never, never>>(load, docs),
  },
  docs: { brief: "" },
});

const TAKEN: [what: string, words: string, taken: string][] = [
  ["a value after its letter", "many -ojson", "many -o=json"],
  ["a value that looks like letters of flags", "many -oyf", "many -o=yf"],
  ["a value with an equals sign", "many -oa=b", "many -o=a=b"],
  ["letters of switches before it", "many -yfojson", "many -y -f -o=json"],
  ["a letter whose value is the next word", "many -yo json", "many -y -o json"],
  ["the form that Stricli reads", "many -o=json -o json -yf", "many -o=json -o json -y -f"],
  ["an unknown letter", "many -xjson -yxjson", "many -xjson -yxjson"],
  ["a switch with a value", "many -y=true --yes=true", "many -y=true --yes=true"],
  ["a value that looks like a letter", "many --output -o1 -n -n1", "many --output -o1 -n -n1"],
  [
    "the singular of a flag",
    "many --namespace a --namespace=b",
    "many --namespaces a --namespaces=b",
  ],
  ["the plural of a flag", "docker one --namespaces a", "docker one --namespace a"],
  ["the flag's own name", "many --namespaces a", "many --namespaces a"],
  ["a command without the flag", "none --namespace a", "none --namespace a"],
  [
    "a flag that starts with the same word",
    "many --namespace-selector a",
    "many --namespace-selector a",
  ],
  ["a switch given again", "many --yes -y --yes --force -f", "many --yes --force"],
  ["a switch given again in the other style", "many --dry-run --dryRun", "many --dry-run"],
  ["a switch on and off", "many --template --no-template", "many --template --no-template"],
  ["a switch off twice", "many --no-template --no-template", "many --no-template"],
  ["a value that is the name of a switch", "many -o --yes --yes", "many -o --yes --yes"],
  ["a flag with a value, twice", "many --output a --output a", "many --output a --output a"],
  ["a flag with an optional value, alone", "many --mode", "many --mode=client"],
  [
    "a flag with an optional value before another flag",
    "many --mode --yes",
    "many --mode=client --yes",
  ],
  [
    "a flag with an optional value before another word",
    "many --mode a --yes",
    "many --mode=client a --yes",
  ],
  [
    "a flag with an optional value before one of its values",
    "many --mode server a",
    "many --mode server a",
  ],
  [
    "a flag with an optional value after an equals sign",
    "many --mode=none a",
    "many --mode=none a",
  ],
  ["a flag with an optional value and an invalid one", "many --mode=a", "many --mode=a"],
  [
    "a flag with an optional value as the value of another flag",
    "many -o --mode a",
    "many -o --mode a",
  ],
  [
    "a flag with an optional value before --",
    "many --mode -- server",
    "many --mode=client -- server",
  ],
  ["words after -- stay", "many -y -- -ojson --yes -- -y", "many -y -- -ojson --yes -- -y"],
  ["no command", "-ojson --yes --yes", "-ojson --yes --yes"],
  ["an unknown command", "docker two -ojson", "docker two -ojson"],
  ["names that every object has", "many --constructor -y", "many --constructor -y"],
];

for (const [what, words, taken] of TAKEN) {
  Deno.test(`${what}: ${words}`, () => {
    assert.deepEqual(asTaken(ROOT, words.split(" ")), taken.split(" "));
  });
}

Deno.test("a flag without a value is reported with its default", () => {
  const told: string[] = [];
  for (const words of ["--mode a", "--mode=server", "--mode none", "--yes"]) {
    asTaken(ROOT, ["many", ...words.split(" ")], (...each) => told.push(each.join("=")));
  }
  assert.deepEqual(told, ["--mode=client"]);
});

Deno.test("a flag at the end of a completed line gets no default", () => {
  assert.deepEqual(asTaken(ROOT, ["many", "--mode"], undefined, true), ["many", "--mode"]);
  const before = asTaken(ROOT, ["many", "--mode", "a"], undefined, true);
  assert.deepEqual(before, ["many", "--mode=client", "a"]);
});

Deno.test("values are not changed", () => {
  const value = anyText({ minLength: 1 }).filter((each) => !each.startsWith("="));
  fc.assert(fc.property(value, (value) => {
    assert.deepEqual(asTaken(ROOT, ["many", `-o${value}`]), ["many", `-o=${value}`]);
  }));
});

Deno.test("rewritten arguments are not rewritten again", () => {
  const word = fc.constantFrom(...TAKEN.flatMap(([, words]) => words.split(" ")), "a", "-", "");
  fc.assert(fc.property(fc.array(word), (words) => {
    const once = asTaken(ROOT, ["many", ...words]);
    assert.deepEqual(asTaken(ROOT, once), once);
  }));
});

Deno.test("the command is found by its words", async () => {
  const commands: [words: string[], command: string[]][] = [
    [[], []],
    [["--yes"], []],
    [["docker"], ["docker"]],
    [["docker", "add", "--name", "n"], ["docker", "add"]],
    [["docker", "ad"], ["docker"]],
    [["secrets", "docker", "add"], ["secrets"]],
    [["nope", "docker"], []],
  ];
  const root = await commandsFor([]);
  for (const [words, command] of commands) {
    assert.deepEqual(findCommand(root, words).command, command);
  }
});
