import { deepEqual, rejects } from "node:assert/strict";
import { parseArguments } from "./arguments.ts";
import { TIERS } from "./tiers.ts";

Deno.test("existing paths, tiers and flags are distinguished", async () => {
  deepEqual(
    await parseArguments(["--filter", "no such path", "scripts/test", "--tier=fast,built"]),
    {
      tiers: ["fast", "built"],
      flags: ["--filter", "no such path"],
      paths: ["scripts/test"],
    },
  );
  deepEqual(await parseArguments([]), { tiers: TIERS, flags: [], paths: [] });
});

Deno.test("an unknown tier is an error that lists the tiers", async () => {
  await rejects(parseArguments(["--tier=quick"]), /No tier "quick": there are fast, real, crash/);
});
