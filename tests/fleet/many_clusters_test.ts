import assert from "node:assert/strict";
import { settingsOf } from "../../src/config/schema.ts";
import type { RunProcess } from "../../src/kube/process.ts";
import { configureLog } from "../../src/log/logger.ts";
import { shared } from "../../src/shared.ts";
import { wireServer } from "../../src/wire_server.ts";
import { folder, kubeconfig } from "../cli/support.ts";
import { answerOf } from "../http/fleet.ts";
import { get } from "../http/support.ts";

/** More clusters than kubectl processes that may run or wait. */

const COUNT = 300;
const CORES = 2;

Deno.test("a large fleet over kubectl never exceeds the process limit: each cluster waits for a slot", async () => {
  configureLog({ format: "json", level: "error", write: () => {} });
  await using place = await folder();
  for (let i = 0; i < COUNT; i++) {
    await place.write(`c${i}.kubeconfig`, kubeconfig(`https://10.0.${i >> 8}.${i & 255}:6443`));
  }
  let [running, most, started] = [0, 0, 0];
  const run: RunProcess = async (_program, _args, { onOutput }) => {
    most = Math.max(most, ++running);
    started++;
    await new Promise((resolve) => setTimeout(resolve, 2));
    onOutput?.();
    running--;
    const stderr = "The connection to the server 10.0.0.1:6443 was refused - did you specify " +
      "the right host or port?";
    return { ended: "exit", code: 1, stdout: "", stderr };
  };
  const machine = {
    ...{ kubectlEnv: { PATH: "/usr/bin", HOME: place.path }, hasKubectl: true, cores: CORES, run },
    ...{ user: Deno.uid()!, group: Deno.gid()! },
  };
  const common = shared(machine);
  const settings = settingsOf({ "clusters-folder": place.path });
  const app = wireServer(settings, machine, "1.2.3", common);
  try {
    const response = await app.fetch(get("/api/v1/secrets"));
    const { clusters, failed, ...rest } = await response.json();
    assert.deepEqual([response.status, failed], [503, COUNT], JSON.stringify(rest));
    const codes = new Set(
      clusters.map(({ cluster }: { cluster: string }) => answerOf(clusters, cluster).code),
    );
    assert.deepEqual([...codes], ["unreachable"]);
    assert.ok(started >= COUNT);
    assert.ok(most <= common.gate.limits.alive, `${most} concurrent processes`);
  } finally {
    app.close();
  }
});
