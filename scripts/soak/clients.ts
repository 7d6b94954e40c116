/** The clients of a soak: each sends one request after another, with a pause. */
import { effectOf } from "./effects.ts";
import type { Temper } from "./emulated_thread.ts";
import { type Histories, type Ref } from "./history.ts";
import type { Answered, HttpClient } from "./http.ts";
import type { Tally } from "./tally.ts";
import { loginOf } from "./values.ts";
import type { World } from "./world.ts";

export interface Load {
  readonly clients: number;
  /** Average milliseconds between a response and the next request. */
  readonly think: number;
  readonly http: HttpClient;
  readonly world: World;
  readonly canary: string;
  readonly histories: Histories;
  readonly tally: Tally;
  /** Milliseconds after which no client starts another request. */
  readonly duration: number;
  /** The number of requests after which no client starts another. */
  readonly maxRequests: number;
}

/** Resolves when every client has its last response. */
export async function runClients(load: Load): Promise<void> {
  const end = performance.now() + load.duration;
  await Promise.all(Array.from({ length: load.clients }, (_, i) => runClient(i, end, load)));
}

async function runClient(index: number, end: number, load: Load): Promise<void> {
  const client = makeClient(index, load);
  // Each starts with a write, so that all secrets exist early, and later growth is something else.
  const first = Math.random() * Math.min(load.think, load.duration);
  if (!await thought(first, end)) return;
  let retryAfter = await client.writeOwn();
  for (;;) {
    const think = load.think * (0.5 + Math.random()) + (retryAfter ? 2000 : 0);
    if (!await thought(think, end) || load.tally.requests >= load.maxRequests) return;
    retryAfter = await client.doSomething();
  }
}

/** Waits; returns false if the time of the run is over. */
async function thought(milliseconds: number, end: number): Promise<boolean> {
  const left = end - performance.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(milliseconds, left))));
  return milliseconds < left;
}

/** The number of namespaces of a client's own secret. */
const NAMESPACES = [1, 1, 2, 3, 5, 8, 13, 20];

const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!;
const upTo = (most: number) => 1 + Math.floor(Math.random() * most);

/** The actions of a client; each returns whether the server asked to retry later. */
function makeClient(index: number, load: Load) {
  const { world, http, tally, histories } = load;
  const of = (temper: Temper) =>
    Object.keys(world.clusters).filter((name) => world.clusters[name] === temper);
  const writable = [...of("healthy"), ...of("flapping")];
  // Each client has its own cluster, namespaces and names, where no other client writes.
  const home = writable[index % writable.length]!;
  const own = world.namespaces.slice(0, NAMESPACES[index % NAMESPACES.length]);
  let sent = 0;

  function record(work: string, cluster: string | undefined, answered: Answered): boolean {
    tally.add(work, cluster, cluster === undefined ? undefined : world.clusters[cluster], answered);
    return answered.retryAfter;
  }

  async function write(work: string, cluster: string, body: object, refs: readonly Ref[]) {
    const value = `c${index}-${sent++}`;
    const login = loginOf(value, load.canary);
    const began = performance.now();
    const whole = { ...body, cluster_name: cluster, ...login };
    const answered = await http.ask("POST", `/secrets/${work}`, whole);
    const ended = answered.status === 0 ? Infinity : performance.now();
    const effect = effectOf(answered);
    for (const ref of refs) histories.add(ref, { value, began, ended, effect: effect(ref) });
    return record(`POST ${work}`, cluster, answered);
  }

  function docker(cluster: string, name: string, namespaces: readonly string[], upsert = true) {
    const refs = [...namespaces, world.argocd].map((namespace) => ({ cluster, namespace, name }));
    return write("add_docker", cluster, { name, namespaces, upsert }, refs);
  }

  function repository(cluster: string, name: string, withTemplate: boolean) {
    const repository_url = withTemplate
      ? `https://ghcr.io/${name}/*`
      : `https://charts.example.com/${name}`;
    const names = withTemplate ? [name, `${name}-template`] : [name];
    const refs = names.map((name) => ({ cluster, namespace: world.argocd, name }));
    return write("add_helm_repo", cluster, { name, repository_url, upsert: true }, refs);
  }

  async function list(cluster: string): Promise<boolean> {
    return record("GET /secrets", cluster, await http.ask("GET", `/secrets?cluster=${cluster}`));
  }

  const writeOwn = () => docker(home, `own-c${index}`, own);
  const shared = (upsert: boolean) =>
    docker(pick(writable), `shared-${upTo(4)}`, world.namespaces.slice(0, upTo(3)), upsert);

  /** The share of an action, in percent. */
  const DOINGS: [number, () => Promise<boolean>][] = [
    [16, writeOwn],
    [4, () => docker(home, `own-c${index}`, own.slice(0, upTo(own.length)))],
    [4, () => shared(true)],
    [2, () => shared(false)],
    [4, () => repository(home, `repo-c${index}`, index % 2 === 1)],
    [1, () => repository(pick(writable), "shared-repo", false)],
    [30, () => list(pick(of("healthy")))],
    [4, () => list(pick(of("hung")))],
    [8, () => list(pick(of("flapping")))],
    [27, async () => record("GET /clusters", undefined, await http.ask("GET", "/clusters"))],
  ];

  return {
    writeOwn,
    doSomething(): Promise<boolean> {
      let left = Math.random() * DOINGS.reduce((sum, [share]) => sum + share, 0);
      return DOINGS.find(([share]) => (left -= share) < 0)![1]();
    },
  };
}
