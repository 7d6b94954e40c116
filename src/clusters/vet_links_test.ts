import assert from "node:assert/strict";
import { join } from "node:path";
import { vetKubeconfig, type VetRules } from "./vet.ts";

/** Kubeconfigs that are links: who may change one of the two folders may put another file there. */

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

Deno.test("of a link its own folder and that of its file have to be safe", () =>
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
      await assert.rejects(vetKubeconfig(link, rules), /its folder .* its owner/, unsafe);
      await Deno.chown(unsafe, Deno.uid(), Deno.gid());
    }
  }));
