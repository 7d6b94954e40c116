import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { type HttpRequest, serveHttp } from "./http.ts";

async function exchange(text: string, answers: number): Promise<{ seen: string[]; got: string }> {
  const seen: string[] = [];
  const server = serveHttp({
    maxBodyBytes: 10,
    handle({ method, target, body }: HttpRequest) {
      const text = body ? new TextDecoder().decode(body) : "too long";
      seen.push(`${method} ${target} ${text}`);
      return Promise.resolve({ code: 200, headers: {}, body: `ü${seen.length}` });
    },
  });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  let got = "";
  try {
    await connection.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(4096);
    while (got.split("HTTP/1.1 200").length <= answers || !got.endsWith(`ü${answers}`)) {
      const length = await connection.read(buffer);
      if (length === null) break;
      got += new TextDecoder().decode(buffer.subarray(0, length));
    }
  } finally {
    connection.close();
    await server.close();
  }
  return { seen, got };
}

Deno.test("one connection serves many requests, with bodies of either framing", async () => {
  const { seen, got } = await exchange(
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
      "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x=y\r\nf\r\n0\r\nT: x\r\n\r\n" +
      "POST /c HTTP/1.1\r\ncontent-length: 11\r\n\r\n01234567890" +
      "GET /d?e=f HTTP/1.1\r\n\r\n",
    4,
  );
  deepStrictEqual(seen, ["POST /a abc", "POST /b def", "POST /c too long", "GET /d?e=f "]);
  match(got, /^HTTP\/1\.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nü1HTTP/);
});

Deno.test("Expect: 100-continue and Connection: close are honored", async () => {
  const { seen, got } = await exchange(
    "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
    2,
  );
  deepStrictEqual(seen, ["POST /a x"]);
  match(got, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*Connection: close/s);
});

Deno.test("a connection that is not HTTP/1.1 is closed without an answer", async () => {
  const { seen, got } = await exchange("\x16\x03\x01 hello\r\n\r\n", 1);
  deepStrictEqual(seen, []);
  strictEqual(got, "");
});
