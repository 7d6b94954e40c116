import assert from "node:assert/strict";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { clustersFromEnv } from "../../scripts/control_plane/several.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import type { FleetAnswer } from "../../src/operations/fleet_answers.ts";
import {
  type Folder,
  folder,
  kubeconfig,
  listening,
  type Program,
  program,
} from "../cli/support.ts";
import { statuses } from "../http/fleet.ts";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import { silentPort } from "../support/silent_port.ts";

/**
 * A write to four real API servers and a hung one, interrupted while it waits for the hung one:
 * started clusters are whole, no other is started, and the same request again does the rest.
 */

const planes = clustersFromEnv();

/** One cluster at a time, by name: `b` is the hung one. */
const REAL = ["a", "c", "d", "e"] as const;

const NAMESPACES = ["team-a", "team-b", "argocd"];

/** The timeout of the hung cluster in seconds: less than the time after which it lets the next one start. */
const SECONDS = 1.5;

interface World {
  readonly place: Folder;
  readonly name: string;
  readonly canary: Canary;
  start(): Promise<{ running: Program; url: string }>;
  /** Starts the write; resolves when the hung cluster is contacted. */
  begin(url: string): Promise<{ answer: Promise<Response>; leave(): void }>;
  write(url: string): Promise<Response>;
  /** The number of namespaces that hold the secret on each cluster; each secret is checked. */
  held(): Promise<Readonly<Record<string, number>>>;
  audit(): readonly AuditEntry[];
  /** Whether the timeout of the hung cluster has certainly not expired yet. */
  isInTime(): boolean;
}

/** @returns whether the timeout had not expired before the interruption */
type Test = (world: World) => Promise<boolean>;

async function heldBy(plane: ControlPlaneClient, name: string, password: string) {
  const selector = `fieldSelector=metadata.name%3D${name}`;
  const { body } = await plane.request("GET", `/api/v1/secrets?${selector}`);
  for (const { data } of body.items) {
    const { auths } = JSON.parse(decodeBase64(data[".dockerconfigjson"]));
    assert.equal(auths["ghcr.io"].password, password);
  }
  return body.items.length as number;
}

/** Repeats a test that was too late: a loaded machine may stall for longer than the timeout. */
async function inWorld(transport: string, test: Test): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) if (await inNewWorld(transport, test)) return;
  assert.fail("each time the timeout of the hung cluster expired too soon");
}

async function inNewWorld(transport: string, test: Test): Promise<boolean> {
  await using place = await folder();
  const name = uniqueName("fleet");
  const canary = makeCanary();
  const hung = silentPort();
  for (const [i, cluster] of REAL.entries()) {
    const { administrator } = planes[i]!.kubeconfigs;
    await place.write(`${cluster}.kubeconfig`, await Deno.readTextFile(administrator));
  }
  await place.write("b.kubeconfig", kubeconfig(hung.url));
  await place.write("labels.yaml", `b: {argocd-configurer.io/timeout: "${SECONDS}"}\n`);
  const config = await place.write(
    "config.yaml",
    [
      `clusters-folder: ${place.path}`,
      `audit-log: ${place.path}/audit.log`,
      `transport: ${transport}`,
      ...["fleet-at-once: 1", "kubectl_timeout: 60", "port: 0", ""],
    ].join("\n"),
  );
  const write = (url: string, signal?: AbortSignal) =>
    fetch(`${url}/api/v1/docker`, {
      method: "POST",
      signal,
      body: JSON.stringify({
        ...{ clusters: ["*"], name, username: "ci", password: canary.value, upsert: true },
        namespaces: "team-a,team-b",
        // In the order of names, however busy the machine is.
        first: ["a"],
      }),
    });
  function audit(): readonly AuditEntry[] {
    const text = Deno.readTextFileSync(`${place.path}/audit.log`);
    canary.absentFrom(text, "the audit log");
    return text.trimEnd().split("\n").map((line) => JSON.parse(line) as AuditEntry);
  }
  try {
    return await test({
      place,
      name,
      canary,
      async start() {
        const running = program(["serve", "--config", config]);
        return { running, url: await listening(running) };
      },
      write,
      async begin(url) {
        const leaving = new AbortController();
        const answer = write(url, leaving.signal);
        answer.catch(() => {}); // the client may disconnect
        while (hung.connections === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        return { answer, leave: () => leaving.abort() };
      },
      async held() {
        const counts = REAL.map(async (cluster, i) =>
          [cluster, await heldBy(planes[i]!, name, canary.value)] as const
        );
        return Object.fromEntries(await Promise.all(counts));
      },
      audit,
      isInTime() {
        const now = Date.now();
        const begin = audit().find(({ cluster, phase }) => cluster === "b" && phase === "begin");
        return now - Date.parse(begin!.time) < SECONDS * 1000;
      },
    });
  } finally {
    await hung.close();
    for (const plane of planes) {
      for (const namespace of NAMESPACES) {
        await plane.request("DELETE", `/api/v1/namespaces/${namespace}/secrets/${name}`);
      }
    }
  }
}

/** The audit log's phases of each cluster, in order. */
const phases = (entries: readonly AuditEntry[]) =>
  entries.flatMap(({ cluster, phase }) => cluster === undefined ? [] : [`${cluster} ${phase}`]);

const ONLY_A = { a: NAMESPACES.length, c: 0, d: 0, e: 0 };

/** Removes the hung cluster; the same request again completes the others. */
async function completed({ place, start, write, held, audit }: World): Promise<void> {
  await Deno.remove(`${place.path}/b.kubeconfig`);
  await place.write("labels.yaml", "");
  const { running, url } = await start();
  await using _ = running;
  const response = await write(url);
  const { clusters } = await response.json() as FleetAnswer;
  assert.deepEqual(statuses(clusters), { a: 200, c: 200, d: 200, e: 200 });
  const all = NAMESPACES.length;
  assert.deepEqual(await held(), { a: all, c: all, d: all, e: all });
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
  const ends = audit().filter(({ phase }) => phase === "end").slice(-4);
  const outcomes = ends.map(({ cluster, outcome }) => [cluster, outcome]);
  assert.deepEqual(outcomes[0], ["a", "unchanged"]);
  const writes = ends.map(({ write }) => write);
  assert.equal(new Set(writes).size, writes.length, "write IDs of clusters are distinct");
}

for (const transport of ["auto", "kubectl"]) {
  const crashTest = (sentence: string, test: Test) =>
    Deno.test({
      name: `${transport}: ${sentence}`,
      ignore: planes.length === 0,
      fn: () => inWorld(transport, test),
    });

  crashTest(
    "SIGTERM during a write to several clusters: the current write finishes, the remaining clusters are reported as not started",
    async (world) => {
      const { running, url } = await world.start();
      await using _ = running;
      const { answer } = await world.begin(url);
      running.kill("SIGTERM");
      await running.line(/stopping signal=SIGTERM/);
      if (!world.isInTime()) return false;
      const response = await answer;
      assert.equal(response.status, 207);
      const { clusters, succeeded, failed, not_begun } = await response.json() as FleetAnswer;
      assert.deepEqual(statuses(clusters), { a: 200, b: 504, c: 503, d: 503, e: 503 });
      assert.deepEqual([succeeded, failed, not_begun], [1, 1, 3]);
      assert.equal((await running.ended).code, 0);
      assert.deepEqual(await world.held(), ONLY_A);
      assert.deepEqual(phases(world.audit()), ["a begin", "a end", "b begin", "b end"]);
      await completed(world);
      return true;
    },
  );

  crashTest("after the client disconnects no further cluster is written to", async (world) => {
    const { running, url } = await world.start();
    await using _ = running;
    const { leave } = await world.begin(url);
    leave();
    // Once it has answered other requests, it has noticed the disconnect.
    for (let i = 0; i < 2; i++) await (await fetch(`${url}/health`)).body?.cancel();
    if (!world.isInTime()) return false;
    await running.line(/path=\/api\/v1\/docker /);
    assert.deepEqual(await world.held(), ONLY_A);
    running.kill("SIGTERM");
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(phases(world.audit()), ["a begin", "a end", "b begin", "b end"]);
    await completed(world);
    return true;
  });

  crashTest(
    "SIGKILL during a write to several clusters: the next start names the interrupted cluster",
    async (world) => {
      const { running, url } = await world.start();
      await using _ = running;
      const { answer } = await world.begin(url);
      running.kill("SIGKILL");
      if (!world.isInTime()) return false;
      await assert.rejects(answer);
      await running.ended;
      assert.deepEqual(await world.held(), ONLY_A);
      const next = await world.start();
      await using other = next.running;
      const [line] = await other.line(/WARNING audit: write interrupted .*/);
      assert.match(line, /cluster=b /);
      other.kill("SIGTERM");
      await other.ended;
      assert.deepEqual(phases(world.audit()), ["a begin", "a end", "b begin", "b interrupted"]);
      await completed(world);
      return true;
    },
  );
}
