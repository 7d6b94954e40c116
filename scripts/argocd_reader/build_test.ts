import { equal, match } from "node:assert/strict";
import { dirname, join } from "node:path";
import type { World } from "../control_plane/cache.ts";
import { argocdReaderIsAtHand, cachedArgocdReader, findArgocdReader } from "./build.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function worldOf(variables: Record<string, string>): World {
  return {
    env: (name) => variables[name],
    report: (line) => {
      throw new Error(`nothing was to be made: ${line}`);
    },
  };
}

async function executable(file: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, "#!/bin/sh\n", { mode: 0o755 });
}

Deno.test("the reader is available if go is, or if it is in the cache", async () => {
  await inFolder(async (folder) => {
    const bin = join(folder, "bin");
    const world = worldOf({ XDG_CACHE_HOME: join(folder, "cache"), PATH: bin });
    equal(await argocdReaderIsAtHand(world), false);
    await executable(join(bin, "go"));
    equal(await argocdReaderIsAtHand(world), true);
    await Deno.remove(bin, { recursive: true });
    equal(await argocdReaderIsAtHand(world), false);
    await executable(await cachedArgocdReader(world));
    equal(await argocdReaderIsAtHand(world), true);
  });
});

Deno.test("a reader in the cache is not built again", async () => {
  await inFolder(async (folder) => {
    const world = worldOf({ XDG_CACHE_HOME: folder });
    const cached = await cachedArgocdReader(world);
    match(cached, /\/argocd-reader\/v3\.5\.6-[0-9a-f]{12}\/argocd-reader$/);
    await executable(cached);
    equal(await findArgocdReader(world), cached);
  });
});
