import assert from "node:assert/strict";
import { NEEDED } from "../../src/kube/check.ts";
import { OPERATIONS } from "../../src/operations/table.ts";
import { RIGHTS, rightsTable } from "./rights.ts";

Deno.test("the permissions of all operations together are those that a cluster check queries", () => {
  for (const resource of ["secrets", "namespaces", "serviceaccounts"] as const) {
    const needed = Object.values(RIGHTS).flatMap((rights) =>
      (rights[resource] ?? "").replaceAll(/\([^)]*\)/g, "").match(/[a-z]+/g) ?? []
    );
    assert.deepEqual([...new Set(needed)].sort(), [...NEEDED[resource]].sort(), resource);
  }
});

Deno.test("an operation on clusters without its permissions is an error", () => {
  const [some] = OPERATIONS.filter(({ clusters }) => clusters === "each");
  assert.throws(() => rightsTable([...OPERATIONS, { ...some!, name: "teapot" }]), /teapot/);
  assert.throws(() => rightsTable(OPERATIONS.filter(({ name }) => name !== "explain")), /explain/);
});
