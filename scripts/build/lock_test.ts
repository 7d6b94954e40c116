import { deepEqual, throws } from "node:assert/strict";
import { plainPackage, reachable } from "./lock.ts";

Deno.test("dependencies are found by name, by version, by alias and for peers", () => {
  const npm = {
    "a@1.0.0": { dependencies: ["b", "c@2.0.0", "other@npm:c@1.0.0"] },
    "b@1.0.0_c@2.0.0": { dependencies: ["c@2.0.0", "@types/node"], optionalDependencies: ["d"] },
    "c@1.0.0": {},
    "c@2.0.0": { dependencies: ["a"] },
    "d@1.0.0-rc.1": {},
    "@types/node@1.0.0": {},
    "e@1.0.0": {},
  };
  deepEqual(Object.fromEntries(reachable(["a@1.0.0"], npm)), {
    "a@1.0.0": ["b@1.0.0_c@2.0.0", "c@2.0.0", "c@1.0.0"],
    "b@1.0.0_c@2.0.0": ["c@2.0.0", "d@1.0.0-rc.1"],
    "c@1.0.0": [],
    "c@2.0.0": ["a@1.0.0"],
    "d@1.0.0-rc.1": [],
  });
  throws(() => reachable(["z@1.0.0"], npm), /Cannot find z@1\.0\.0 in deno\.lock/);
  const ambiguous = { "f@1.0.0": { dependencies: ["c"] }, "c@1.0.0": {}, "c@2.0.0": {} };
  throws(() => reachable(["f@1.0.0"], ambiguous), /Cannot find c, which f@1\.0\.0 needs/);
});

Deno.test("a key of deno.lock names a package, its version and the peers it was resolved for", () => {
  const table = [
    ["ws@8.23.0", "ws", "8.23.0"],
    ["isomorphic-ws@5.0.0_ws@8.23.0", "isomorphic-ws", "5.0.0"],
    ["@a/b_c@1.0.0-rc.1_@d+e@2.0.0__f@3.0.0", "@a/b_c", "1.0.0-rc.1"],
    ["g@1.0.0+build.5", "g", "1.0.0+build.5"],
  ] as const;
  for (const [key, name, version] of table) deepEqual(plainPackage(key), { name, version });
  throws(() => plainPackage("ws"), /Cannot read the package name ws/);
});
