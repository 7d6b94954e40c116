import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { CONCURRENT_LISTS, listEach, listWherePossible } from "./reads.ts";

/** Namespaces that are listed one by one. */

const MANY = Array.from({ length: 40 }, (_, i) => `team-${i}`);

/** Lists each namespace after a while, and counts how many lists ran concurrently at most. */
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

Deno.test("many namespaces are listed a few at a time, until all are listed", async () => {
  const { list, most } = counting();
  const { reads, seen, found } = await listEach(MANY, list);
  const allowed = MANY.filter((name) => name !== "team-7");
  assert.deepEqual([reads.length, seen, found], [MANY.length, allowed, allowed]);
  assert.equal(most(), CONCURRENT_LISTS);
});

Deno.test("without the right to list all namespaces, the others are listed a few at a time, too", async () => {
  const { list, most } = counting();
  const { found, warnings, isWhole } = await listWherePossible(MANY, list);
  assert.deepEqual([found.length, warnings.length, isWhole], [39, 2, false]);
  assert.equal(most(), CONCURRENT_LISTS);
});
