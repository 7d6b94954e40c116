import assert from "node:assert/strict";
import { settingsOf } from "../../../src/config/schema.ts";
import { configureLog } from "../../../src/log/logger.ts";
import { type Shared, shared } from "../../../src/shared.ts";
import { wireServer } from "../../../src/wire_server.ts";
import { kubeconfig } from "../../cli/support.ts";
import { settled } from "../../support/settled.ts";
import { silentPort } from "../../support/silent_port.ts";
import { docker, get } from "../support.ts";

/** The cost of a hung cluster for further requests to it. */

const machineIn = (folder: string) => ({
  kubectlEnv: { PATH: Deno.env.get("PATH")!, HOME: folder },
  cores: 2,
  user: Deno.uid()!,
  group: Deno.gid()!,
  hasKubectl: true,
});

for (const transport of ["api", "kubectl"] as const) {
  Deno.test(`${transport}: a hung cluster opens the circuit breaker, which stays open across a reload`, async () => {
    const folder = await Deno.makeTempDir();
    const hung = silentPort();
    const logged: string[] = [];
    configureLog({ format: "json", level: "debug", write: (line) => logged.push(line) });
    const file = `${folder}/c.kubeconfig`;
    await Deno.writeTextFile(file, kubeconfig(hung.url), { mode: 0o600 });
    const here = machineIn(folder);
    const common: Shared = shared(here);
    const begin = (kubectl_timeout = 1) =>
      wireServer(
        settingsOf({ "clusters-folder": folder, kubectl_timeout, transport }),
        here,
        "1.2.3",
        common,
      );
    const programs = [begin()];
    const ask = async () => {
      const began = performance.now();
      const response = await programs.at(-1)!.fetch(get("/secrets?cluster=c"));
      const { status, warnings } = await response.json();
      const retryAfter = response.headers.get("Retry-After");
      return { status, warnings, retryAfter, milliseconds: performance.now() - began };
    };
    try {
      for (const _ of [1, 2]) assert.equal((await ask()).status, "timeout");
      const asked = await settled(() => hung.connections);
      programs.push(begin());
      const took: number[] = [];
      for (const _ of [1, 2, 3]) {
        const { status, warnings, retryAfter, milliseconds } = await ask();
        assert.equal(status, "cluster_unreachable");
        assert.match(
          warnings[0],
          /^Cannot connect to cluster 'c': circuit breaker open, the last request got no response \d+ second/,
        );
        assert.match(retryAfter!, /^[1-5]$/);
        took.push(milliseconds);
      }
      // A busy machine stands still at times.
      assert.ok(Math.min(...took) < 500, String(took));
      assert.equal(await settled(() => hung.connections), asked);
      const lines = logged.filter((line) => line.includes("circuit breaker open"));
      assert.deepEqual(lines.map((line) => JSON.parse(line).level), ["warning"]);
      programs.push(begin(30)); // a slow machine starts no kubectl within a second
      // A corrected kubeconfig is used immediately.
      await Deno.writeTextFile(file, kubeconfig("https://127.0.0.1:1"), { mode: 0o600 });
      const { status, warnings } = await ask();
      assert.deepEqual([status, warnings], ["cluster_unreachable", undefined]);
    } finally {
      for (const program of programs) program.close();
      await hung.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("api: a cluster that accepts connections and never responds is 503 after connect-timeout", async () => {
  const folder = await Deno.makeTempDir();
  const hung = silentPort();
  configureLog({ format: "json", level: "error", write: () => {} });
  await Deno.writeTextFile(`${folder}/c.kubeconfig`, kubeconfig(hung.url), { mode: 0o600 });
  const settings = settingsOf({
    "clusters-folder": folder,
    "connect-timeout": 0.5,
    kubectl_timeout: 60,
    transport: "api",
  });
  const program = wireServer(settings, machineIn(folder), "1.2.3");
  try {
    const began = performance.now();
    const listed = await program.fetch(get("/secrets?cluster=c"));
    const written = await program.fetch(docker({ cluster_name: "c" }));
    const took = performance.now() - began;
    assert.equal(listed.status, 503);
    assert.equal((await listed.json()).status, "cluster_unreachable");
    assert.equal(written.status, 503);
    assert.match(
      (await written.json()).message,
      /: no connection within 0\.5 seconds \(dial tcp: i\/o timeout\)$/,
    );
    assert.ok(took >= 950 && took < 20_000, `it took ${took} ms`);
  } finally {
    program.close();
    await hung.close();
    await Deno.remove(folder, { recursive: true });
  }
});
