import assert from "node:assert/strict";
import { Failure } from "../failure.ts";
import { namedBy } from "./secret_names.ts";

const placed = (...texts: string[]) => ({
  kind: "placed",
  secrets: texts.map((text) => {
    const [cluster, namespace, name] = text.split("/");
    return { text, cluster, namespace, name };
  }),
});

const names = (cluster: string | undefined, ...names: string[]) => ({
  kind: "names",
  cluster,
  names,
});

const NAMED: [values: string[], areFlags: boolean, named: object][] = [
  [[], false, names(undefined)],
  [["a"], false, names("a")],
  [["a", "n"], false, names("a", "n")],
  [["n"], true, names(undefined, "n")],
  [["a", "secret/n"], false, names("a", "n")],
  [["a", "secrets/n", "secret/m", "secret/n"], false, names("a", "n", "m")],
  [["secret/n", "secret/m"], true, names(undefined, "n", "m")],
  [["a/b/n"], false, placed("a/b/n")],
  [["a/b/n", "c/d/m", "a/b/n"], false, placed("a/b/n", "c/d/m")],
  // A cluster may have that name.
  [["secret/b/n"], false, placed("secret/b/n")],
];

for (const [values, areFlags, named] of NAMED) {
  Deno.test(`${JSON.stringify(values)}${areFlags ? " with --cluster" : ""} is accepted`, () => {
    assert.deepEqual(namedBy(values, areFlags), named);
  });
}

const FORMS = /^A secret must be given as NAME, secret\/NAME or CLUSTER\/NAMESPACE\/NAME$/;

const REFUSED: [values: string[], areFlags: boolean, says: RegExp][] = [
  [["a", "b/n"], false, FORMS],
  [["b/n"], true, FORMS],
  [["a/n"], false, FORMS],
  [["a//n"], false, FORMS],
  [["a/b/"], false, FORMS],
  [["*/b/n"], false, FORMS],
  [["a", "secret/"], true, /^Give CLUSTER or flags for clusters/],
  [["a/b/c/d"], false, FORMS],
  [["a/b/n", "secret/n"], false, /^Give all secrets as CLUSTER\/NAMESPACE\/NAME, or none$/],
  [["a/b/n"], true, /^Give CLUSTER\/NAMESPACE\/NAME or flags for clusters \(.*\), not both$/],
  [
    ["secret/n"],
    false,
    /^Missing CLUSTER, --cluster, --selector or --all-clusters beside secret\/NAME$/,
  ],
  [
    ["a", "n", "m"],
    false,
    /^Give one NAME, or several as secret\/NAME or CLUSTER\/NAMESPACE\/NAME$/,
  ],
  [["a", "secret/n", "m"], false, /^Give one NAME, or several as/],
  [["a", "n", "-p"], false, /^--password is not accepted: /],
  [["a", "-x"], false, /^Unknown or malformed flag: -x…$/],
];

for (const [values, areFlags, says] of REFUSED) {
  Deno.test(`${JSON.stringify(values)}${areFlags ? " with --cluster" : ""} is rejected`, () => {
    assert.throws(() => namedBy(values, areFlags), (error) => {
      assert.ok(error instanceof Failure && error.exitCode === 2);
      assert.match(error.message, says);
      return true;
    });
  });
}
