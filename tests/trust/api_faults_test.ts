import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { CLOSED_PORT_URL, kubeconfigFor } from "../support/kubeconfig.ts";
import { kubeconfig } from "../cli/support.ts";
import type { Asked, Fault, FaultyFront } from "./faulty_front.ts";
import { type Answered, type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** API servers with passing and lasting failures. */

/** Seconds for the commands of a request, and as many again for the rollback. */
const DEADLINE = 5;
/** Seconds for a successful retry: far more than it takes. */
const PATIENCE = 60;
/** Additional milliseconds for a busy machine. */
const SLACK = 15_000;

const GIGABYTE = 1024 ** 3;

interface Passing {
  readonly what: string;
  readonly fault: Fault;
  /** The number of requests that fail. */
  readonly times: number;
}

const AGAIN = { retryAfter: 1 };

/** Faults without a lasting effect. */
const PASSING: readonly Passing[] = [
  { what: "429 twice", fault: { kind: "status", code: 429, ...AGAIN }, times: 2 },
  { what: "500 once", fault: { kind: "status", code: 500 }, times: 1 },
  { what: "cut before", fault: { kind: "cut", moment: "before" }, times: 1 },
  { what: "cut in the middle", fault: { kind: "cut", moment: "half" }, times: 1 },
  { what: "cut after", fault: { kind: "cut", moment: "after" }, times: 1 },
];

interface Lasting {
  readonly what: string;
  /** @default connections are refused */
  readonly fault?: Fault;
}

/** Faults after which only a response in time is expected. */
const LASTING: readonly Lasting[] = [
  { what: "refuses connections" },
  { what: "hangs", fault: { kind: "hang" } },
  { what: "is always too busy", fault: { kind: "status", code: 429, ...AGAIN } },
  { what: "always says 500", fault: { kind: "status", code: 500 } },
  { what: "always cuts before", fault: { kind: "cut", moment: "before" } },
  { what: "always cuts in the middle", fault: { kind: "cut", moment: "half" } },
  { what: "sends 1 GB", fault: { kind: "flood", bytes: GIGABYTE } },
];

/** Requests for secrets with this method; discovery and namespaces are unaffected. */
const isAbout = ({ method, path }: Asked, wanted: string) =>
  method === wanted && /\/secrets([/?]|$)/.test(path);

function failing(front: FaultyFront, method: string, fault: Fault, times = Infinity): void {
  let left = times;
  front.fault = (asked) => isAbout(asked, method) && left-- > 0 ? fault : undefined;
}

trustTest(
  "an API server that refuses, hangs, answers 429 twice, 500 once, cuts the connection in the middle, or answers 1 GB: success after a retry, or 502, 503 or 504 within the deadline",
  async (world) => {
    const patient = await world.start({ settings: { kubectl_timeout: PATIENCE } });
    for (const passing of PASSING) await succeedsAfter(passing, world, patient);
    const running = await world.start({ settings: { kubectl_timeout: DEADLINE } });
    await Promise.all(LASTING.map((lasting) => failsInTime(lasting, world, { running, patient })));
    const health = await running.ask("GET", "/health");
    assert.equal(health.status, 200);
  },
);

async function succeedsAfter({ what, fault, times }: Passing, world: World, running: Running) {
  await using front = await world.front();
  // A server of its own, with its own circuit breaker.
  const cluster = uniqueName("passing");
  await world.addCluster(cluster, kubeconfig(front.url));
  const namespace = await world.namespace();
  const docker = { cluster_name: cluster, name: uniqueName("pull"), namespaces: namespace };
  for (const method of ["GET", "POST", "PUT"]) {
    failing(front, method, fault, times);
    const written = await running.addDocker({ ...docker, username: method, upsert: true });
    assert.equal(written.status, 200, `${what}, ${method}: ${written.text}`);
    for (const where of [namespace, world.argocd]) {
      const stored = await world.find(where, docker.name);
      assert.ok(atob(stored!.data![".dockerconfigjson"]!).includes(`"username":"${method}"`));
    }
  }
  failing(front, "GET", fault, times);
  const listed = await running.ask("GET", `/secrets?cluster=${cluster}`);
  assert.equal(listed.status, 200, `${what}: ${listed.text}`);
  const names = listed.body.docker_creds_secrets.map(({ name }: { name: string }) => name);
  assert.ok(names.includes(docker.name), what);
}

async function failsInTime(
  { what, fault }: Lasting,
  world: World,
  { running, patient }: Readonly<Record<"running" | "patient", Running>>,
) {
  const namespace = await world.namespace();
  const kinds: [kind: string, method: string, ask: (cluster: string) => Promise<Answered>][] = [
    ["list", "GET", (cluster) => running.ask("GET", `/secrets?cluster=${cluster}`)],
    ["read", "GET", (cluster) => write(cluster)],
    ["create", "POST", (cluster) => write(cluster, writesAll ? patient : running)],
  ];
  const name = uniqueName("pull");
  // A write that was carried out before the cut is found by reading, and reported: with time enough it succeeds.
  const writesAll = fault?.kind === "cut" && fault.moment === "half";
  const write = (cluster_name: string, by = running) =>
    by.addDocker({ cluster_name, name, namespaces: namespace });
  for (const [kind, method, ask] of kinds) {
    // Each kind has a server of its own, with its own circuit breaker.
    await using front = await world.front();
    const cluster = uniqueName(kind);
    const url = fault === undefined ? undefined : front.url;
    const file = url === undefined ? kubeconfigFor(CLOSED_PORT_URL) : kubeconfig(url);
    await world.addCluster(cluster, file);
    if (fault !== undefined) failing(front, method, fault);
    const began = performance.now();
    const { status, text } = await ask(cluster);
    const took = performance.now() - began;
    const isDone = kind === "create" && writesAll;
    const expected = isDone ? [200] : [502, 503, 504];
    assert.ok(expected.includes(status), `${what}, ${kind}: ${status} ${text}`);
    const most = (kind === "create" ? 2 : 1) * DEADLINE * 1000 + SLACK;
    assert.ok(took < most, `${what}, ${kind}: ${took} ms`);
    for (const where of [namespace, world.argocd]) {
      assert.equal(await world.find(where, name) !== undefined, isDone, `${what}, ${kind}`);
    }
  }
}
