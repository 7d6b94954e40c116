import assert from "node:assert/strict";
import { join } from "node:path";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { SecretStore } from "../../src/kube/store.ts";
import { opaque } from "../contract/secrets.ts";
import { TRANSPORTS, withFolder } from "../contract/subjects.ts";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator_process.ts";

/** An API server that is stopped (SIGSTOP) while connections to it are kept. */

/** Seconds. */
const DEADLINE = 1;
/** Milliseconds that ending a kubectl and a busy machine may take besides. */
const SLACK = 4000;

const NAMESPACES = ["a", "b", "c"];

const names = (count: number) =>
  NAMESPACES.slice(0, count).map((each) => opaque(each, "x", "a-password"));

type Ask = (store: SecretStore, known: string) => Promise<unknown>;

const ASKED: [what: string, ask: Ask][] = [
  ["a list", (store) => store.list({ selector: "a=b" }, deadlineIn(DEADLINE))],
  ["a read of several", (store) => store.read(names(3), deadlineIn(DEADLINE))],
  ["namespaces", (store) => store.namespaces(undefined, deadlineIn(DEADLINE))],
  ["a create", (store) => store.create(names(3), deadlineIn(DEADLINE))],
  [
    "a replace",
    (store, resourceVersion) =>
      store.replace(
        [{ ...opaque("a", "kept", "a-password"), resourceVersion }],
        deadlineIn(DEADLINE),
      ),
  ],
  [
    "a removal",
    (store, resourceVersion) =>
      store.remove(
        [{ namespace: "a", name: "kept", uid: "u", resourceVersion }],
        deadlineIn(DEADLINE),
      ),
  ],
];

/** Requests about secrets and namespaces, without discovery and without what tells the test. */
async function asked(emulator: EmulatorProcess): Promise<string[]> {
  return (await emulator.requests()).filter((each) => /\/(secrets|namespaces)/.test(each));
}

for (const transport of TRANSPORTS) {
  for (const [what, ask] of ASKED) {
    Deno.test({
      name:
        `${transport.name}: ${what} of a stopped API server ends at its deadline, and is not sent again`,
      ignore: !transport.available,
      fn: () =>
        withFolder(async (folder) => {
          await using emulator = await startEmulatorProcess(NAMESPACES);
          const kubeconfig = join(folder, "kubeconfig");
          await Deno.writeTextFile(kubeconfig, emulator.kubeconfig, { mode: 0o600 });
          const { store, close } = await transport.open({ kubeconfig, cacheDir: folder });
          try {
            const [kept] = await store.create([opaque("a", "kept", "a-password")], deadlineIn(60));
            assert.equal(kept?.kind, "done");
            const before = (await asked(emulator)).length;
            emulator.stop();
            const began = performance.now();
            // Reads fail, writes have unknown outcomes: how, other tests say.
            await ask(store, kept.resourceVersion).catch(() => {});
            const took = performance.now() - began;
            assert.ok(took >= DEADLINE * 1000 - 50, `${took} ms`);
            assert.ok(took < DEADLINE * 1000 + SLACK, `${took} ms`);
            // What a runtime sends again, it sends at once.
            await new Promise((resolve) => setTimeout(resolve, 250));
            emulator.goOn();
            await new Promise((resolve) => setTimeout(resolve, 250));
            const after = (await asked(emulator)).slice(before);
            const once = new Set(after);
            assert.deepEqual(after, [...once], "each at most once");
          } finally {
            close();
          }
        }),
    });
  }
}
