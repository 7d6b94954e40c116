import assert from "node:assert/strict";
import { nearestName } from "./nearest.ts";

const NAMES = ["default", "dev", "kube-public", "kube-system", "prod-eu", "prod-us", "x"];

const ROWS: [name: string, nearest: string | undefined][] = [
  ["kube-sytem", "kube-system"],
  ["Kube-System", "kube-system"],
  ["prod-e", "prod-eu"],
  ["prod-ex", "prod-eu"],
  ["prod-uz", "prod-us"],
  ["devv", "dev"],
  ["defau", "default"],
  ["staging", undefined],
  ["ab", undefined],
  ["y", undefined],
  ["", undefined],
];

for (const [name, nearest] of ROWS) {
  Deno.test(`the nearest to '${name}' is ${nearest ?? "none"}`, () => {
    assert.equal(nearestName(name, NAMES), nearest);
  });
}

Deno.test("the first of equally similar names is taken", () => {
  assert.equal(nearestName("abcx", ["abcd", "abce"]), "abcd");
  assert.equal(nearestName("abcx", []), undefined);
});
