import assert from "node:assert/strict";
import type { Field, Fields } from "../fields/field.ts";
import type { Operation } from "../operations/operation.ts";
import { OPERATIONS } from "../operations/table.ts";
import { parametersOf } from "./bind/field_flags.ts";
import { isOwn, load, namedCommands, takesCluster, takesSelection } from "./bind/load.ts";
import {
  clusterFlags,
  DELETE_FLAGS,
  DRY_RUN_FLAG,
  EXIT_CODE_FLAG,
  limitFlags,
  PROGRAM_FLAGS,
} from "./bind/program_flags.ts";
import { viewFor } from "./views.ts";

/** The paths of fields that nothing on a command line sets. */
function ungiven(fields: Fields, isGiven: (path: string) => boolean, before = ""): string[] {
  return Object.entries(fields).flatMap(([name, { flag, fields: own }]: [string, Field]) => {
    const path = before + name;
    if (flag !== undefined || isGiven(path)) return [];
    return own === undefined ? [path] : ungiven(own, isGiven, `${path}.`);
  });
}

/** The fields that a command leaves to another of the same operation: `clusters` to `clusters check`. */
const byAnother = new Set(
  OPERATIONS.flatMap(({ name, alsoBy = [] }) =>
    alsoBy.flatMap(({ input, eachBy }) =>
      [...Object.keys(input), ...eachBy === undefined ? [] : [eachBy]]
        .map((field) => `${name} ${field}`)
    )
  ),
);

/** Whether the cluster flags set it, or select the clusters that are requested one by one. */
const isOfClusters = (field: string, operation: Operation) =>
  (takesSelection(operation) || operation.alsoBy?.some(({ eachBy }) => eachBy === "clusters")) &&
  ["clusters", "cluster_selector", "first", "max_failures"].includes(field);

for (const named of namedCommands(OPERATIONS)) {
  Deno.test(`${named.words.join(" ")} sets all fields of its operations`, async () => {
    for (const { operation, module, args, flags, ...loaded } of (await load(named)).loaded) {
      const several = flags.flatMap(({ flag }) => flag.several ?? []);
      const left = ungiven(
        module.fields ?? {},
        (path) =>
          isOwn(path, operation) || isOfClusters(path, operation) || args.includes(path) ||
          several.includes(path) ||
          path === loaded.clusterField || Object.hasOwn(loaded.input, path) ||
          byAnother.has(`${operation.name} ${path}`),
      );
      assert.deepEqual(left, [], operation.name);
      for (const field of [...args, ...Object.values(module.command?.letters ?? {})]) {
        assert.ok(Object.hasOwn(module.fields ?? {}, field), `${operation.name} has no ${field}`);
      }
    }
  });
}

for (const named of namedCommands(OPERATIONS)) {
  Deno.test(`${named.words.join(" ")} has each flag once, and its examples use only known flags`, async () => {
    const { loaded } = await load(named);
    const views = await Promise.all(named.operations.map((each) => viewFor(each, named.words)));
    const own = {
      ...PROGRAM_FLAGS,
      ...clusterFlags(false),
      ...DRY_RUN_FLAG,
      ...EXIT_CODE_FLAG,
      ...DELETE_FLAGS,
      ...limitFlags("any number"),
      ...Object.assign({}, ...views.map(({ flags }) => flags)),
    };
    const taken = new Set(Object.keys(own).map(hyphened));
    const ofFields = loaded.flatMap(({ operation, flags }) =>
      flags.flatMap((each) => Object.keys(parametersOf(each)))
        .filter((name) => name !== "cluster" || takesCluster(operation))
    );
    assert.deepEqual(ofFields.filter((name) => taken.has(name)), []);
    for (const { flags } of loaded) {
      const all = flags.flatMap((each) => Object.keys(parametersOf(each)));
      assert.deepEqual(all, [...new Set(all)]);
    }
    const known = new Set([...taken, ...ofFields]);
    const examples = loaded.flatMap(({ help }) => help.examples).map(([args]) => args).join(" ");
    const used = [...examples.matchAll(/(?<=--)[a-z-]+/g)].map(([name]) => name);
    assert.deepEqual(used.filter((name) => !known.has(name)), []);
  });
}

const hyphened = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

Deno.test("a command has a brief and examples", async () => {
  for (const named of namedCommands(OPERATIONS)) {
    for (const { operation, module } of (await load(named)).loaded) {
      assert.ok(module.command!.examples.length > 0, operation.name);
      assert.match(operation.command!.brief, /^[A-Z].*[^.]$/);
    }
  }
});
