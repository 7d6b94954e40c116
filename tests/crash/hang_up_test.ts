import assert from "node:assert/strict";
import type { Targets } from "./targets.ts";
import { crashTests, longerThanConnectionsLinger, type Running } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/** The client disconnects in the middle of a write. */

crashTest("a write finishes after its client has disconnected", async (world) => {
  const targets = await world.targets(10, (place) => place % 2 === 0);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const creating = gate.holdFrom("create", 2, "before");
  const replacing = gate.holdFrom("replace", 2, "after");
  const client = await askAndHangUp(running, targets);
  await Promise.all([creating.reached, replacing.reached]);
  await client.hangUp();

  creating.release();
  replacing.release();
  assert.equal(await statusOfWrite(running), "200");
  await targets.assertAll("new");
});

crashTest("SIGTERM waits for a write whose client has disconnected", async (world) => {
  const targets = await world.targets(10, (place) => place % 2 === 0);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const creating = gate.holdFrom("create", 2, "before");
  const client = await askAndHangUp(running, targets);
  await creating.reached;
  await client.hangUp();
  await running.stop();
  await longerThanConnectionsLinger();

  creating.release();
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.equal(await statusOfWrite(running), "200");
  await targets.assertAll("new");
});

crashTest("a write that fails after its client has disconnected is rolled back", async (world) => {
  const targets = await world.targets(10, (place) => place % 2 === 0);
  await world.fill(targets.namespaces[5]!);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const creating = gate.holdFrom("create", 2, "before");
  const replacing = gate.holdFrom("replace", 6, "after");
  const removing = gate.holdFrom("remove", 2, "before");
  const client = await askAndHangUp(running, targets);
  await Promise.all([creating.reached, replacing.reached]);
  await client.hangUp();

  creating.release();
  replacing.release();
  await removing.reached;
  removing.release();
  assert.equal(await statusOfWrite(running), "502");
  await targets.assertAll("as before");
});

/** The request log line: the write has finished. */
const WRITE_ANSWERED = /request .*path=\/secrets\/add_docker status=(\d+) /;

async function statusOfWrite(running: Running): Promise<string | undefined> {
  return (await running.line(WRITE_ANSWERED))[1];
}

/** A client that sends all of its request and reads no response. */
async function askAndHangUp({ url }: Running, targets: Targets) {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const body = new TextEncoder().encode(JSON.stringify(targets.body));
  const head = `POST /secrets/add_docker HTTP/1.1\r\nHost: localhost\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const bytes = new Uint8Array([...new TextEncoder().encode(head), ...body]);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  return {
    /** Resolves when the program has had time to notice: it has answered another request since. */
    async hangUp() {
      connection.close();
      for (let i = 0; i < 2; i++) {
        const health = await fetch(`${url}/health`);
        await health.body?.cancel();
        assert.equal(health.status, 200);
      }
    },
  };
}
