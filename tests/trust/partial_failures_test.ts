import assert from "node:assert/strict";
import { kubeconfig } from "../cli/support.ts";
import { kubeconfigOf } from "../crash/admin.ts";
import { makeTargets, type Targets } from "../crash/targets.ts";
import type { Fault, FaultyFront } from "./faulty_front.ts";
import { ALL_VERBS, grant, keeper } from "./rights.ts";
import { type Answered, type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Writes to five namespaces and Argo CD's, of which the third write fails. */

const COUNT = 5;
const THIRD = 2;
/** Seconds for the write, far more than it takes, and as many for the rollback. */
const SECONDS = 60;
/** Seconds that a failing rollback uses up. */
const FEWER = 6;

const FORBIDDEN: Fault = { kind: "status", code: 403 };
const SERVER_ERROR: Fault = { kind: "status", code: 500 };

interface Scene {
  readonly running: Running;
  readonly front: FaultyFront;
  readonly targets: Targets;
  readonly third: string;
  /** Sets the fault for the third namespace's requests with this method. */
  failThird(method: string, fault: Fault): void;
  write(): Promise<Answered>;
}

/** Every other namespace holds an old value; the third one and Argo CD's depend on the scene. */
async function withScene(
  world: World,
  isThirdOld: boolean,
  use: (scene: Scene) => Promise<void>,
  seconds = SECONDS,
): Promise<void> {
  await using front = await world.front();
  await world.addCluster("faulty", kubeconfig(front.url));
  const values = { old: world.watch.secret(), new: world.password };
  const withOld = (place: number) => place % 2 === (isThirdOld ? 0 : 1);
  const targets = await makeTargets(world.request, values, COUNT, withOld);
  const settings = { kubectl_timeout: seconds, "argocd-namespace": targets.argocd };
  const running = await world.start({ settings });
  const third = targets.namespaces[THIRD]!;
  await use({
    running,
    front,
    targets,
    third,
    failThird(method, fault) {
      front.fault = (asked) =>
        asked.method === method && asked.path.includes(`/namespaces/${third}/secrets`)
          ? fault
          : undefined;
    },
    write: () => running.addDocker({ ...targets.body, cluster_name: "faulty" }),
  });
}

/** Runs the test once with the third secret to create, and once to replace. */
async function inBothScenes(
  world: World,
  use: (scene: Scene, write: string) => Promise<void>,
  seconds?: number,
): Promise<void> {
  await withScene(world, false, (scene) => use(scene, "POST"), seconds);
  await withScene(world, true, (scene) => use(scene, "PUT"), seconds);
}

/** Insufficient permissions in the third namespace: for a read, and for a write. */
const TOO_FEW: readonly (readonly [verbs: string[], missing: string])[] = [
  [[], "get"],
  [["get", "list"], "create"],
  [["get", "list", "create"], "update"],
];

trustTest("403 in the third of five namespaces: nothing is changed", async (world) => {
  const person = await keeper();
  await world.addCluster("limited", kubeconfigOf(person));
  for (const [verbs, missing] of TOO_FEW) {
    await withScene(world, missing === "update", async ({ running, targets, third }) => {
      const others = [...targets.namespaces, targets.argocd].filter((each) => each !== third);
      await Promise.all(others.map((each) => grant(world, person, each, ALL_VERBS)));
      await grant(world, person, third, verbs);
      const write = () => running.addDocker({ ...targets.body, cluster_name: "limited" });
      const { status, body, text } = await write();
      assert.deepEqual([status, body.status], [502, "forbidden"], text);
      assert.match(
        body.message,
        new RegExp(`cannot ${missing} secrets in namespace '${third}' \\(Forbidden\\)`),
      );
      assert.equal(body.not_restored, undefined);
      await targets.assertAll("as before");
      await grant(world, person, third, ALL_VERBS);
      assert.equal((await write()).status, 200);
      await targets.assertAll("new");
    });
  }
});

trustTest(
  "500 at the third of five writes: everything is rolled back",
  (world) =>
    inBothScenes(world, async ({ failThird, write, targets, third, front }, method) => {
      failThird(method, SERVER_ERROR);
      const { status, body } = await write();
      assert.deepEqual([status, body.rolled_back], [502, true], JSON.stringify(body));
      assert.equal(body.not_restored, undefined);
      assert.deepEqual(
        body.results.map(({ namespace }: Result) => namespace),
        [...targets.namespaces, targets.argocd],
      );
      for (const { namespace, result } of body.results as Result[]) {
        assert.equal(result.success, false);
        const ending = namespace === third
          ? /not written$/
          : /(written and rolled back|not written)$/;
        assert.match(result.error, ending);
      }
      front.fault = () => undefined;
      await targets.assertAll("as before");
      assert.equal((await write()).status, 200);
      await targets.assertAll("new");
    }),
);

interface Result {
  readonly namespace: string;
  readonly result: { readonly success: boolean; readonly error: string };
}

/**
 * Lets each secret except those of the third namespace be written once. A second write or a removal
 * belongs to the rollback, and gets `answer`.
 */
function putBackFails({ front, third }: Scene, method: string, answer: Fault): void {
  const written = new Set<string>();
  front.fault = (asked) => {
    if (asked.method === "GET" || !/\/secrets([/?]|$)/.test(asked.path)) return undefined;
    const isThird = asked.path.includes(`/namespaces/${third}/secrets`);
    if (isThird && asked.method === method) return SERVER_ERROR;
    const path = asked.path.replace(/\?.*/, "");
    const isPutBack = asked.method === "DELETE" || written.has(path);
    written.add(path);
    return isPutBack ? answer : undefined;
  };
}

trustTest(
  "500 at the third of five writes, and the rollback fails too: each remaining change is listed",
  (world) =>
    inBothScenes(world, async (scene, method) => {
      const { front, write, targets, third } = scene;
      // After a rejection the state is known; after an error only if it can be read in time.
      const [answer, states] = method === "POST"
        ? [FORBIDDEN, ["new"]] as const
        : [SERVER_ERROR, ["new", "unknown"]] as const;
      // A program's first write takes longest: on a busy machine longer than its time.
      await write();
      await targets.reset();
      putBackFails(scene, method, answer);
      const { status, body } = await write();
      // On a busy machine the time may be over before the last attempt.
      assert.ok([502, 504].includes(status), JSON.stringify(body));
      assert.equal(body.rolled_back, undefined);
      front.fault = () => undefined;

      const left = body.not_restored as { namespace: string; name: string; state: string }[];
      const held = [...await targets.look()];
      const changed = held.filter(([namespace, holds]) => holds !== targets.before(namespace))
        .map(([namespace]) => `${namespace}/${targets.body.name}`);
      assert.deepEqual(left.map(({ namespace, name }) => `${namespace}/${name}`), changed);
      assert.ok(changed.length > 0 && !left.some(({ namespace }) => namespace === third));
      for (const { state } of left) assert.ok(states.some((each) => each === state), state);
      assert.ok(body.message.endsWith(`. Not restored: ${changed.join(", ")}`), body.message);
      await targets.assertOldOrNew();
      assert.equal((await write()).status, 200);
      await targets.assertAll("new");
    }, FEWER),
);
