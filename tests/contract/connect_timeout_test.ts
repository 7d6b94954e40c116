import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { type ApiStore, apiStore } from "../../src/kube/api/store.ts";
import { deadlineIn } from "../../src/kube/deadline.ts";
import { readYaml } from "../../src/kube/kubeconfig/yaml.ts";
import { seal } from "../../src/log/sealed.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { silentPort } from "../support/silent_port.ts";
import { failure, opaque, words } from "./secrets.ts";

/** Connections of the api transport have their own timeout. */

/** The connect timeout in seconds. */
const LIMIT = 0.3;
/** Additional milliseconds for a busy machine; far less than the deadline. */
const SLACK = 15_000;
/** Seconds. */
const DEADLINE = 60;

const soon = () => deadlineIn(DEADLINE);

const SELECTOR = "a=b";
const REFUSED = `no connection within ${LIMIT} seconds (dial tcp: i/o timeout)`;

interface Place {
  readonly url: string;
  /** The number of accepted connections. */
  readonly connections: number;
  /** Resolves when all clients have disconnected. */
  gone?(): Promise<void>;
  close(): Promise<void>;
}

/** A proxy that sends these texts to each CONNECT, and then nothing. */
function mutedProxy(says: readonly string[]): Place {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const served: Promise<void>[] = [];
  /** Ends when the client has disconnected. */
  async function serve(client: Deno.Conn) {
    await client.read(new Uint8Array(4096));
    for (const text of says) {
      await client.write(new TextEncoder().encode(text));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    while (await client.read(new Uint8Array(4096)) !== null);
  }
  const accepting = (async () => {
    for await (const client of listener) {
      open.push(client);
      served.push(serve(client).catch(() => {}));
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    get connections() {
      return open.length;
    },
    gone: async () => void await Promise.all(served),
    async close() {
      listener.close();
      await accepting;
      for (const client of open) client.close();
      await Promise.all(served);
    },
  };
}

/** A store for a URL; with a proxy, for a host that only the proxy could resolve. */
function storeAt(url: string, proxy?: string, connectSeconds = LIMIT): ApiStore {
  const server = proxy === undefined ? url : `${url}\n      proxy-url: ${proxy}`;
  const content = seal(readYaml(kubeconfigFor(server)));
  return apiStore({ cluster: "c", kubeconfig: { path: "/c", content }, env: {}, connectSeconds });
}

const HIDDEN = { https: "https://cluster.example:6443", http: "http://cluster.example:8080" };

type StoreOf = (place: Place, connectSeconds?: number) => ApiStore;

const TRICKLE = Array.from({ length: 200 }, (_, i) => `X-${i}: 1\r\n`);
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/** Servers that accept connections and never complete them, and a store that uses them. */
const DEAD: [what: string, place: () => Place, store: StoreOf][] = [
  [
    "a port that never speaks TLS",
    silentPort,
    ({ url }, seconds) => storeAt(url, undefined, seconds),
  ],
  [
    "a proxy that never answers a CONNECT",
    () => mutedProxy([]),
    ({ url }, seconds) => storeAt(HIDDEN.https, url, seconds),
  ],
  [
    "a proxy that never answers a CONNECT to a server of plain HTTP",
    () => mutedProxy([]),
    ({ url }, seconds) => storeAt(HIDDEN.http, url, seconds),
  ],
  [
    "a proxy that never ends its answer",
    () => mutedProxy(["HTTP/1.1 200 OK\r\n", ...TRICKLE]),
    ({ url }, seconds) => storeAt(HIDDEN.https, url, seconds),
  ],
  [
    "a proxy behind which nobody speaks TLS",
    () => mutedProxy([ESTABLISHED]),
    ({ url }, seconds) => storeAt(HIDDEN.https, url, seconds),
  ],
];

async function timed<T>(call: () => Promise<T>): Promise<{ answer: T; took: number }> {
  const began = performance.now();
  return { answer: await call(), took: performance.now() - began };
}

function assertInTime(took: number) {
  assert.ok(took >= LIMIT * 900 && took < SLACK, `it took ${took} ms`);
}

for (const [what, open, storeOf] of DEAD) {
  Deno.test(`api: ${what} is unreachable long before the deadline, after one attempt`, async () => {
    const place = open();
    const store = storeOf(place);
    try {
      const { answer, took } = await timed(() =>
        failure("unreachable", store.list({ selector: SELECTOR }, soon()))
      );
      assert.ok(answer.message.endsWith(`of cluster 'c': ${REFUSED}`), answer.message);
      assertInTime(took);
      assert.equal(place.connections, 1);
      await place.gone?.(); // without a call of close
    } finally {
      store.close();
      await place.close();
    }
  });

  Deno.test(`api: writes to ${what} are rejected, since nothing was sent`, async () => {
    const place = open();
    const store = storeOf(place);
    try {
      const secrets = ["a", "b"].map((namespace) => opaque(namespace, "x", "value"));
      const { answer, took } = await timed(() => store.create(secrets, soon()));
      assert.deepEqual(words(answer), ["rejected unreachable", "rejected unreachable"]);
      assertInTime(took);
    } finally {
      store.close();
      await place.close();
    }
  });

  Deno.test(`api: a hundred secrets of ${what} cost one timeout, and so do concurrent requests`, async () => {
    const place = open();
    const store = storeOf(place, 1);
    try {
      const refs = Array.from({ length: 100 }, (_, i) => ({ namespace: "a", name: `x${i}` }));
      const all = () =>
        Promise.all([1, 2, 3].map(() => failure("unreachable", store.read(refs, soon()))));
      // One after the other they would take seven seconds or more.
      const { took } = await timed(all);
      assert.ok(took < 6000, `it took ${took} ms`);
    } finally {
      store.close();
      await place.close();
    }
  });

  Deno.test(`api: an earlier deadline ends the wait for ${what}`, async () => {
    const place = open();
    const store = storeOf(place, DEADLINE);
    try {
      const listed = () =>
        failure("timeout", store.list({ selector: SELECTOR }, deadlineIn(LIMIT)));
      assertInTime((await timed(listed)).took);
    } finally {
      store.close();
      await place.close();
    }
  });
}

/** A TLS server that delays each response. */
function slowServer(milliseconds: number) {
  const pair = makeAuthority("ours").issue({ commonName: "c", for: "server", hosts: ["c"] });
  const address = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(
    { ...address, cert: pair.certificate, key: pair.key },
    async () => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return Response.json({ kind: "Status", status: "Failure", code: 404 }, { status: 404 });
    },
  );
  return { url: `https://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

Deno.test("api: a response may take longer than the connect timeout, and so may the wait for a free connection", async () => {
  const server = slowServer(600);
  const limit = 2.5;
  const store = storeAt(server.url, undefined, limit);
  try {
    await store.read([{ namespace: "a", name: "x" }], soon());
    const refs = Array.from({ length: 60 }, (_, i) => ({ namespace: "a", name: `x${i}` }));
    const { answer, took } = await timed(() =>
      Promise.all([1, 2].map(() => store.read(refs, soon())))
    );
    assert.ok(took > limit * 1000, "no request waited longer than the limit");
    assert.deepEqual(answer.map(({ secrets }) => secrets.size), [0, 0]);
  } finally {
    store.close();
    await server.close();
  }
});
