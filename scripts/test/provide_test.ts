import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import type { World } from "../control_plane/cache.ts";
import { announce } from "./provide.ts";
import { NEEDS } from "./tiers.ts";

/** A machine with these programs only. */
async function onMachine(programs: readonly string[], test: (world: World) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const bin = join(folder, "bin");
  try {
    await Deno.mkdir(bin);
    for (const name of programs) await Deno.writeTextFile(join(bin, name), "", { mode: 0o755 });
    const variables: Record<string, string> = { PATH: bin, XDG_CACHE_HOME: join(folder, "cache") };
    const report = (line: string) => {
      throw new Error(`nothing is to be made: ${line}`);
    };
    await test({ env: (name) => variables[name], report });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("downloads and builds are announced, with their duration", async () => {
  await onMachine(["go", "curl"], async (world) => {
    const lines = await announce(NEEDS, world);
    deepEqual(lines.map((line) => line.split(/[: ]/)[0]), [
      "kubectl",
      "kube-apiserver",
      "etcd",
      "Argo",
      "kubelet's",
      "the",
      "ssh-keygen",
    ]);
    for (const line of lines) match(line, /seconds|minutes?/);
  });
});

Deno.test("needs that cannot be provided are announced as skipped, with the missing program", async () => {
  await onMachine([], async (world) => {
    const [apiserver, etcd] = await announce(["control plane"], world);
    match(
      apiserver!,
      /^kube-apiserver .*skipped, since there is neither Go nor pip3 to install it$/,
    );
    match(etcd!, /^etcd: /);
  });
  await onMachine(["pip3"], async (world) => {
    const [apiserver] = await announce(["control plane"], world);
    equal(apiserver!.includes("left out"), false);
  });
});

Deno.test("without needs nothing is announced", async () => {
  await onMachine([], async (world) => deepEqual(await announce([], world), []));
});
