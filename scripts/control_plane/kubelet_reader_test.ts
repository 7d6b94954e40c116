import { equal, match } from "node:assert/strict";
import { dirname, join } from "node:path";
import { KUBELET_RULES } from "../../src/credentials/explain/kubelet_keyring.ts";
import type { World } from "./cache.ts";
import { kubernetesVersion } from "./kube_apiserver.ts";
import { cachedKubeletReader, findKubeletReader, kubeletReaderIsAtHand } from "./kubelet_reader.ts";

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

Deno.test("the kubelet's code is available if go is, or if it is in the cache", async () => {
  await inFolder(async (folder) => {
    const bin = join(folder, "bin");
    const world = worldOf({ XDG_CACHE_HOME: join(folder, "cache"), PATH: bin });
    equal(await kubeletReaderIsAtHand(world), false);
    await executable(join(bin, "go"));
    equal(await kubeletReaderIsAtHand(world), true);
    await Deno.remove(bin, { recursive: true });
    await executable(await cachedKubeletReader(world));
    equal(await kubeletReaderIsAtHand(world), true);
  });
});

Deno.test("the kubelet's code in the cache is not built again", async () => {
  await inFolder(async (folder) => {
    const world = worldOf({ XDG_CACHE_HOME: folder });
    const cached = await cachedKubeletReader(world);
    match(cached, /\/kubelet-reader\/v[0-9.]+-[0-9a-f]{12}\/kubelet-reader$/);
    await executable(cached);
    equal(await findKubeletReader(world), cached);
  });
});

Deno.test("the Kubernetes version in messages is the one whose rules are applied", () => {
  equal(KUBELET_RULES, kubernetesVersion);
});
