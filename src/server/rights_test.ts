import assert from "node:assert/strict";
import type { UseCases } from "./endpoint.ts";
import { limitedTo } from "./rights.ts";

const limited = { name: "ci", role: "admin", clusters: ["test-*"] } as const;

Deno.test("a use-case that nobody has limited is not there for who is limited", async () => {
  const rotated: string[] = [];
  const useCases = {
    verifyRepo: () => Promise.resolve([]),
    rotate: (cluster: string) => rotated.push(cluster),
  };
  const allowed = limitedTo(limited, useCases as unknown as UseCases);
  assert.ok(!("rotate" in allowed));
  assert.deepEqual(await allowed.verifyRepo({} as Parameters<UseCases["verifyRepo"]>[0]), []);
});
