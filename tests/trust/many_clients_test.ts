import assert from "node:assert/strict";
import { kubeconfig } from "../cli/support.ts";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { commandLines } from "../support/processes.ts";
import { silentPort } from "../support/silent_port.ts";
import type { FaultyFront } from "./faulty_front.ts";
import { type Answered, type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Many clients for some seconds; `deno task soak` does the same for minutes, and counts more. */

const CLIENTS = 200;
const ROUNDS = 2;
/** Milliseconds for which a flapping cluster is up, and then down. */
const FLAP = 700;
/** Milliseconds within which /health responds, even on a busy machine. */
const HEALTH = 10_000;

type Cluster = "c" | "hung" | "flapping";

/** Two of four clients use the healthy cluster. */
const CLUSTERS: readonly Cluster[] = ["c", "c", "hung", "flapping"];

const EXPECTED: Readonly<Record<Cluster, readonly number[]>> = {
  // A busy response has a Retry-After.
  c: [200, 503, 504],
  hung: [503, 504],
  flapping: [200, 502, 503, 504],
};

trustTest(
  "200 clients at once, one cluster hung and one flapping: /health responds, nothing is lost, and no process is left over",
  async (world) => {
    const hung = silentPort();
    const front = await world.front();
    const flapping = setInterval(() => flap(front), FLAP);
    try {
      await world.addCluster("hung", kubeconfigFor(hung.url));
      await world.addCluster("flapping", kubeconfig(front.url));
      const running = await world.start({ settings: { kubectl_timeout: 10 } });
      const namespace = await world.namespace();
      let isOver = false;
      const probing = probe(running, () => isOver);
      probing.catch(() => {}); // it is awaited below, when the clients have finished
      const clients = Array.from(
        { length: CLIENTS },
        (_, i) => client(i, world, running, namespace),
      );
      const all = await Promise.all(clients).finally(() => isOver = true);
      await probing;
      clearInterval(flapping);
      front.fault = () => undefined;

      const statuses = all.flatMap(({ cluster, statuses }) => cluster === "c" ? statuses : []);
      assert.ok(statuses.includes(200), "the healthy cluster responds meanwhile");
      const kubectls = commandLines().filter((line) =>
        line.includes(`--kubeconfig=${world.clusters}`)
      );
      assert.deepEqual(kubectls, []);
      for (const each of all) await assertNothingLost(world, each, namespace);
    } finally {
      clearInterval(flapping);
      await hung.close();
    }
  },
);

function flap(front: FaultyFront): void {
  const isThere = front.fault({ method: "GET", path: "/" }) === undefined;
  front.fault = isThere ? () => ({ kind: "cut", moment: "before" }) : () => undefined;
}

async function probe({ ask }: Running, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const began = performance.now();
    assert.equal((await ask("GET", "/health")).status, 200);
    assert.ok(performance.now() - began < HEALTH, "/health is late");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Done {
  readonly cluster: Cluster;
  readonly name: string;
  readonly statuses: readonly number[];
  /** The values that its secret may hold according to the responses; `undefined` is no secret. */
  readonly possible: ReadonlySet<string | undefined>;
}

/** Repeatedly writes a secret of its own, and lists. */
async function client(
  number: number,
  world: World,
  running: Running,
  namespace: string,
): Promise<Done> {
  const cluster = CLUSTERS[number % CLUSTERS.length]!;
  const name = uniqueName("crowd");
  const statuses: number[] = [];
  let possible = new Set<string | undefined>([undefined]);
  for (let round = 0; round < ROUNDS; round++) {
    const password = `${world.password}-${number}-${round}`;
    const docker = { cluster_name: cluster, name, namespaces: namespace, password, upsert: true };
    const written = await running.addDocker(docker);
    if (written.status === 200) possible = new Set([password]);
    else if (written.body.not_restored !== undefined) possible.add(password);
    const listed = await running.ask("GET", `/secrets?cluster=${cluster}`);
    for (const answer of [written, listed]) {
      assertExpected(cluster, answer);
      statuses.push(answer.status);
    }
  }
  return { cluster, name, statuses, possible };
}

function assertExpected(cluster: Cluster, { status, headers, text }: Answered): void {
  assert.ok(EXPECTED[cluster].includes(status), `${cluster}: ${status} ${text}`);
  if (cluster === "c" && status === 503) assert.ok(headers.get("Retry-After"), text);
}

async function assertNothingLost(world: World, done: Done, namespace: string): Promise<void> {
  for (const where of [namespace, world.argocd]) {
    const config = (await world.find(where, done.name))?.data?.[".dockerconfigjson"];
    const held = config && JSON.parse(decodeBase64(config)).auths["ghcr.io"].password;
    const what = `${done.cluster}: ${where}/${done.name}`;
    assert.ok(done.possible.has(held), `${what} holds ${held}, after ${done.statuses}`);
  }
}
