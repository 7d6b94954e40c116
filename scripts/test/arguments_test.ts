import { deepEqual, rejects } from "node:assert/strict";
import { parseArguments } from "./arguments.ts";
import { TIERS } from "./tiers.ts";

Deno.test("paths that are there, tiers, and all else are told apart", async () => {
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

Deno.test("a tier that is none is an error that names those there are", async () => {
  await rejects(parseArguments(["--tier=quick"]), /No tier "quick": there are fast, real, crash/);
});
