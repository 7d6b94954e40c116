import { equal, ok, rejects } from "node:assert/strict";
import { dirname, join } from "node:path";
import { findBinaries } from "./binaries.ts";
import { isExecutable, makeOnce, type World } from "./cache.ts";
import { buildArguments } from "./kube_apiserver.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function worldOf(variables: Record<string, string>): World & { lines: string[] } {
  const lines: string[] = [];
  return { env: (name) => variables[name], report: (line) => lines.push(line), lines };
}

async function executable(...path: string[]): Promise<string> {
  const file = join(...path);
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, "#!/bin/sh\n", { mode: 0o755 });
  return file;
}

Deno.test("KUBEBUILDER_ASSETS comes before the cache, and the cache before PATH", async () => {
  await inFolder(async (folder) => {
    const cache = join(folder, "argocd-configurer", "control-plane");
    const etcd = await executable(cache, "etcd", "3.4.23", "etcd");
    const assets = await executable(folder, "assets", "kube-apiserver");
    await executable(cache, "kube-apiserver", "v1.35.4", "kube-apiserver");
    await executable(folder, "bin", "etcd");
    const kubectl = await executable(folder, "bin", "kubectl");
    const world = worldOf({
      XDG_CACHE_HOME: folder,
      PATH: join(folder, "bin"),
      KUBEBUILDER_ASSETS: join(folder, "assets"),
    });
    const found = await findBinaries(world);
    equal(found.kubeApiserver, assets);
    equal(found.etcd, etcd);
    equal(found.kubectl, kubectl);
    equal(world.lines.length, 0, "nothing was made");
  });
});

Deno.test("the server is built with its version number", () => {
  const flags = buildArguments("out")[4]!;
  ok(flags.includes("version.gitVersion=v1.35.4 "));
  ok(flags.includes("version.gitMajor=1 "));
  ok(flags.endsWith("version.gitMinor=35"));
});

Deno.test("two concurrent callers make a binary once", async () => {
  await inFolder(async (folder) => {
    const target = join(folder, "tool", "tool");
    await Deno.mkdir(join(folder, "tool", "making-by-a-killed-process"), { recursive: true });
    let made = 0;
    const ask = () =>
      makeOnce(target, "making tool", worldOf({}), async (temporaryFolder) => {
        made++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        const file = join(temporaryFolder, "made");
        await Deno.writeTextFile(file, "#!/bin/sh\n");
        return file;
      });
    equal((await Promise.all([ask(), ask()])).join(), [target, target].join());
    equal(made, 1);
    ok(await isExecutable(target));
    const left = [...Deno.readDirSync(dirname(target))].map((entry) => entry.name).sort();
    equal(left.join(), "tool,tool.lock");
  });
});

Deno.test("a failed build leaves nothing incomplete", async () => {
  await inFolder(async (folder) => {
    const target = join(folder, "tool");
    const make = async (temporaryFolder: string) => {
      await Deno.writeTextFile(join(temporaryFolder, "half"), "");
      throw new Error("the network is away");
    };
    await rejects(makeOnce(target, "making tool", worldOf({}), make), /network is away/);
    equal([...Deno.readDirSync(folder)].map((entry) => entry.name).join(), "tool.lock");
  });
});
