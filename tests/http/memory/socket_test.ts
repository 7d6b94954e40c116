import { ROUTES } from "../routes.ts";
import assert from "node:assert/strict";
import { type Stage, stage } from "../stage.ts";
import { assertAbsent, CANARY, DOCKER, DOCKER_BODY } from "../support.ts";

/** Malformed and unusual requests over a real socket. */

const BODY = JSON.stringify(DOCKER_BODY);
const LENGTH = new TextEncoder().encode(BODY).length;

interface Conversation extends Stage {
  /** Sends `text` on a new connection. @param end whether to close the sending direction afterwards */
  talk(text: string, end?: boolean): Promise<Connection>;
}

interface Connection extends AsyncDisposable {
  /** The next response: its status, or 0 if the server closes the connection, and its body. */
  answer(): Promise<{ status: number; body: string }>;
}

/** Serves the app on a free port; afterwards checks that it still serves and has written nothing. */
function socketTest(name: string, test: (it: Conversation) => Promise<void>): void {
  Deno.test(name, async () => {
    const it = stage();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => it.app.fetch(request),
    );
    const { port } = server.addr;
    const before = it.cluster.dump();
    await test({ ...it, talk: (text, end) => talk(port, text, end) });

    await using after = await talk(port, "GET /clusters HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.equal((await after.answer()).status, 200);
    assert.deepEqual(it.cluster.dump(), before);
    assert.deepEqual(it.opened, []);
    assertAbsent(it.logged.join(""), CANARY);
    assert.ok(!it.logged.join("").includes("internal error"), it.logged.join(""));
  });
}

async function talk(port: number, text: string, end = false): Promise<Connection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += await connection.write(bytes.subarray(sent));
    }
    if (end) await connection.closeWrite();
  } catch (error) {
    // The server may respond and close before it has read everything.
    if (!(error instanceof Deno.errors.BrokenPipe || isReset(error))) throw error;
  }
  let got = "";
  let ended = false;
  const more = async () => {
    const buffer = new Uint8Array(65536);
    const count = await connection.read(buffer).catch((error) => {
      if (isReset(error)) return null;
      throw error;
    });
    if (count === null) ended = true;
    else got += new TextDecoder().decode(buffer.subarray(0, count));
  };
  return {
    async answer() {
      for (;;) {
        const head = /^HTTP\/1\.[01] (\d+)[^]*?\r\n\r\n/.exec(got);
        const length = Number(/^content-length: (\d+)/im.exec(head?.[0] ?? "")?.[1] ?? 0);
        if (head && got.length >= head[0].length + length) {
          const body = got.slice(head[0].length, head[0].length + length);
          got = got.slice(head[0].length + length);
          return { status: Number(head[1]), body };
        }
        if (ended) return { status: 0, body: got };
        await more();
      }
    },
    [Symbol.asyncDispose]() {
      connection.close();
      return Promise.resolve();
    },
  };
}

function isReset(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset;
}

const HOST = "Host: localhost\r\n";

/** Paths of GET with and without required parameters, and one of POST. */
const HEAD_PATHS = [
  ...ROUTES.filter(({ method }) => method === "get")
    .map(({ path }) => path.replace("{name}", "my-secret")),
  "/clusters?unknown=1",
  "/secrets?cluster=nowhere",
  "/nope",
  DOCKER,
];

for (const path of HEAD_PATHS) {
  Deno.test(`HEAD ${path} has the Content-Length of GET and no body`, async () => {
    const { app } = stage();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => app.fetch(request),
    );
    const whole = await fetch(`http://127.0.0.1:${server.addr.port}${path}`);
    const { length } = await whole.bytes();
    await using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const request = `HEAD ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const text = await new Response(connection.readable).text();
    assert.ok(text.startsWith(`HTTP/1.1 ${whole.status} `), text);
    assert.equal(/^content-length: (\d+)\r$/im.exec(text)?.[1], String(length));
    assert.ok(length > 0 && text.endsWith("\r\n\r\n"), text);
  });
}

/** Heads of a GET and their expected statuses. */
const HEADS: [what: string, head: string, statuses: number[]][] = [
  ["no Host", "GET /clusters HTTP/1.1\r\n", [400]],
  ["no Host in HTTP/1.0", "GET /clusters HTTP/1.0\r\n", [400]],
  ["an empty Host", "GET /clusters HTTP/1.1\r\nHost:\r\n", [400]],
  ["two Hosts", `GET /clusters HTTP/1.1\r\n${HOST}Host: evil.example\r\n`, [400]],
  ["two Host headers, ours last", `GET /clusters HTTP/1.1\r\nHost: evil.example\r\n${HOST}`, [400]],
  ["a Host that is not a name", "GET /clusters HTTP/1.1\r\nHost: a b\r\n", [400]],
  ["a Host that is half an IPv6 address", "GET /clusters HTTP/1.1\r\nHost: [\r\n", [400]],
  ["a Host with an invalid port", "GET /clusters HTTP/1.1\r\nHost: localhost:99999\r\n", [400]],
  ["a Host with a path", "GET /clusters HTTP/1.1\r\nHost: localhost/x?\r\n", [400]],
  ["a foreign Host", "GET /clusters HTTP/1.1\r\nHost: evil.example\r\n", [421]],
  ["an absolute URL of another host", `GET http://evil.example/clusters HTTP/1.1\r\n${HOST}`, [
    400,
    421,
  ]],
  [
    "our absolute URL and another Host",
    "GET http://localhost/clusters HTTP/1.1\r\nHost: evil.example\r\n",
    [400, 421],
  ],
  ["no method", `/clusters\r\n${HOST}`, [400]],
  ["NUL in the path", `GET /a\0b HTTP/1.1\r\n${HOST}`, [400]],
  ["a megabyte of headers", `GET /clusters HTTP/1.1\r\n${HOST}X: ${"x".repeat(1e6)}\r\n`, [
    400,
    431,
  ]],
  ["two lengths", `POST ${DOCKER} HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n`, [
    400,
  ]],
  ["a negative Content-Length", `POST ${DOCKER} HTTP/1.1\r\n${HOST}Content-Length: -1\r\n`, [400]],
  ["a POST without a length", `POST ${DOCKER} HTTP/1.1\r\n${HOST}`, [400]],
];

for (const [what, head, statuses] of HEADS) {
  socketTest(`a request with ${what} is rejected`, async ({ talk }) => {
    await using connection = await talk(`${head}\r\n`);
    const { status } = await connection.answer();
    // A connection reset may lose the response.
    const expected = head.length > 100_000 ? [...statuses, 0] : statuses;
    assert.ok(expected.includes(status), String(status));
  });
}

const POST = `POST ${DOCKER} HTTP/1.1\r\n${HOST}`;

socketTest(
  "bytes beyond Content-Length are not read as part of the body",
  async ({ talk }) => {
    await using connection = await talk(
      `${POST}Content-Length: ${LENGTH - 10}\r\n\r\n${BODY}\r\n\r\n`,
    );
    const { status, body } = await connection.answer();
    assert.equal(status, 400);
    assert.match(body, /is not valid JSON/);
    assertAbsent(body, CANARY);
    // The rest is not a request.
    assert.equal((await connection.answer()).status, 400);
    // The rest is not a request.
    assert.ok([0, 400].includes((await connection.answer()).status));
  },
);

const ENDED = /Request body ended before it was complete/;

socketTest(
  "a body shorter than its Content-Length is rejected when the client closes",
  async ({ talk }) => {
    await using connection = await talk(
      `${POST}Content-Length: ${LENGTH + 10}\r\n\r\n${BODY}`,
      true,
    );
    const { status, body } = await connection.answer();
    assert.equal(status, 400);
    assert.match(body, ENDED);
  },
);

socketTest("a client that disconnects within its body writes nothing", async (it) => {
  const connection = await it.talk(`${POST}Content-Length: ${LENGTH + 10}\r\n\r\n${BODY}`);
  await connection[Symbol.asyncDispose]();
});

const chunked = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

socketTest("a chunked body that ends too early is rejected", async ({ talk }) => {
  await using connection = await talk(chunked + chunk(BODY), true);
  const { status, body } = await connection.answer();
  assert.equal(status, 400);
  assert.match(body, ENDED);
});

socketTest("a chunked body over 1 MiB is rejected", async ({ talk }) => {
  await using connection = await talk(
    chunked + chunk(" ".repeat(65536)).repeat(16) + chunk(BODY) + "0\r\n\r\n",
  );
  const { status, body } = await connection.answer();
  assert.equal(status, 413);
  assert.match(body, /larger than 1048576 bytes/);
});

socketTest(
  "a body that declares too large a size is rejected before it is sent",
  async ({ talk }) => {
    await using connection = await talk(`${POST}Content-Length: 1048577\r\n\r\n{`);
    assert.equal((await connection.answer()).status, 413);
  },
);

socketTest(
  "chunked encoding together with Content-Length is rejected or read as chunked",
  async ({ talk }) => {
    await using connection = await talk(
      `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${chunk("[]")}0\r\n\r\n`,
    );
    assert.equal((await connection.answer()).status, 400);
  },
);

socketTest("a chunk with an invalid size is rejected", async ({ talk }) => {
  await using connection = await talk(`${chunked}zz\r\n${BODY}\r\n`);
  assert.ok([0, 400].includes((await connection.answer()).status));
});

socketTest("pipelined requests on one connection are answered in order", async ({ talk }) => {
  const body = "[]";
  await using connection = await talk(
    `GET /clusters HTTP/1.1\r\n${HOST}\r\n` +
      `${POST}Content-Length: ${body.length}\r\n\r\n${body}` +
      `GET /nope HTTP/1.1\r\n${HOST}\r\n` +
      `GET /clusters HTTP/1.1\r\nHost: evil.example\r\n\r\n` +
      `GET /health HTTP/1.1\r\n${HOST}\r\n`,
  );
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await connection.answer()).status);
  assert.deepEqual(statuses, [200, 400, 404, 421, 200]);
});
