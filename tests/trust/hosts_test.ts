import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { exchange } from "./raw_http.ts";
import { type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Requests to another host name, or from a page of another site. */

const OURS = "Host: localhost\r\n";
const FOREIGN = "Host: evil.example\r\n";

const HOSTS: readonly (readonly [what: string, target: string, hosts: string])[] = [
  ["no Host", "", ""],
  ["an empty Host", "", "Host:\r\n"],
  ["a foreign Host", "", FOREIGN],
  ["a foreign Host with our port", "", "Host: evil.example:8091\r\n"],
  ["a Host that begins like ours", "", "Host: localhost.evil.example\r\n"],
  ["two Hosts, ours first", "", OURS + FOREIGN],
  ["two Hosts, ours last", "", FOREIGN + OURS],
  ["our Host twice", "", OURS + OURS],
  ["two names in one Host", "", "Host: localhost, evil.example\r\n"],
  ["the URL of another host", "http://evil.example", OURS],
  ["our URL and a foreign Host", "http://localhost", FOREIGN],
  ["the URL of another host with its Host", "http://evil.example", FOREIGN],
];

interface Write {
  readonly path: string;
  readonly name: string;
  readonly body: string;
}

/** A write of each kind, which only its head prevents. */
function writes({ password }: World, namespace: string): Write[] {
  const usual = { cluster_name: "c", username: "user", password, upsert: true };
  const [pull, repository] = [uniqueName("pull"), uniqueName("repo")];
  const url = `https://${repository}.example.com/x`;
  return [
    {
      path: "/secrets/add_docker",
      name: pull,
      body: JSON.stringify({ ...usual, name: pull, namespaces: namespace }),
    },
    {
      path: "/secrets/add_helm_repo",
      name: repository,
      body: JSON.stringify({ ...usual, name: repository, repository_url: url }),
    },
  ];
}

async function post(
  { url }: Running,
  target: string,
  headers: string,
  body: string,
  watch: World["watch"],
): Promise<number> {
  const length = new TextEncoder().encode(body).length;
  const head = `POST ${target} HTTP/1.1\r\n${headers}Content-Length: ${length}\r\n\r\n`;
  const { status, text } = await exchange(url, head + body);
  watch.said(text, `the answer of POST ${target}`);
  return status;
}

/** The response to HEAD has a length without a body, so the server has to close the connection. */
async function statusOfHead({ url }: Running, head: string): Promise<number> {
  const closing = head.replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n");
  const { text } = await exchange(url, closing);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

async function assertNothingDone(world: World, written: readonly Write[]): Promise<void> {
  for (const { name } of written) {
    const path = `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`;
    assert.deepEqual((await world.request("GET", path)).body.items, [], name);
  }
  assert.deepEqual(world.kubectlStarts(), []);
}

/** Without the rejections above, these writes would have been carried out. */
async function assertWouldWrite(running: Running, world: World, all: readonly Write[]) {
  for (const { path, body, name } of all) {
    const json = "Content-Type: application/json\r\n";
    const status = await post(running, path, OURS + json, body, world.watch);
    assert.equal(status, 200, path);
    assert.ok(await world.find(world.argocd, name), name);
  }
}

trustTest(
  "a missing, foreign or duplicate Host, or the URL of another host: 400 or 421",
  async (world) => {
    const running = await world.start();
    const all = writes(world, await world.namespace());
    for (const [what, target, hosts] of HOSTS) {
      const read = `GET ${target}/secrets?cluster=c HTTP/1.1\r\n${hosts}\r\n`;
      const { status, text } = await exchange(running.url, read);
      world.watch.said(text, what);
      assert.ok([400, 421].includes(status), `${what}: ${text}`);
      const head = await statusOfHead(running, read.replace("GET", "HEAD"));
      assert.ok([400, 421].includes(head), `HEAD, ${what}: ${head}`);
      for (const { path, body } of all) {
        const type = "Content-Type: application/json\r\n";
        const answered = await post(running, target + path, hosts + type, body, world.watch);
        assert.ok([400, 421].includes(answered), `${what}: ${answered}`);
      }
    }
    await assertNothingDone(world, all);
    await assertWouldWrite(running, world, all);
  },
);

const JSON_TYPE = "application/json";
const LOCAL_PAGE = "Origin: http://localhost:3000\r\n";

/** Heads of a page's POST, each with the status of its rejection. */
const PAGES: readonly (readonly [status: number, type: string, headers: string])[] = [
  [403, JSON_TYPE, "Origin: https://evil.example\r\n"],
  [403, JSON_TYPE, "Origin: null\r\n"],
  [403, JSON_TYPE, "Origin:\r\n"],
  [403, JSON_TYPE, "Origin: http://localhost.evil.example\r\n"],
  [403, JSON_TYPE, "Origin: http://evil.example:8091\r\n"],
  [403, "text/plain", "Origin: https://evil.example\r\n"],
  [403, JSON_TYPE, "Sec-Fetch-Site: cross-site\r\n"],
  [403, "text/plain", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"],
  [415, "text/plain", LOCAL_PAGE],
  [415, "text/plain;charset=UTF-8", LOCAL_PAGE],
  [415, "text/plain; application/json", LOCAL_PAGE],
  [415, "application/x-www-form-urlencoded", LOCAL_PAGE],
  [415, "multipart/form-data; boundary=x", LOCAL_PAGE],
  [415, "", LOCAL_PAGE],
];

trustTest(
  "a POST with a foreign Origin, or with text/plain from a page: 403 or 415, and nothing is written",
  async (world) => {
    const running = await world.start();
    const all = writes(world, await world.namespace());
    for (const [status, type, headers] of PAGES) {
      for (const { path, body } of all) {
        const head = `${OURS}${headers}${type === "" ? "" : `Content-Type: ${type}\r\n`}`;
        assert.equal(await post(running, path, head, body, world.watch), status, head);
      }
    }
    const refused = await running.ask("GET", "/audit");
    const { entries } = refused.body as { entries: { phase: string; reason: string }[] };
    assert.deepEqual(new Set(entries.map(({ phase }) => phase)), new Set(["started", "refused"]));
    await assertNothingDone(world, all);
    await assertWouldWrite(running, world, all);
  },
);

trustTest("a GET or HEAD with a foreign Origin: 403, and no process is started", async (world) => {
  const running = await world.start();
  const foreign = PAGES.filter(([status]) => status === 403).map(([, , headers]) => headers);
  for (const headers of foreign) {
    for (const target of ["/secrets?cluster=c", "/secrets/a?cluster=c&namespace=b", "/clusters"]) {
      const read = `GET ${target} HTTP/1.1\r\n${OURS}${headers}\r\n`;
      const { status, text } = await exchange(running.url, read);
      world.watch.said(text, headers);
      assert.equal(status, 403, `${target}, ${headers}`);
      assert.equal(await statusOfHead(running, read.replace("GET", "HEAD")), 403, headers);
    }
  }
  assert.deepEqual(world.kubectlStarts(), []);
  const { status } = await exchange(
    running.url,
    `GET /secrets?cluster=c HTTP/1.1\r\n${OURS}${LOCAL_PAGE}\r\n`,
  );
  assert.equal(status, 200);
});
