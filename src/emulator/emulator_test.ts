import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { type Emulator, type EmulatorOptions, startEmulator } from "./emulator.ts";

async function withEmulator(
  options: EmulatorOptions,
  use: (emulator: Emulator, client: Deno.HttpClient) => Promise<void>,
): Promise<void> {
  const emulator = startEmulator(options);
  const client = Deno.createHttpClient({});
  try {
    await use(emulator, client);
  } finally {
    client.close();
    await emulator.stop();
  }
}

async function ask(
  emulator: Emulator,
  client: Deno.HttpClient,
  method: string,
  path: string,
  body?: unknown,
  headers: HeadersInit = {},
) {
  const response = await fetch(emulator.url + path, {
    method,
    client,
    headers,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get("content-type");
  const text = await response.text();
  const json = type === "application/json" ? JSON.parse(text) : undefined;
  return { code: response.status, headers: response.headers, text, json };
}

async function refuses({ url }: Emulator): Promise<void> {
  const { hostname, port } = new URL(url);
  await rejects(
    Deno.connect({ hostname, port: Number(port) }),
    Deno.errors.ConnectionRefused,
  );
}

const SECRETS = "/api/v1/namespaces/default/secrets";

Deno.test("an emulator answers immediately, also discovery, health and unknown paths", async () => {
  await withEmulator({}, async (emulator, client) => {
    const get = (path: string) => ask(emulator, client, "GET", path);
    strictEqual((await get("/version?timeout=5s")).json.gitVersion, "v1.35.4");
    deepStrictEqual((await get("/api")).json.versions, ["v1"]);
    const { groups } = (await get("/apis")).json as { groups: { name: string }[] };
    strictEqual(groups.map(({ name }) => name).join(), "apps,authorization.k8s.io");
    const { resources } = (await get("/api/v1")).json as { resources: { name: string }[] };
    const served = resources.map(({ name }) => name);
    strictEqual(served.join(), "namespaces,secrets,serviceaccounts");
    for (const path of ["/healthz", "/livez", "/readyz"]) strictEqual((await get(path)).text, "ok");
    const missing = await get("/nope");
    deepStrictEqual([missing.code, missing.text], [404, "404 page not found\n"]);
    const unknown = await get("/api/v1/foos");
    strictEqual(unknown.json.message, "the server could not find the requested resource");
  });
});

Deno.test("each error over HTTP is a Status with its code", async () => {
  const secret = (name: string, more: object = {}) => ({ metadata: { name }, ...more });
  const rows: [string, string, unknown, number, string | undefined, RegExp][] = [
    ["GET", `${SECRETS}/no`, undefined, 404, "NotFound", /^secrets "no" not found$/],
    ["GET", "/api/v1/namespaces/no", undefined, 404, "NotFound", /^namespaces "no" not found$/],
    ["GET", `${SECRETS}?labelSelector=a%20b`, undefined, 400, "BadRequest", /^unable to parse/],
    ["GET", `${SECRETS}?limit=x`, undefined, 400, "BadRequest", /^strconv.ParseInt: parsing "x"/],
    ["GET", `${SECRETS}?watch=1`, undefined, 405, "MethodNotAllowed", /^watch is not supported/],
    ["POST", SECRETS, "{nope", 400, "BadRequest", /looking for beginning of object key string/],
    ["POST", SECRETS, "[]", 400, "BadRequest", /cannot unmarshal array into Go value/],
    ["POST", SECRETS, secret("a", { data: { a: "*" } }), 400, "BadRequest", /illegal base64 data/],
    ["POST", SECRETS, secret("a", { data: { a: 5 } }), 400, "BadRequest", /Secret.data of type/],
    ["POST", SECRETS, { kind: "Foo" }, 400, "BadRequest", /^Foo in version "v1" cannot be handled/],
    [
      "POST",
      `${SECRETS}?fieldValidation=Strict`,
      { foo: 1 },
      400,
      "BadRequest",
      /unknown field "foo"/,
    ],
    ["POST", `${SECRETS}?dryRun=Some`, secret("a"), 422, "Invalid", /dryRun: Unsupported value/],
    ["POST", `${SECRETS}/a`, secret("a"), 405, "MethodNotAllowed", /does not allow this method/],
    ["POST", "/api/v1/namespaces", secret("a.b"), 422, "Invalid", /must not contain dots/],
    ["PUT", `${SECRETS}/a`, secret("b"), 400, "BadRequest", /does not match the name on the URL/],
    ["DELETE", `${SECRETS}/a`, "{", 400, "BadRequest", /^couldn't get version\/kind/],
    ["DELETE", `${SECRETS}/a`, { propagationPolicy: "x" }, 422, "Invalid", /propagationPolicy/],
    ["POST", SECRETS, "x".repeat(3 * 1024 * 1024 + 1), 413, "RequestEntityTooLarge", /limit is/],
  ];
  await withEmulator({}, async (emulator, client) => {
    for (const [method, path, body, code, reason, message] of rows) {
      const headers: HeadersInit = body === undefined ? {} : { "content-type": "application/json" };
      const answer = await ask(emulator, client, method, path, body, headers);
      deepStrictEqual([answer.code, answer.json.code, answer.json.reason], [code, code, reason]);
      match(answer.json.message, message);
      strictEqual(answer.json.kind, "Status");
    }
    deepStrictEqual(emulator.cluster.secrets(), []);
  });
});

Deno.test("an unknown field is dropped with a warning", async () => {
  await withEmulator({}, async (emulator, client) => {
    const body = { metadata: { name: "a", foo: 1 }, bar: 1 };
    const { code, headers } = await ask(emulator, client, "POST", SECRETS, body, {
      "content-type": "application/json",
    });
    strictEqual(code, 201);
    strictEqual(
      headers.get("warning"),
      '299 - "unknown field \\"metadata.foo\\"", 299 - "unknown field \\"bar\\""',
    );
  });
});

Deno.test("a patch is merged into the object", async () => {
  await withEmulator({}, async (emulator, client) => {
    emulator.cluster.put({ metadata: { name: "a", namespace: "default", labels: { a: "1" } } });
    const patch = (type: string, body: unknown) =>
      ask(emulator, client, "PATCH", `${SECRETS}/a`, body, { "content-type": type });
    const merge = "application/merge-patch+json";
    const strategic = "application/strategic-merge-patch+json";
    await patch(merge, { metadata: { labels: { a: null, b: "2" }, finalizers: ["a/b"] } });
    await patch(strategic, { metadata: { finalizers: ["c/d"] }, stringData: { x: "y" } });
    const { metadata, data } = emulator.cluster.secret("default", "a") ?? {};
    deepStrictEqual([metadata?.labels, metadata?.finalizers], [{ b: "2" }, ["c/d", "a/b"]]);
    deepStrictEqual(data, { x: "eQ==" });
    const stale = await patch(merge, { metadata: { resourceVersion: "1" } });
    strictEqual(stale.json.reason, "Conflict");
    strictEqual((await patch("application/json", {})).code, 415);
  });
});

Deno.test("with a token set, any other token or none is unauthorized", async () => {
  await withEmulator({ token: "right" }, async (emulator, client) => {
    for (const authorization of ["", "Bearer wrong", "Basic right"]) {
      const answer = await ask(emulator, client, "GET", SECRETS, undefined, { authorization });
      deepStrictEqual([answer.code, answer.json.message, answer.json.reason], [
        401,
        "Unauthorized",
        "Unauthorized",
      ]);
    }
    const headers = { authorization: "bearer right" };
    strictEqual((await ask(emulator, client, "GET", SECRETS, undefined, headers)).code, 200);
    match(emulator.kubeconfig(), /token: "right"/);
  });
});

Deno.test("a status fault is sent instead of the answer, with its Retry-After", async () => {
  const fault = { kind: "status", code: 429, reason: "TooManyRequests", retryAfter: 3 } as const;
  await withEmulator({ fault: () => fault }, async (emulator, client) => {
    const answer = await ask(emulator, client, "DELETE", `${SECRETS}/a`);
    deepStrictEqual([answer.code, answer.headers.get("retry-after")], [429, "3"]);
    deepStrictEqual(answer.json.details, { name: "a", kind: "secrets", retryAfterSeconds: 3 });
    emulator.fault = () => ({ kind: "status", code: 403, reason: "Forbidden" });
    strictEqual(
      (await ask(emulator, client, "POST", SECRETS)).json.message,
      'secrets is forbidden: User "emulated" cannot create resource "secrets" in API group "" in the namespace "default"',
    );
    emulator.fault = () => ({ kind: "status", code: 503, reason: "X", message: "mine" });
    strictEqual((await ask(emulator, client, "GET", "/version")).json.message, "mine");
  });
});

Deno.test("a fault gets the request, its body and its number", async () => {
  const asked: unknown[] = [];
  const options: EmulatorOptions = {
    fault({ method, path, query, count, body }) {
      asked.push([method, path, query.get("dryRun"), count, body]);
      return undefined;
    },
  };
  await withEmulator(options, async (emulator, client) => {
    await ask(emulator, client, "GET", "/version");
    await ask(emulator, client, "POST", `${SECRETS}?dryRun=All`, { metadata: {} });
    deepStrictEqual(asked, [
      ["GET", "/version", null, 1, undefined],
      ["POST", SECRETS, "All", 2, { metadata: {} }],
    ]);
    deepStrictEqual(emulator.requests, ["GET /version", `POST ${SECRETS}?dryRun=All`]);
  });
});

Deno.test("a cut sends no answer, before or after the request is carried out", async () => {
  await withEmulator({}, async (emulator, client) => {
    const headers = { "content-type": "application/json" };
    for (const after of [false, true]) {
      emulator.fault = () => ({ kind: "cut", after });
      const body = { metadata: { name: `after-${after}` } };
      await rejects(ask(emulator, client, "POST", SECRETS, body, headers), TypeError);
    }
    const names = emulator.cluster.secrets().map(({ metadata }) => metadata.name);
    deepStrictEqual(names, ["after-true"]);
  });
});

Deno.test("a hang sends no answer until the client disconnects or the emulator stops", async () => {
  await withEmulator({ fault: () => ({ kind: "hang" }) }, async (emulator, client) => {
    const signal = AbortSignal.timeout(50);
    await rejects(fetch(`${emulator.url}/version`, { client, signal }), { name: "TimeoutError" });
    const held = fetch(`${emulator.url}/version`, { client });
    const [ended] = await Promise.allSettled([
      held,
      new Promise((resolve) => setTimeout(resolve, 50)).then(() => emulator.stop()),
    ]);
    strictEqual(ended?.status, "rejected");
  });
});

Deno.test("a delay continues as usual, and is cancelled when the emulator stops", async () => {
  await withEmulator({}, async (emulator, client) => {
    emulator.fault = () => ({ kind: "delay", milliseconds: 30 });
    const started = performance.now();
    strictEqual((await ask(emulator, client, "GET", "/version")).code, 200);
    ok(performance.now() - started >= 25);
    emulator.fault = () => ({ kind: "delay", milliseconds: 60_000 });
    const held = ask(emulator, client, "GET", "/version");
    await Promise.allSettled([
      held,
      new Promise((resolve) => setTimeout(resolve, 20)).then(() => emulator.stop()),
    ]);
  });
});

Deno.test("a paused emulator refuses connections, and has its objects when it is resumed", async () => {
  await withEmulator({}, async (emulator, client) => {
    const headers = { "content-type": "application/json" };
    const create = (name: string) =>
      ask(emulator, client, "POST", SECRETS, { metadata: { name } }, headers);
    strictEqual((await create("before")).code, 201);
    const reached = Promise.withResolvers<void>();
    emulator.fault = () => {
      reached.resolve();
      return { kind: "delay", milliseconds: 30 };
    };
    const [held] = await Promise.allSettled([
      create("meanwhile"),
      reached.promise.then(() => emulator.pause()),
    ]);
    strictEqual(held.status, "rejected");
    await refuses(emulator);
    await emulator.pause();
    await new Promise((resolve) => setTimeout(resolve, 30));
    emulator.fault = undefined;
    emulator.resume();
    emulator.resume();
    const { json } = await ask(emulator, client, "GET", SECRETS);
    const names = json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    deepStrictEqual(names, ["before", "meanwhile"]);
    await emulator.pause();
  });
});

/** How many files, sockets among them, this process has open (Linux). */
function openFiles(): number {
  return Deno.build.os === "linux" ? [...Deno.readDirSync("/proc/self/fd")].length : 0;
}

Deno.test("two hundred emulators run side by side and leave nothing open", async () => {
  const before = openFiles();
  const emulators = Array.from({ length: 200 }, () => startEmulator());
  const client = Deno.createHttpClient({});
  try {
    await Promise.all(emulators.map(async (emulator, index) => {
      emulator.cluster.put({ metadata: { name: `s${index}`, namespace: "default" } });
      const { json } = await ask(emulator, client, "GET", SECRETS);
      deepStrictEqual(json.items.length, 1);
      strictEqual(json.items[0].metadata.name, `s${index}`);
    }));
  } finally {
    client.close();
    await Promise.all(emulators.map((emulator) => emulator.stop()));
  }
  // Other tests of this process have open files; one leaked file per emulator would be more.
  const most = before + emulators.length / 2;
  for (let left = 40; left > 0 && openFiles() > most; left--) { // the client closes its sockets later
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  ok(openFiles() <= most, `${openFiles()} open files, ${before} before`);
  await Promise.all(emulators.map(refuses));
});

Deno.test("only metadata is sent when only metadata is requested", async () => {
  await withEmulator({}, async (emulator, client) => {
    const metadata = { name: "a", namespace: "default" };
    emulator.cluster.put({ metadata, stringData: { password: "hidden" } });
    const as = (kind: string) => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` });
    const table = `${SECRETS}?includeObject=Metadata`;
    const rows: [string, string, string][] = [
      [SECRETS, "PartialObjectMetadataList", "items"],
      [`${SECRETS}/a`, "PartialObjectMetadata", "metadata"],
      [table, "Table", "rows"],
      [`${SECRETS}?includeObject=None`, "Table", "rows"],
    ];
    for (const [path, kind, field] of rows) {
      const { json, text } = await ask(emulator, client, "GET", path, undefined, as(kind));
      deepStrictEqual([json.kind, field in json], [kind, true]);
      ok(!text.includes(btoa("hidden")), kind);
    }
    const refused = await ask(emulator, client, "GET", SECRETS, undefined, as("Chair"));
    deepStrictEqual([refused.code, refused.json.reason], [406, "NotAcceptable"]);
  });
});

Deno.test("options in the body of a delete replace those of the query", async () => {
  await withEmulator({}, async (emulator, client) => {
    emulator.cluster.put({ metadata: { name: "a", namespace: "default" } });
    const remove = (body?: unknown) =>
      ask(emulator, client, "DELETE", `${SECRETS}/a?dryRun=All`, body, {
        "content-type": "application/json",
      });
    await remove();
    strictEqual(emulator.cluster.secrets().length, 1);
    await remove({});
    strictEqual(emulator.cluster.secrets().length, 0);
  });
});
