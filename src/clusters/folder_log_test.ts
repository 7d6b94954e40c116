import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { ownTrust } from "../files/trusted.ts";
import { configureLog } from "../log/logger.ts";
import { type ClustersFolder, clustersFolder } from "./folder.ts";
import { FolderLog } from "./folder_log.ts";
import { folderSource } from "./folder_source.ts";

async function logged(by: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => void lines.push(line) });
  await by();
  return lines;
}

/** A folder with these files, and one kubeconfig. */
const folder = (path: string, ...files: string[]): ClustersFolder => ({
  ...clustersFolder(path),
  look: () => Promise.resolve({ names: ["a"], ignored: files.map((file) => ({ file, why: "x" })) }),
});

Deno.test("each ignored file of a folder is logged once", async () => {
  const log = new FolderLog();
  const lines = await logged(async () => {
    assert.deepEqual(await log.namesIn(folder("one", "a.yaml")), ["a"]);
    await log.namesIn(folder("one", "a.yaml", "b.yaml"));
    await log.namesIn(folder("other", "a.yaml"));
  });
  assert.deepEqual(lines.map((line) => /folder=.*(?= reason)/.exec(line)![0]), [
    `folder=${resolve("one")} file=a.yaml`,
    `folder=${resolve("one")} file=b.yaml`,
    `folder=${resolve("other")} file=a.yaml`,
  ]);
});

Deno.test("of many ignored files, twenty are logged, and then that there are more", async () => {
  const log = new FolderLog();
  const files = Array.from({ length: 100 }, (_, i) => `${i}.yaml`);
  const lines = await logged(async () => {
    await log.namesIn(folder("one", ...files));
    await log.namesIn(folder("one", ...files));
  });
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1)!, /WARNING clusters: more files ignored folder=\/\S+\/one\n$/);
});

Deno.test("a missing folder is logged once, and again after it was there; it has no clusters", async () => {
  const log = new FolderLog();
  const missing = clustersFolder("/nowhere/at/all");
  const lines = await logged(async () => {
    for (let i = 0; i < 2; i++) assert.deepEqual(await log.namesIn(missing), []);
    await log.namesIn(folder("/nowhere/at/all"));
    await log.namesIn(missing);
  });
  assert.equal(lines.length, 2);
  assert.match(
    lines[0]!,
    /WARNING clusters: clusters folder not found folder=\/nowhere\/at\/all hint="create it, or run '[a-z -]+'"\n$/,
  );
});

/** The part of a line that says what of which cluster. */
const short = (line: string) => /(?<=clusters: ).*?(?= reason)/.exec(line)![0];

Deno.test("a rejected kubeconfig is logged once, again after a change of the file, and after it was accepted", async () => {
  const path = await Deno.makeTempDir();
  try {
    const file = (name: string) => join(path, `${name}.kubeconfig`);
    const write = (name: string, text: string) =>
      Deno.writeTextFile(file(name), text, { mode: 0o600 });
    const source = folderSource(path, { ...ownTrust(), allowExecPlugins: true }, new FolderLog());
    const lines = async () => (await logged(() => source.find("a"))).map(short);
    const rejected = ["kubeconfig rejected cluster=a"];
    await write("a", "garbage");
    assert.deepEqual(await lines(), rejected);
    assert.deepEqual(await lines(), []);
    await write("a", "more garbage");
    assert.deepEqual(await lines(), rejected);
    assert.deepEqual(await lines(), []);
    await Deno.chmod(file("a"), 0o666);
    assert.deepEqual(await lines(), rejected, "for another reason");
    await Deno.chmod(file("a"), 0o600);
    const good = JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: "https://a.example.com" } }],
      users: [{ name: "u", user: { tokenFile: "token" } }],
    });
    await write("a", good);
    await Deno.writeTextFile(join(path, "token"), "fake-token", { mode: 0o600 });
    assert.deepEqual(await lines(), []);
    await Deno.remove(join(path, "token"));
    assert.deepEqual(await lines(), rejected, "without a change of the kubeconfig");
    assert.deepEqual(await lines(), []);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("labels that cannot be used are logged once for all clusters, or once for one of them", async () => {
  const path = await Deno.makeTempDir();
  try {
    const source = folderSource(path, { ...ownTrust(), allowExecPlugins: true }, new FolderLog());
    for (const name of ["a", "b"]) {
      await Deno.writeTextFile(join(path, `${name}.kubeconfig`), "garbage", { mode: 0o600 });
    }
    const write = (text: string) =>
      Deno.writeTextFile(join(path, "labels.yaml"), text, { mode: 0o600 });
    const lines = async () =>
      (await logged(async () => {
        for (let i = 0; i < 2; i++) {
          await source.list();
          for (const name of ["a", "b"]) await source.find(name);
        }
      })).map(short);
    await write("a: {env: a b}");
    assert.deepEqual(await lines(), ["cannot use labels file"]);
    assert.deepEqual(await lines(), []);
    await write("a: {argocd-configurer.io/timeout: soon}");
    assert.deepEqual(await lines(), [
      "cannot use labels of cluster cluster=a",
      "kubeconfig rejected cluster=b",
    ]);
    assert.deepEqual(await lines(), []);
    await write("a: {env: a b}");
    assert.deepEqual(await lines(), ["cannot use labels file"], "as after the first change");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
