import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { anyText } from "../../tests/support/arbitrary.ts";
import { clustersFolder, isClusterName } from "./folder.ts";

Deno.test("valid and invalid cluster names", () => {
  for (const name of ["test-cluster", "a", "9", "prod.eu_1", "A".repeat(253)]) {
    assert.ok(isClusterName(name), name);
  }
  for (
    const name of [
      "",
      "../x",
      "..",
      ".hidden",
      "-v",
      "a/b",
      "a\\b",
      "a\0b",
      "a b",
      "a\n",
      "%2e%2e%2f",
      "ü",
      "A".repeat(254),
    ]
  ) assert.ok(!isClusterName(name), JSON.stringify(name));
});

Deno.test("no cluster name escapes the folder", () => {
  const folder = clustersFolder("/srv/clusters");
  fc.assert(fc.property(anyText({ maxLength: 40 }), (name) => {
    if (!isClusterName(name)) return;
    assert.equal(folder.fileOf(name), `/srv/clusters/${name}.kubeconfig`);
  }));
});

Deno.test("names are sorted, and only kubeconfig files count", async () => {
  const path = await Deno.makeTempDir();
  try {
    for (
      const file of ["b.kubeconfig", "a.kubeconfig", "README.md", ".kubeconfig", "-x.kubeconfig"]
    ) {
      await Deno.writeTextFile(join(path, file), "");
    }
    await Deno.mkdir(join(path, "folder.kubeconfig"));
    const folder = clustersFolder(path);
    assert.deepEqual((await folder.look())!.names, ["a", "b"]);
    await Deno.writeTextFile(join(path, "c.kubeconfig"), "");
    assert.deepEqual((await folder.look())!.names, ["a", "b", "c"]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a file that looks like a misnamed kubeconfig is reported with the reason", async () => {
  const path = await Deno.makeTempDir();
  try {
    const silent = [
      "a.kubeconfig",
      ".hidden.yaml",
      ".gitkeep",
      "README",
      "readme.txt",
      "notes.md",
      "a.kubeconfig~",
      "a.kubeconfig.bak",
      "ca.crt",
      "client-key.pem",
    ];
    const told = [
      "prod.yaml",
      "prod.yml",
      "prod.conf",
      "config",
      "prod.KUBECONFIG",
      "b b.kubeconfig",
    ];
    for (const file of [...silent, ...told]) await Deno.writeTextFile(join(path, file), "");
    await Deno.mkdir(join(path, "folder.kubeconfig"));
    await Deno.mkdir(join(path, "certificates"));
    const { names, ignored } = (await clustersFolder(path).look())!;
    assert.deepEqual(names, ["a"]);
    assert.deepEqual(ignored.map(({ file }) => file), [...told, "folder.kubeconfig"].sort());
    const why = Object.fromEntries(ignored.map(({ file, why }) => [file, why]));
    assert.match(why["prod.yaml"]!, /rename it to prod\.kubeconfig$/);
    assert.match(why["config"]!, /rename it to config\.kubeconfig$/);
    assert.match(why["b b.kubeconfig"]!, /^a cluster name starts/);
    assert.equal(why["folder.kubeconfig"], "it is a folder");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a missing folder has no names", async () => {
  assert.equal(await clustersFolder("/nowhere/at/all").look(), undefined);
});
