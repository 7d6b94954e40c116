import { deepEqual, equal, rejects } from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  cycles,
  type Import,
  readImports,
  unusedAllowances,
  violation,
  violations,
} from "./check_layers.ts";

const table: [from: string, to: string, asType: string | undefined, asValue: string | undefined][] =
  [
    ["main.ts", "src/cli/run.ts", undefined, undefined],
    ["main.ts", "src/wire.ts", "main may not import wire", "main may not import wire"],
    ["src/cli/demo.ts", "src/emulator/server.ts", undefined, undefined],
    ["src/cli/serve.ts", "src/wire.ts", undefined, undefined],
    ["src/cli/a.ts", "tests/b.ts", "cli may not import tests", "cli may not import tests"],
    ["src/cli/a.ts", "scripts/b.ts", "cli may not import scripts", "cli may not import scripts"],
    ["src/wire_server.ts", "src/server/app.ts", undefined, undefined],
    [
      "src/wire.ts",
      "src/server/app.ts",
      "wire may not import server",
      "wire may not import server",
    ],
    ["src/wire.ts", "src/cli/run.ts", "wire may not import cli", "wire may not import cli"],
    ["src/server/app.ts", "src/server/middleware/drain.ts", undefined, undefined],
    ["src/server/app.ts", "src/operations/table.ts", undefined, undefined],
    [
      "src/server/app.ts",
      "src/credentials/write.ts",
      undefined,
      "server may import only types of credentials",
    ],
    [
      "src/server/app.ts",
      "src/kube/errors.ts",
      "server may not import kube",
      "server may not import kube",
    ],
    ["src/operations/call.ts", "src/kube/store.ts", undefined, undefined],
    ["src/operations/each.ts", "src/kube/errors.ts", undefined, undefined],
    [
      "src/operations/call.ts",
      "src/kube/deadline.ts",
      undefined,
      "operations may import only types of kube",
    ],
    [
      "src/operations/call.ts",
      "src/kube/kubectl/store.ts",
      undefined,
      "operations may import only types of kube",
    ],
    [
      "src/operations/call.ts",
      "src/server/app.ts",
      "operations may not import server",
      "operations may not import server",
    ],
    ["src/operations/schemas.ts", "src/clusters/folder.ts", undefined, undefined],
    ["src/server/app.ts", "src/cli/a.ts", "server may not import cli", "server may not import cli"],
    [
      "src/credentials/list.ts",
      "src/clusters/folder.ts",
      "credentials may not import clusters",
      "credentials may not import clusters",
    ],
    ["src/credentials/add_docker.ts", "src/verify/verify.ts", undefined, undefined],
    [
      "src/operations/schemas.ts",
      "src/verify/verify.ts",
      "operations may not import verify",
      "operations may not import verify",
    ],
    ["src/verify/verify.ts", "src/log/sealed.ts", undefined, undefined],
    ["src/verify/verify.ts", "src/text/bytes.ts", undefined, undefined],
    [
      "src/verify/way.ts",
      "src/kube/api/proxy.ts",
      "verify may not import kube",
      "verify may not import kube",
    ],
    ["src/kube/store.ts", "src/observe/observe.ts", undefined, undefined],
    ["src/kube/store.ts", "src/log/sealed.ts", undefined, undefined],
    [
      "src/kube/store.ts",
      "src/log/logger.ts",
      "kube may not import log",
      "kube may not import log",
    ],
    [
      "src/kube/store.ts",
      "src/config/schema.ts",
      undefined,
      "kube may import only types of config",
    ],
    [
      "src/kube/store.ts",
      "src/clusters/a.ts",
      "kube may not import clusters",
      "kube may not import clusters",
    ],
    [
      "src/emulator/a.ts",
      "src/kube/store.ts",
      "emulator may not import kube",
      "emulator may not import kube",
    ],
    ["src/emulator/a_test.ts", "src/kube/kubectl/store.ts", undefined, undefined],
    ["src/kube/kubectl/store_test.ts", "src/emulator/server.ts", undefined, undefined],
    ["src/kube/store_test.ts", "scripts/control_plane/connect.ts", undefined, undefined],
    ["src/kube/store_test.ts", "tests/support/fake_clock.ts", undefined, undefined],
    [
      "src/kube/store_test.ts",
      "tests/b.ts",
      "kube tests may not import tests",
      "kube tests may not import tests",
    ],
    [
      "src/new/a.ts",
      "src/log/logger.ts",
      "src/new is in no rule of scripts/check_layers.ts",
      "src/new is in no rule of scripts/check_layers.ts",
    ],
  ];

Deno.test("the table of layers decides which layer may import which", () => {
  for (const [from, to, asType, asValue] of table) {
    equal(violation({ from, to, line: 1, typeOnly: true }), asType, `${from} -> type ${to}`);
    equal(violation({ from, to, line: 1, typeOnly: false }), asValue, `${from} -> ${to}`);
  }
});

/** Rules of two layers, of which `src/a` may import these of `src/b`. */
function rulesOf(values: string[], types: string[] = []) {
  const none = { values: [], types: [] };
  return {
    layers: { "src/a": { values, types }, "src/b": none },
    anyone: { values: ["src/log"], types: ["src/config"] },
    unitTests: { values: ["tests/support"], types: [] },
  };
}

/** Imports that use the rules for every layer and for tests. */
const USUAL: Import[] = [
  ["src/b/z.ts", "src/log/z.ts", false] as const,
  ["src/b/z.ts", "src/config/z.ts", true] as const,
  ["src/b/z_test.ts", "tests/support/z.ts", false] as const,
].map(([from, to, typeOnly]) => ({ from, to, typeOnly, line: 1 }));

const USES: [what: string, values: string[], types: string[], one: string, unused: string[]][] = [
  ["what is imported", ["src/b"], [], "src/a/x.ts -> src/b/y.ts", []],
  ["one file that is imported", ["src/b/y.ts"], [], "src/a/x.ts -> src/b/y.ts", []],
  ["types that are imported", [], ["src/b"], "src/a/x.ts -> type src/b/y.ts", []],
  ["another file", ["src/b/y.ts", "src/b/w.ts"], [], "src/a/x.ts -> src/b/y.ts", [
    "src/a may import values of src/b/w.ts",
  ]],
  ["values although only types are imported", ["src/b"], [], "src/a/x.ts -> type src/b/y.ts", [
    "src/a may import values of src/b",
  ]],
  ["types besides the imported values", ["src/b"], ["src/b"], "src/a/x.ts -> src/b/y.ts", [
    "src/a may import types of src/b",
  ]],
  ["an import of a test only", ["src/b"], [], "src/a/x_test.ts -> src/b/y.ts", [
    "src/a may import values of src/b",
  ]],
  ["what every layer may import", ["src/b", "src/log"], [], "src/a/x.ts -> src/b/y.ts", [
    "src/a may import values of src/log",
  ]],
  ["a folder whose name is only a prefix", ["src/b"], [], "src/a/x.ts -> src/bc/y.ts", [
    "src/a may import values of src/b",
  ]],
];

for (const [what, values, types, one, unused] of USES) {
  Deno.test(`a rule that allows ${what} has ${unused.length} unused allowances`, () => {
    const [, from = "", type, to = ""] = /^(\S+) -> (type )?(\S+)$/.exec(one) ?? [];
    const imports = [...USUAL, { from, to, typeOnly: type !== undefined, line: 1 }];
    const expected = unused.map((each) => `scripts/check_layers.ts: ${each}, and does not`);
    deepEqual(unusedAllowances(imports, rulesOf(values, types)), expected);
  });
}

Deno.test("unused allowances for every layer and for tests are reported too", () => {
  const all = ["anyone may import values of src/log", "anyone may import types of src/config"];
  deepEqual(
    unusedAllowances([], rulesOf([])),
    [...all, "a unit test may import values of tests/support"]
      .map((each) => `scripts/check_layers.ts: ${each}, and does not`),
  );
  deepEqual(unusedAllowances(USUAL, rulesOf([])), []);
});

Deno.test("a cycle is reported once, with its path", () => {
  const edge = (from: string, to: string) => ({ from, to, line: 3, typeOnly: true });
  deepEqual(cycles([edge("a", "b"), edge("b", "c"), edge("a", "c")]), []);
  deepEqual(cycles([edge("a", "b"), edge("b", "c"), edge("c", "b")]), [
    "c:3 imports b: a cycle: b -> c -> b",
  ]);
});

async function inProject(files: Record<string, string>, test: (root: string) => Promise<void>) {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries({ "deno.json": "{}", ...files })) {
      await Deno.mkdir(join(root, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("every form of import is found, with its line", async () => {
  const server = [
    `// import "../cli/in_a_comment.ts";`,
    `import type { A } from "../kube/kubectl/a.ts";`,
    `import {`,
    `  a,`,
    `} from "../kube/kubectl/a.ts";`,
    `export * from "../cli/b.ts";`,
    `export type C = import("../cli/c.ts").C;`,
    `export const d = (): Promise<A> => import("../cli/d.ts").then(() => a);`,
    `import "../../tests/e.ts";`,
    `const text = 'import "../cli/in_a_string.ts"';`,
    `import { z } from "zod";`,
  ].join("\n");
  const files = {
    "src/server/app.ts": server,
    "src/kube/kubectl/a.ts": "",
    "src/cli/b.ts": "",
    "src/cli/c.ts": "",
    "src/cli/d.ts": "",
  };
  await inProject(files, async (root) => {
    deepEqual(violations(await readImports(root)), [
      "src/server/app.ts:2 imports src/kube/kubectl/a.ts: server may not import kube",
      "src/server/app.ts:5 imports src/kube/kubectl/a.ts: server may not import kube",
      "src/server/app.ts:6 imports src/cli/b.ts: server may not import cli",
      "src/server/app.ts:7 imports src/cli/c.ts: server may not import cli",
      "src/server/app.ts:8 imports src/cli/d.ts: server may not import cli",
      "src/server/app.ts:9 imports tests/e.ts: server may not import tests",
    ]);
  });
});

Deno.test("an import by a computed name is rejected, since it cannot be checked", async () => {
  await inProject({ "src/cli/run.ts": "\nawait import(name);" }, async (root) => {
    await rejects(readImports(root), /src\/cli\/run.ts:2 imports by a computed name/);
  });
});

Deno.test("a project without a source folder has no violation", async () => {
  await inProject({}, async (root) => deepEqual(await readImports(root), []));
});
