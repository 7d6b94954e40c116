import assert from "node:assert/strict";
import { folder, listening, program } from "./support.ts";

/** More connections than the process has file descriptors. */

const FILES = 128;

Deno.test("after more connections than file descriptors, the server accepts connections again", async () => {
  await using clusters = await folder();
  const args = ["serve", "--port=0", `--clusters-folder=${clusters.path}`];
  await using running = program(args, { maxFiles: FILES });
  const port = Number(new URL(await listening(running)).port);
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await health(), 200);
  const stalled: Deno.Conn[] = [];
  for (let i = 0; i < 2 * FILES; i++) {
    await Deno.connect({ hostname: "127.0.0.1", port })
      .then((connection) => stalled.push(connection), () => {});
  }
  await running.line(/cannot accept connections; retrying .*Too many open files/);
  for (const connection of stalled) connection.close();
  const began = performance.now();
  let status: number | undefined;
  while (status !== 200 && performance.now() - began < 20_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    status = await health().catch(() => undefined);
  }
  assert.equal(status, 200);
  running.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/cannot accept connections/g)?.length, 1);
  assert.ok(!stderr.includes("unhandled rejection"), stderr);
});
