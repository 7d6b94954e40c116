import assert from "node:assert/strict";
import { settingsOf } from "../../../src/config/schema.ts";
import { startEmulator } from "../../../src/emulator/emulator.ts";
import { configureLog } from "../../../src/log/logger.ts";
import { shared } from "../../../src/shared.ts";
import { wireServer } from "../../../src/wire_server.ts";
import { kubeconfig } from "../../cli/support.ts";
import { silentPort } from "../../support/silent_port.ts";
import { get } from "../support.ts";

/** Hung clusters with their own timeouts. */

/** Seconds; a slow machine may take more than twice as long, but never as long as the longest. */
const [SHORT, USUAL, LONG] = [1, 3, 120];

const machineIn = (folder: string) => ({
  kubectlEnv: { PATH: Deno.env.get("PATH")!, HOME: folder },
  // Enough slots that no kubectl waits to start, which is slow on a loaded machine.
  cores: 16,
  user: Deno.uid()!,
  group: Deno.gid()!,
  hasKubectl: true,
});

for (const transport of ["api", "kubectl"] as const) {
  Deno.test(`${transport}: a hung cluster costs only its own timeout, which the error names`, async () => {
    const folder = await Deno.makeTempDir();
    const hung = [silentPort(), silentPort(), silentPort()];
    configureLog({ format: "json", level: "debug", write: () => {} });
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
    for (const [i, name] of ["short", "usual", "long"].entries()) {
      await write(`${name}.kubeconfig`, kubeconfig(hung[i]!.url));
    }
    await write(
      "labels.yaml",
      `short: {argocd-configurer.io/timeout: ${SHORT}}
long: {argocd-configurer.io/timeout: ${LONG}}
`,
    );
    const longer: number[] = [];
    const here = machineIn(folder);
    const program = wireServer(
      settingsOf({ "clusters-folder": folder, kubectl_timeout: USUAL, transport }),
      here,
      "1.2.3",
      shared(here, undefined, (seconds) => longer.push(seconds)),
    );
    const ask = async (name: string) => {
      const began = performance.now();
      const response = await program.fetch(get(`/api/v1/secrets?cluster=${name}`));
      const { status, message } = await response.json();
      return { status, message, seconds: (performance.now() - began) / 1000 };
    };
    try {
      let isLongOver = false;
      const long = ask("long").finally(() => isLongOver = true);
      const [short, usual] = await Promise.all([ask("short"), ask("usual")]);
      assert.equal(short.message, `Commands timed out after ${SHORT} seconds`);
      assert.equal(usual.message, `Commands timed out after ${USUAL} seconds`);
      for (const { status } of [short, usual]) assert.equal(status, "timeout");
      assert.ok(short.seconds < LONG / 2 && usual.seconds < LONG / 2);
      assert.ok(usual.seconds > USUAL * 0.9, String(usual.seconds));
      assert.ok(!isLongOver);
      // Stopping the server takes at most the longest of them.
      assert.equal(Math.max(...longer), LONG);
      assert.deepEqual(longer, longer.toSorted((a, b) => a - b));
      // The hung cluster closes, which ends the request that waits for it.
      await hung[2]!.close();
      assert.equal((await long).status, "cluster_unreachable");
    } finally {
      await Promise.all(hung.slice(0, 2).map((each) => each.close()));
      await new Promise((resolve) => setTimeout(resolve, 100));
      program.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a cluster with a longer timeout may answer after the default timeout", async () => {
  const folder = await Deno.makeTempDir();
  const slow = startEmulator({ fault: () => ({ kind: "delay", milliseconds: 1500 }) });
  configureLog({ format: "json", level: "debug", write: () => {} });
  const here = machineIn(folder);
  const program = wireServer(
    settingsOf({ "clusters-folder": folder, kubectl_timeout: 0.5, transport: "api" }),
    here,
    "1.2.3",
  );
  try {
    await Deno.writeTextFile(`${folder}/a.kubeconfig`, slow.kubeconfig(), { mode: 0o600 });
    await Deno.writeTextFile(`${folder}/b.kubeconfig`, slow.kubeconfig(), { mode: 0o600 });
    const labels = "b: {argocd-configurer.io/timeout: 100}\n";
    await Deno.writeTextFile(`${folder}/labels.yaml`, labels, { mode: 0o600 });
    const statuses = await Promise.all(["a", "b"].map(async (name) => {
      const response = await program.fetch(get(`/api/v1/secrets?cluster=${name}`));
      return (await response.json()).status;
    }));
    assert.deepEqual(statuses, ["timeout", "success"]);
  } finally {
    program.close();
    await slow.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
