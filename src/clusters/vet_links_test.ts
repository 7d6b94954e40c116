import assert from "node:assert/strict";
import { join } from "node:path";
import { vetKubeconfig, type VetRules } from "./vet.ts";

/** Kubeconfigs that are links: a user who can change a folder on the path can replace the file. */

const rules: VetRules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: true };

const GOOD = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: u, user: {token: ${crypto.randomUUID()}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

async function withFile(test: (file: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "real");
    await Deno.writeTextFile(file, GOOD, { mode: 0o600 });
    await test(file, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the folder of a link and the folder of its target both have to be safe", () =>
  withFile(async (file, folder) => {
    const links = join(folder, "links");
    await Deno.mkdir(links, { mode: 0o700 });
    const link = join(links, "x.kubeconfig");
    await Deno.symlink(file, link);
    await vetKubeconfig(link, rules);
    for (const unsafe of [folder, links]) {
      await Deno.chmod(unsafe, 0o777);
      await assert.rejects(vetKubeconfig(link, rules), /its folder .* is not safe/, unsafe);
      await Deno.chmod(unsafe, 0o700);
    }
    if (Deno.uid() !== 0) return; // only root can give a folder away
    for (const unsafe of [folder, links]) {
      await Deno.chown(unsafe, 12345, Deno.gid());
      await assert.rejects(
        vetKubeconfig(link, rules),
        /its folder .* it is owned by uid 12345/,
        unsafe,
      );
      await Deno.chown(unsafe, Deno.uid(), Deno.gid());
    }
  }));

/** Links by their path, with their target; `from` is the kubeconfig, `real` is the file. */
const WAYS: [what: string, links: Record<string, string>, from: string, through: string][] = [
  ["a link to a link", { "a/x": "../b/link", "b/link": "../real" }, "a/x", "b"],
  ["a third link", { "a/x": "../a/y", "a/y": "../b/z", "b/z": "../real" }, "a/x", "b"],
  ["a link to a folder", { "a/x": "../b/dir/real", "b/dir": ".." }, "a/x", "b"],
  ["a link on the path to the folder", { "b/dir": ".." }, "b/dir/real", "b"],
  ["a path out of a link", { "a/x": "../b/dir/../real", "b/dir": "../a" }, "a/x", "b"],
];

for (const [what, links, from, through] of WAYS) {
  Deno.test(`a kubeconfig is rejected if others may replace ${what}`, () =>
    withFile(async (file, folder) => {
      for (const each of ["a", "b"]) await Deno.mkdir(join(folder, each), { mode: 0o700 });
      for (const [link, to] of Object.entries(links)) await Deno.symlink(to, join(folder, link));
      const link = `${folder}/${from}`;
      const { path, version } = await vetKubeconfig(link, rules);
      assert.equal(path, link);
      assert.ok(version.startsWith(`${await Deno.realPath(file)} `));
      const unsafe = await Deno.realPath(join(folder, through));
      await Deno.chmod(unsafe, 0o777);
      await assert.rejects(vetKubeconfig(link, rules), {
        name: "KubeconfigRejected",
        why: `its folder '${unsafe}' is not safe: it is world-writable; run chmod go-w on it`,
      });
      await Deno.chmod(unsafe, 0o1777);
      await vetKubeconfig(link, rules);
    }));
}

Deno.test("a relative path in a linked kubeconfig is resolved against the link's folder, as in kubectl", () =>
  withFile(async (file, folder) => {
    const named = GOOD.replace(/token: [^}]*/, "tokenFile: token");
    await Deno.writeTextFile(file, named);
    await Deno.mkdir(join(folder, "links"), { mode: 0o700 });
    const link = join(folder, "links", "x.kubeconfig");
    await Deno.symlink(file, link);
    await Deno.writeTextFile(join(folder, "token"), "beside-the-file");
    await assert.rejects(
      vetKubeconfig(link, rules),
      /'tokenFile' .*links\/token\) does not exist$/,
    );
    await Deno.rename(join(folder, "token"), join(folder, "links", "token"));
    await vetKubeconfig(link, rules);
    await assert.rejects(vetKubeconfig(file, rules), /'tokenFile' .*\/token\) does not exist$/);
  }));

Deno.test("if a path leaves a link by '..', the folder in which kubectl looks for files has to be safe", () =>
  withFile(async (file, folder) => {
    for (const each of ["a", "b"]) await Deno.mkdir(join(folder, each), { mode: 0o700 });
    await Deno.mkdir(join(folder, "b", "c"), { mode: 0o700 });
    await Deno.symlink("../b/c", join(folder, "a", "link"));
    await Deno.rename(file, join(folder, "b", "real"));
    const way = `${folder}/a/link/../real`; // b/real; kubectl resolves relative paths in it against a
    assert.equal((await vetKubeconfig(way, rules)).path, way);
    await Deno.chmod(join(folder, "a"), 0o777);
    await assert.rejects(vetKubeconfig(way, rules), /its folder '.*\/a' is not safe/);
  }));

Deno.test("in a sticky folder, a link has to belong to a trusted user, who alone may replace it", () =>
  withFile(async (file, folder) => {
    if (Deno.uid() !== 0) return; // only root can give a link away
    const shared = join(folder, "shared");
    await Deno.mkdir(shared);
    const link = join(shared, "link");
    await Deno.symlink(file, link);
    const { success } = await new Deno.Command("chown", { args: ["-h", "12345", link] }).output();
    assert.ok(success);
    await vetKubeconfig(link, rules);
    await Deno.chmod(shared, 0o770); // the server's group can replace files in it
    await vetKubeconfig(link, rules);
    await Deno.chmod(shared, 0o1777);
    await assert.rejects(
      vetKubeconfig(link, rules),
      /the symbolic link '.*' on its path belongs to another user$/,
    );
    await vetKubeconfig(link, { ...rules, owners: [...rules.owners, 12345] });
  }));
