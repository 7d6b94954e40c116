import assert from "node:assert/strict";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { stopSeconds } from "../../src/server/listen/graceful_stop.ts";
import { type Place, place, until } from "./place.ts";

/** `stop` has to know when a cluster has a longer timeout than the others. */

const [USUAL, LONG] = [5, 300];

const stopOf = (kubectl_timeout: number) => stopSeconds({ kubectl_timeout });

/** As `stop` reads it from the file: seconds until the server would be killed, less a margin. */
const recorded = ({ pidFile }: Place): number =>
  JSON.parse(Deno.readTextFileSync(pidFile).split("\n").slice(1).join("\n")).stopSeconds;

Deno.test("the pid file records the time to stop for the longest timeout of the queried clusters", async () => {
  await using here = await place();
  const emulator = startEmulator();
  try {
    await here.write("clusters/usual.kubeconfig", emulator.kubeconfig());
    await here.write("clusters/long.kubeconfig", emulator.kubeconfig());
    const url = await here.start("--transport", "api", "--kubectl-timeout", String(USUAL));
    const ask = async (cluster: string) => {
      const response = await fetch(`${url}/api/v1/secrets?cluster=${cluster}`);
      assert.equal((await response.json()).status, "success");
    };
    await ask("usual");
    assert.equal(recorded(here), stopOf(USUAL));
    const labels = (seconds: number) =>
      here.write("clusters/labels.yaml", `long: {argocd-configurer.io/timeout: ${seconds}}\n`);
    await labels(LONG);
    await ask("long");
    assert.equal(recorded(here), stopOf(LONG));
    // Started requests keep their timeout, even after the label was removed.
    await labels(1);
    await ask("long");
    assert.equal(recorded(here), stopOf(LONG));
    Deno.kill(here.pid(), "SIGHUP");
    await until("it has reloaded", () => /reloaded/.test(Deno.readTextFileSync(here.log)));
    assert.equal(recorded(here), stopOf(LONG));
  } finally {
    await emulator.stop();
  }
});
