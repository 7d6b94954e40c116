import assert from "node:assert/strict";
import { join } from "node:path";
import { counts, placesOf } from "./places.ts";

for (
  const name of [
    "app.ts",
    "a.tsx",
    "deno.json",
    "a.yaml",
    "a.yml",
    "x.kubeconfig",
    "a.b.ts",
    "_.ts",
  ]
) {
  Deno.test(`${name} counts`, () => assert.ok(counts(name)));
}

for (
  const name of [
    "app_test.ts",
    "app_test.tsx",
    ".app.ts.swp",
    ".app.ts",
    ".#app.ts",
    "#app.ts#",
    "app.ts~",
    "app.ts.tmp",
    "app.ts.bak",
    "app.ts___jb_tmp___",
    "4913",
    "README.md",
    "..data",
    "json",
  ]
) {
  Deno.test(`${name} does not count`, () => assert.ok(!counts(name)));
}

const CONFIG = "clusters-folder: from-file\n";

/** The folder of kubeconfigs that is watched. */
async function clusters(
  { args = [], env = {}, config, file = "configs/defaults.yaml" }: {
    args?: string[];
    env?: Record<string, string>;
    config?: string;
    file?: string;
  },
): Promise<string> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "configs"));
    if (config !== undefined) await Deno.writeTextFile(join(root, file), config);
    const { path, kind } = (await placesOf(args, { root, cwd: root, env })).at(-1)!;
    assert.equal(kind, "folder");
    return path.replace(`${root}/`, "");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const ENV = { ARGOCD_CONFIGURER_CLUSTERS_FOLDER: "from-env" };

for (
  const [sentence, given, expected] of [
    ["a flag names the clusters folder", { args: ["--clusters-folder", "a", "--port", "0"] }, "a"],
    ["a flag with = does too", { args: ["--port=0", "--clusters-folder=a"] }, "a"],
    [
      "the last of two flags wins",
      { args: ["--clusters-folder=a", "--clusters-folder", "b"] },
      "b",
    ],
    ["an absolute path is unchanged", { args: ["--clusters-folder", "/a/b"] }, "/a/b"],
    [
      "the flag wins over the environment",
      { args: ["--clusters-folder", "a"], env: ENV, config: CONFIG },
      "a",
    ],
    ["the environment wins over the file", { env: ENV, config: CONFIG }, "from-env"],
    ["the configuration file wins over the default", { config: CONFIG }, "from-file"],
    [
      "--config names that file",
      { args: ["--config", "my.conf"], config: CONFIG, file: "my.conf" },
      "from-file",
    ],
    ["without any of them it is clusters", {}, "clusters"],
    ["with a file that is not YAML it is clusters", { config: "a: [" }, "clusters"],
    ["with an invalid setting it is clusters", { config: `${CONFIG}port: x` }, "clusters"],
    ["with an invalid file the environment counts", { config: "a: [", env: ENV }, "from-env"],
    ["with an invalid flag it is clusters", { args: ["--clusters-folder"] }, "clusters"],
  ] as const
) {
  Deno.test(sentence, async () => {
    assert.equal(
      await clusters({ ...given, args: [...("args" in given ? given.args : [])] }),
      expected,
    );
  });
}

Deno.test("sources, configuration and the file of --config are watched", async () => {
  const here = { root: "/project", cwd: "/project/sub", env: {} };
  assert.deepEqual(await placesOf(["--config=my.yaml", "--clusters-folder=c"], here), [
    { path: "/project/src", kind: "tree" },
    { path: "/project/main.ts", kind: "file" },
    { path: "/project/deno.json", kind: "file" },
    { path: "/project/configs", kind: "tree" },
    { path: "/project/sub/my.yaml", kind: "file" },
    { path: "/project/sub/c", kind: "folder" },
  ]);
});
