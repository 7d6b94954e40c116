import assert from "node:assert/strict";
import http from "node:http";
import { setTimeout } from "node:timers/promises";
import { IdleConnections } from "./idle_connections.ts";

/** Servers that respond after some milliseconds, so that concurrent requests need a connection each. */
async function withServers(
  count: number,
  use: (
    servers: { agent: http.Agent; ask: (requests: number) => Promise<void> }[],
  ) => Promise<void>,
): Promise<void> {
  const servers = Array.from(
    { length: count },
    () =>
      Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
        await setTimeout(20);
        return new Response("answer");
      }),
  );
  const agents = servers.map(() => new http.Agent({ keepAlive: true, maxSockets: 16 }));
  const get = (agent: http.Agent, port: number) =>
    new Promise<void>((resolve, reject) => {
      http.get({ agent, host: "127.0.0.1", port }, (answer) => {
        answer.on("data", () => {});
        answer.on("end", resolve);
        answer.on("error", reject);
      }).on("error", reject);
    });
  try {
    await use(servers.map(({ addr }, i) => ({
      agent: agents[i]!,
      async ask(requests) {
        await Promise.all(Array.from({ length: requests }, () => get(agents[i]!, addr.port)));
        await setTimeout(0);
      },
    })));
  } finally {
    agents.forEach((agent) => agent.destroy());
    await Promise.all(servers.map((server) => server.shutdown()));
  }
}

/** Open and without a request. */
const idleOf = ({ freeSockets }: http.Agent) =>
  Object.values(freeSockets).flat().filter((socket) => !socket!.destroyed).length;

Deno.test("below the limit, every connection is kept and reused", async () => {
  await withServers(2, async ([one, two]) => {
    const idle = new IdleConnections(24);
    [one, two].forEach((server) => idle.share(server!.agent));
    await one!.ask(8);
    await two!.ask(8);
    assert.deepEqual([idleOf(one!.agent), idleOf(two!.agent), idle.size], [8, 8, 16]);
    await one!.ask(30);
    assert.deepEqual([idleOf(one!.agent), idle.size], [16, 24]);
  });
});

Deno.test("above the limit, the longest idle are closed, but a cluster keeps its last one while another has more", async () => {
  await withServers(4, async (all) => {
    const idle = new IdleConnections(10);
    for (const { agent } of all) idle.share(agent);
    const [one, two, three, four] = all;
    await one!.ask(4);
    await two!.ask(4);
    await three!.ask(2);
    assert.equal(idle.size, 10);
    await four!.ask(1);
    assert.deepEqual(all.map(({ agent }) => idleOf(agent)), [2, 4, 2, 1]);
    await four!.ask(4);
    assert.deepEqual(all.map(({ agent }) => idleOf(agent)).slice(0, 3), [1, 3, 2]);
    assert.ok(idle.size <= 10);
  });
});

Deno.test("with more clusters than the limit, those idle for longest have no connection left", async () => {
  await withServers(5, async (all) => {
    const idle = new IdleConnections(3);
    for (const { agent } of all) idle.share(agent);
    for (const { ask } of all) await ask(1);
    assert.ok(idle.size <= 3);
    assert.equal(idleOf(all[0]!.agent), 0);
    assert.equal(idleOf(all[4]!.agent), 1);
    await all[0]!.ask(1);
    assert.equal(idleOf(all[0]!.agent), 1);
  });
});

Deno.test("a connection that the server or the agent closes is no longer counted", async () => {
  await withServers(1, async ([server]) => {
    const idle = new IdleConnections(10);
    idle.share(server!.agent);
    await server!.ask(3);
    assert.equal(idle.size, 3);
    server!.agent.destroy();
    await setTimeout(50);
    assert.equal(idle.size, 0);
  });
});
