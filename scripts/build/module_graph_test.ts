import { deepEqual, throws } from "node:assert/strict";
import { importedPackages, type ModuleGraph } from "./module_graph.ts";

const module = (specifier: string, code: string[], types: string[] = []) => ({
  specifier,
  dependencies: [
    ...code.map((to) => ({ specifier: to, code: { specifier: to } })),
    ...types.map((to) => ({ specifier: to, type: { specifier: to } })),
  ],
});

Deno.test("imports of the program's modules are followed, and type imports are not", () => {
  const graph: ModuleGraph = {
    roots: ["file:///main.ts"],
    redirects: { "npm:a@1": "npm:/a@1.2.3" },
    modules: [
      module("file:///main.ts", ["file:///b.ts"], ["npm:/types@1.0.0"]),
      module("file:///b.ts", ["npm:a@1", "file:///main.ts"]),
      module("file:///unused.ts", ["npm:/c@1.0.0"]),
      { specifier: "npm:/a@1.2.3", npmPackage: "a@1.2.3" },
      { specifier: "npm:/c@1.0.0", npmPackage: "c@1.0.0" },
      { specifier: "npm:/types@1.0.0", npmPackage: "types@1.0.0" },
    ],
    npmPackages: {},
  };
  deepEqual(importedPackages(graph), ["a@1.2.3"]);
});

Deno.test("an import that cannot be resolved is an error, not a gap", () => {
  const graph = (dependency: { specifier?: string; error?: string }): ModuleGraph => ({
    roots: ["file:///main.ts"],
    redirects: {},
    modules: [{
      specifier: "file:///main.ts",
      dependencies: [{ specifier: "x", code: dependency }],
    }],
    npmPackages: {},
  });
  throws(() => importedPackages(graph({ error: "not found" })), /main\.ts: not found/);
  throws(() => importedPackages(graph({ specifier: "npm:/x@1.0.0" })), /npm:\/x@1\.0\.0 is not/);
});
