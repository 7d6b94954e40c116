import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { listEach, LISTED_AT_ONCE, listWherePossible } from "./reads.ts";

/** Namespaces that are listed one by one. */

const MANY = Array.from({ length: 40 }, (_, i) => `team-${i}`);

/** Lists each namespace after a while, and knows how many were at most listed at once. */
function counting() {
  let [now, most] = [0, 0];
  const list = async (namespace: string | undefined) => {
    if (namespace === undefined) throw new KubeError("forbidden", "may not list all");
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now--;
    if (namespace === "team-7") throw new KubeError("forbidden", "may not");
    return [namespace];
  };
  return { list, most: () => most };
}

Deno.test("of many namespaces only some are listed at once, and all of them in the end", async () => {
  const { list, most } = counting();
  const { reads, seen, found } = await listEach(MANY, list);
  const allowed = MANY.filter((name) => name !== "team-7");
  assert.deepEqual([reads.length, seen, found], [MANY.length, allowed, allowed]);
  assert.equal(most(), LISTED_AT_ONCE);
});

Deno.test("where all namespaces may not be listed, many single ones do not go at once either", async () => {
  const { list, most } = counting();
  const { found, warnings, isWhole } = await listWherePossible(MANY, list);
  assert.deepEqual([found.length, warnings.length, isWhole], [39, 2, false]);
  assert.equal(most(), LISTED_AT_ONCE);
});
