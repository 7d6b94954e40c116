import assert from "node:assert/strict";
import { isHealthy } from "../../src/cli/run_folder.ts";
import { makeCanary } from "../support/canary.ts";
import { startRawServer } from "./raw_server.ts";
import { helmLogin, names, tried } from "./support.ts";

/** Interim responses of a server or a proxy, before or instead of a response. */

const UPGRADE = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
const INDEX = "apiVersion: v1\nentries: {}\n";
const OK = `HTTP/1.1 200 OK\r\nContent-Length: ${INDEX.length}\r\n\r\n${INDEX}`;

const INSTEAD: [status: number, says: string][] = [
  [101, UPGRADE],
  [101, "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  [102, "HTTP/1.1 102 Processing\r\n\r\n"],
  [102, `HTTP/1.1 102 Processing\r\n\r\n${OK}`],
  [199, "HTTP/1.1 199 Odd\r\n\r\n"],
];

const helm = (url: string, proxy?: string) => helmLogin(url, makeCanary().value, { proxy });

for (const [status, says] of INSTEAD) {
  Deno.test(`a server that sends ${JSON.stringify(says)} has not responded, and is not waited for`, async () => {
    await using server = startRawServer((write) => write(says));
    const { why } = await tried(helm(server.url));
    assert.match(why, new RegExp(`: invalid response \\(HTTP ${status}\\)$`));
    await server.allGone(1);
  });

  for (const scheme of ["http", "https"]) {
    Deno.test(`a proxy that sends ${JSON.stringify(says)} for a URL of ${scheme} is not waited for`, async () => {
      await using server = startRawServer((write) => write(says));
      const what = helm(`${scheme}://charts.test`, `http://proxy.test:${server.port}`);
      const { why } = await tried(what, { resolve: names({ "proxy.test": ["127.0.0.1"] }) });
      assert.match(why, new RegExp(`HTTP ${status}`));
      await server.allGone(1);
    });
  }
}

for (const interim of ["100 Continue", "103 Early Hints\r\nLink: </a>"]) {
  Deno.test(`a response after ${JSON.stringify(interim)} is read`, async () => {
    await using server = startRawServer((write) => write(`HTTP/1.1 ${interim}\r\n\r\n${OK}`));
    const { open, reachable } = await tried(helm(server.url));
    assert.deepEqual([open, reachable], [true, true]);
  });
}

Deno.test("a health check fails immediately if the server switches protocols", async () => {
  await using server = startRawServer((write) => write(UPGRADE));
  assert.equal(await isHealthy(server.url), false);
});
