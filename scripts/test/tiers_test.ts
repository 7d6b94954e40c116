import { deepEqual, equal, rejects } from "node:assert/strict";
import { findTests } from "./find.ts";
import { classify } from "./tiers.ts";

const tierOf = (path: string, ...loaded: string[]) => classify(path, new Set([path, ...loaded]));

Deno.test("a test that loads nothing special is fast and needs nothing", () => {
  deepEqual(tierOf("src/log/logger_test.ts", "src/log/logger.ts"), {
    path: "src/log/logger_test.ts",
    tier: "fast",
    needs: [],
  });
});

Deno.test("a test that changes modules of other tests runs alone", () => {
  const file = tierOf("tests/http/memory/x_test.ts", "tests/support/made_up_kind.ts");
  deepEqual([file.tier, file.isAlone], ["fast", true]);
});

Deno.test("a test that may use the control plane is real, and gets it with kubectl", () => {
  const file = tierOf("src/x_test.ts", "tests/support/y.ts", "scripts/control_plane/connect.ts");
  deepEqual([file.tier, file.needs], ["real", ["kubectl", "control plane"]]);
});

Deno.test("the folder of a test takes precedence over its imports", () => {
  const file = tierOf("tests/crash/kill_test.ts", "scripts/control_plane/connect.ts");
  deepEqual([file.tier, file.needs], ["crash", ["kubectl", "control plane"]]);
});

Deno.test("files are found by folder and by name, each once, and type imports do not count", async () => {
  const files = await findTests(["scripts/test", "scripts/test/tiers_test.ts"]);
  equal(files.filter(({ path }) => path === "scripts/test/tiers_test.ts").length, 1);
  const [types] = await findTests(["tests/http/memory/secrets_test.ts"]);
  deepEqual([types?.tier, types?.needs], ["fast", []]);
  await rejects(findTests(["no/such/path"]), Deno.errors.NotFound);
});
