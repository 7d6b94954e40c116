import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { connectTo, type RawAnswer } from "./raw_http.ts";
import { type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Bodies that are too large, have a false length, or are not a JSON object of known fields. */

const MIB = 1024 * 1024;

interface Sent {
  /** The head after the request line, Host and content type. */
  readonly head: string;
  readonly body: string;
  /** Whether the client sends nothing more. */
  readonly ends?: true;
  readonly status: number;
  /** Whether the connection may be closed before the response is read, since much of the body is unread. */
  readonly mayClose?: true;
}

const bytes = (text: string) => new TextEncoder().encode(text).length;
const sized = (body: string, length: number) => body + " ".repeat(length - bytes(body));
const chunk = (text: string) => `${bytes(text).toString(16)}\r\n${text}\r\n`;
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const ofLength = (length: number) => `Content-Length: ${length}\r\n`;
const whole = (body: string, status: number): Sent => ({
  head: ofLength(bytes(body)),
  body,
  status,
});

/** @param valid a body that would be accepted */
function bad(valid: string, password: string): Record<string, Sent> {
  const begunWith = (fields: string) => whole(valid.replace("{", `{${fields},`), 400);
  const pieces = chunk(sized(valid, 65536)) + chunk(" ".repeat(65536)).repeat(15);
  const tooLarge = { status: 413, mayClose: true } as const;
  return {
    "1 MiB and a byte": { head: ofLength(MIB + 1), body: sized(valid, MIB + 1), ...tooLarge },
    "1 MiB and a byte, only announced": { head: ofLength(MIB + 1), body: "", status: 413 },
    "1 MiB and a byte in pieces without a length": {
      head: CHUNKED,
      body: `${pieces}${chunk(" ")}0\r\n\r\n`,
      ...tooLarge,
    },
    "no end in pieces": { head: CHUNKED, body: pieces + chunk(" "), ...tooLarge },
    "pieces that end too early": { head: CHUNKED, body: chunk(valid), ends: true, status: 400 },
    "a length that is too short": { head: ofLength(bytes(valid) - 10), body: valid, status: 400 },
    "a length that is too long": {
      head: ofLength(bytes(valid) + 10),
      body: valid,
      ends: true,
      status: 400,
    },
    "two lengths": { head: ofLength(1) + ofLength(bytes(valid)), body: valid, status: 400 },
    "a negative length": { head: ofLength(-1), body: valid, status: 400 },
    "neither length nor pieces": { head: "", body: valid, ends: true, status: 400 },
    "bad JSON with the password in it": whole(`{"password": "${password}", x}`, 400),
    "bad JSON that is the password": whole(password, 400),
    "a password that does not end": whole(`{"password": "${password}`, 400),
    "a form": whole(`password=${password}&username=user`, 400),
    "two objects": whole(valid + valid, 400),
    "__proto__": begunWith(`"__proto__": {"upsert": true, "x": "${password}"}`),
    "constructor": begunWith(`"constructor": {"prototype": {"x": "${password}"}}`),
    "a field twice": begunWith('"username": "x"'),
    "a password twice": begunWith(`"password": "${password}"`),
    "a field twice by an escape": begunWith('"user\\u006eame": "x"'),
    "the password as a field": begunWith(`"${password}": true`),
    "the password where a boolean belongs": begunWith(`"force": "${password}"`),
    "the password as an object": whole(
      valid.replace(JSON.stringify(password), `{"value": "${password}"}`),
      400,
    ),
    "a hundred thousand arrays": begunWith(`"x": ${"[".repeat(100_000)}`),
  };
}

async function send({ url }: Running, path: string, sent: Sent): Promise<RawAnswer> {
  using connection = await connectTo(url);
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  await connection.send(`${head}${sent.head}\r\n${sent.body}`);
  if (sent.ends) await connection.end();
  return await connection.answer();
}

trustTest(
  "a body of 1 MiB and a byte, in pieces without a length, with a lying length, bad JSON holding the password, __proto__, or a field twice: 413 or 400, and not echoed",
  async (world) => {
    const running = await world.start();
    const usual = { cluster_name: "c", username: "user", password: world.password };
    const [pull, repository] = [uniqueName("pull"), uniqueName("repo")];
    const url = `https://${repository}.example.com/x`;
    const bodies = [
      ["/secrets/add_docker", { ...usual, name: pull, namespaces: await world.namespace() }],
      ["/secrets/add_helm_repo", { ...usual, name: repository, repository_url: url }],
    ] as const;
    for (const [path, valid] of bodies) {
      for (const [what, sent] of Object.entries(bad(JSON.stringify(valid), world.password))) {
        const { status, text } = await send(running, path, sent);
        world.watch.said(text, `the answer to ${what}`);
        const expected = sent.mayClose ? [sent.status, 0] : [sent.status];
        assert.ok(expected.includes(status), `${path}, ${what}: ${status} ${text}`);
      }
    }
    await assertNothingDone(world, running, [pull, repository]);
    for (const [path, valid] of bodies) {
      const body = sized(JSON.stringify(valid), MIB);
      assert.equal((await send(running, path, whole(body, 200))).status, 200, path);
    }
  },
);

async function assertNothingDone(
  { request, kubectlStarts }: World,
  running: Running,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const path = `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`;
    assert.deepEqual((await request("GET", path)).body.items, []);
  }
  assert.deepEqual(kubectlStarts(), []);
  const { body } = await running.ask("GET", "/audit");
  assert.deepEqual(body.entries.map(({ phase }: { phase: string }) => phase), ["started"]);
}
