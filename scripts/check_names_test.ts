import { deepEqual, throws } from "node:assert/strict";
import { type Source, wrongNames } from "./check_names.ts";

const NONE = {};

const sources = (files: Readonly<Record<string, string>>): Source[] =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

const EXPORTS: [what: string, one: string, other: string, name: string | undefined][] = [
  ["two functions", "export function a() {}", "export async function a() {}", "a"],
  ["a type and an interface", "export type A = 1;", "export interface A {}", "A"],
  ["a class and a constant", "export class A {}", "export const A = 1;", "A"],
  ["parts of an object", "export const { a, b: [c] } = x;", "export const c = 1;", "c"],
  ["the second of two constants", "export const a = 1, b = 2;", "export let b: string;", "b"],
  ["one that is exported again", "export const a = 1;", 'export { a } from "./a.ts";', undefined],
  ["one that is not exported", "export const a = 1;", "const a = 2;", undefined],
  ["a parameter of the same name", "export const a = 1;", "export function b(a: 1) {}", undefined],
  ["a type of the same name", "export type A = 1;", "export const b: A = 1;", undefined],
];

for (const [what, one, other, name] of EXPORTS) {
  Deno.test(`exports of two files: ${what}`, () => {
    const lines = wrongNames(sources({ "src/a.ts": one, "src/b.ts": other }), NONE);
    deepEqual(lines, name === undefined ? [] : [`src/a.ts, src/b.ts export one name: ${name}`]);
  });
}

const IDENTIFIERS: [text: string, word: string | undefined][] = [
  ["const told = 1;", "told"],
  ["const alreadyTold = 1;", "told"],
  ["class A { #told = 1; }", "told"],
  ["function f(tellsWhat: string) {}", "tells"],
  ["const TELL_ALL = { a: 1 };", "tell"],
  ["interface A { readonly surroundings: string }", "surroundings"],
  ["type Surroundings = 1;", "surroundings"],
  ["const x = a?.lasting;", "lasting"],
  ["const teller = 'told'; // told", undefined],
  ["const untold = 1; const everlasting = 2;", undefined],
];

for (const [text, word] of IDENTIFIERS) {
  Deno.test(`${word === undefined ? "no banned word" : `the banned word ${word}`} in: ${text}`, () => {
    const found = wrongNames(sources({ "src/a.ts": text }), NONE)
      .map((line) => /^src\/a\.ts: \S+ has the word '(\w+)': use /.exec(line)?.[1]);
    deepEqual(found, word === undefined ? [] : [word]);
  });
}

Deno.test("a file name may not contain a banned word either", () => {
  deepEqual(
    wrongNames(
      sources({ "src/utils.ts": "", "src/cli/what_told.ts": "", "src/told/a.ts": "" }),
      NONE,
    )
      .map((line) => line.replace(/: use .*/, "")),
    ["src/utils.ts has the word 'utils'", "src/cli/what_told.ts has the word 'told'"],
  );
});

Deno.test("several files may export an allowed name, and an unused allowance is an error", () => {
  const files = sources({ "src/a.ts": "export const a = 1;", "src/b.ts": "export const a = 2;" });
  deepEqual(wrongNames(files, { a: "why" }), []);
  deepEqual(wrongNames(files, { a: "why", b: "why" }), [
    "scripts/check_names.ts: b is not exported in several files",
  ]);
});

Deno.test("a file that cannot be parsed is an error", () => {
  throws(() => wrongNames(sources({ "src/a.ts": "const = 1" }), NONE), SyntaxError);
});
