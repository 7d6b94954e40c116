import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { EmulatedCluster } from "./cluster.ts";
import { decodeObject } from "./decode.ts";
import { startEmulator } from "./emulator.ts";

Deno.test("a seeded service account creates its namespace, and keeps its uid when it is replaced", () => {
  const cluster = new EmulatedCluster();
  const metadata = { namespace: "n", name: "a" };
  const first = cluster.putServiceAccount({ metadata, imagePullSecrets: [{ name: "x" }] });
  const second = cluster.putServiceAccount({ metadata });
  strictEqual(second.metadata.uid, first.metadata.uid);
  strictEqual(
    Number(second.metadata.resourceVersion) > Number(first.metadata.resourceVersion),
    true,
  );
  deepStrictEqual(cluster.serviceAccount("n", "a"), second);
  strictEqual(cluster.namespace("n")?.status.phase, "Active");
});

Deno.test("namespaces get a default service account only if its controller is emulated", () => {
  const { manifest } = decodeObject({ metadata: { name: "b" } }, "namespaces");
  for (const defaultAccounts of [false, true]) {
    const cluster = new EmulatedCluster({ defaultAccounts });
    cluster.addNamespace("a");
    cluster.create("namespaces", "", manifest, { dryRun: true });
    strictEqual(cluster.serviceAccount("b", "default"), undefined);
    cluster.create("namespaces", "", manifest);
    for (const namespace of ["default", "a", "b"]) {
      const account = cluster.serviceAccount(namespace, "default");
      strictEqual(account !== undefined, defaultAccounts, namespace);
    }
    cluster.delete("namespaces", "", "b");
    strictEqual(cluster.serviceAccount("b", "default"), undefined);
  }
});

Deno.test("kubectl creates, shows, changes and deletes service accounts", async () => {
  const emulator = startEmulator();
  const folder = await Deno.makeTempDir({ prefix: "emulator-accounts-" });
  const kubectl = async (...args: string[]) => {
    const common = ["--kubeconfig", `${folder}/kubeconfig`, "--cache-dir", `${folder}/cache`];
    const { stdout, stderr } = await new Deno.Command("kubectl", {
      args: [...common, ...args],
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  };
  try {
    await Deno.writeTextFile(`${folder}/kubeconfig`, emulator.kubeconfig());
    strictEqual(await kubectl("create", "namespace", "n"), "namespace/n created\n");
    const builder = "serviceaccount/builder";
    strictEqual(await kubectl("-n", "n", "create", "sa", "builder"), `${builder} created\n`);
    match(await kubectl("-n", "n", "get", "sa"), /^NAME +AGE\nbuilder +\d+s\n$/);
    const patch = '{"imagePullSecrets":[{"name":"x"},{"name":"y"}]}';
    strictEqual(
      await kubectl("-n", "n", "patch", "sa", "builder", "-p", patch),
      `${builder} patched\n`,
    );
    const names = ["-o", "jsonpath={.imagePullSecrets[*].name}"];
    strictEqual(await kubectl("-n", "n", "get", builder, ...names), "x y");
    match(
      await kubectl("-n", "n", "get", "sa", "no"),
      /\(NotFound\): serviceaccounts "no" not found/,
    );
    match(await kubectl("-n", "n", "delete", "sa", "builder"), /^serviceaccount "builder" deleted/);
    strictEqual(emulator.cluster.serviceAccount("n", "builder"), undefined);
  } finally {
    await emulator.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
