import assert from "node:assert/strict";
import http from "node:http";
import { deadlineIn } from "../deadline.ts";
import { Handshakes } from "./handshakes.ts";
import { NoResponse, roundTrip } from "./http.ts";

for (const value of ["a-token\n", "a-token\0", "a-token-日本"]) {
  Deno.test(`a token that is invalid in a header is an error of the kubeconfig, and not shown: ${JSON.stringify(value)}`, async () => {
    const connection = {
      server: new URL("http://127.0.0.1:1"),
      agent: new http.Agent(),
      handshakes: new Handshakes(5),
      headers: { Authorization: `Bearer ${value}` },
    };
    const sent = roundTrip(connection, { method: "GET", path: "/api" }, deadlineIn(5));
    await assert.rejects(sent, (error) => {
      assert.ok(error instanceof NoResponse);
      assert.equal(error.report.kind, "invalid_kubeconfig");
      assert.ok(!error.message.includes("a-token"), error.message);
      return true;
    });
  });
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

const NO_ANSWERS: [what: string, says: string][] = [
  [
    "101 to another protocol",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ],
  ["101 to no protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ["102 and nothing more", "HTTP/1.1 102 Processing\r\n\r\n"],
  ["102 before an answer", `HTTP/1.1 102 Processing\r\n\r\n${OK}`],
  ["199", "HTTP/1.1 199 Odd\r\n\r\n"],
];

for (const method of ["GET", "PUT"] as const) {
  for (const [what, says] of NO_ANSWERS) {
    Deno.test(`${method} with the response ${what} fails immediately, and may have been carried out`, async () => {
      using server = rawServer(says);
      const sent = roundTrip(server, { method, path: "/api" }, deadlineIn(60));
      await assert.rejects(sent, (error) => {
        assert.ok(error instanceof NoResponse);
        const { kind, uncertain, why } = error.report;
        assert.deepEqual([kind, uncertain], ["failed", true]);
        assert.match(why, /unexpected HTTP status/);
        return true;
      });
    });
  }
}

for (const first of ["100 Continue", "103 Early Hints"]) {
  Deno.test(`the response after ${first} is returned`, async () => {
    using server = rawServer(`HTTP/1.1 ${first}\r\n\r\n${OK}`);
    const answer = await roundTrip(server, { method: "GET", path: "/api" }, deadlineIn(60));
    assert.deepEqual([answer.status, answer.body], [200, "{}"]);
  });
}

/** A server that sends this response to each request. */
function rawServer(says: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  (async () => {
    for await (const client of listener) {
      open.push(client);
      await client.read(new Uint8Array(4096));
      await client.write(new TextEncoder().encode(says));
    }
  })();
  const agent = new http.Agent({ keepAlive: true });
  return {
    server: new URL(`http://127.0.0.1:${listener.addr.port}`),
    agent,
    handshakes: new Handshakes(5),
    headers: {},
    [Symbol.dispose]() {
      agent.destroy();
      listener.close();
      for (const client of open) client.close();
    },
  };
}
