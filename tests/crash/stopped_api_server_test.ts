import assert from "node:assert/strict";
import { join } from "node:path";
import { thisMachine } from "../../src/cli/machine.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { longestRequest } from "../../src/credentials/longest_request.ts";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { SecretStore } from "../../src/kube/store.ts";
import { configureLog } from "../../src/log/logger.ts";
import { wireServer } from "../../src/wire_server.ts";
import { opaque } from "../contract/secrets.ts";
import { TRANSPORTS, withFolder } from "../contract/subjects.ts";
import { makeCanary } from "../support/canary.ts";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator_process.ts";

/** An API server that is stopped (SIGSTOP) while connections to it are open. */

/** In seconds. */
const DEADLINE = 1;
/** The same, if something must be read before the API server stops. */
const LONGER = 3;
/** Additional milliseconds to end a kubectl on a busy machine. */
const SLACK = 4000;

const NAMESPACES = ["a", "b", "c"];

const names = (count: number) =>
  NAMESPACES.slice(0, count).map((each) => opaque(each, "x", "a-password"));

type Ask = (store: SecretStore, known: string) => Promise<unknown>;

const ASKED: [what: string, ask: Ask][] = [
  ["a list", (store) => store.list({ selector: "a=b" }, deadlineIn(DEADLINE))],
  ["a read of several secrets", (store) => store.read(names(3), deadlineIn(DEADLINE))],
  ["a list of namespaces", (store) => store.namespaces(undefined, deadlineIn(DEADLINE))],
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

/** Requests about secrets and namespaces, without discovery and without those of the test. */
async function asked(emulator: EmulatorProcess): Promise<string[]> {
  return (await emulator.requests()).filter((each) => /\/(secrets|namespaces)/.test(each));
}

for (const transport of TRANSPORTS) {
  for (const [what, ask] of ASKED) {
    Deno.test({
      name:
        `${transport.name}: ${what} sent to a stopped API server ends at its deadline and is not sent again`,
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
            // Reads fail and writes have unknown outcomes, as other tests show.
            await ask(store, kept.resourceVersion).catch(() => {});
            const took = performance.now() - began;
            assert.ok(took >= DEADLINE * 1000 - 50, `${took} ms`);
            assert.ok(took < DEADLINE * 1000 + SLACK, `${took} ms`);
            // A runtime that resends does so immediately.
            await new Promise((resolve) => setTimeout(resolve, 250));
            emulator.goOn();
            await new Promise((resolve) => setTimeout(resolve, 250));
            const after = (await asked(emulator)).slice(before);
            const once = new Set(after);
            assert.deepEqual(after, [...once], "each is sent at most once");
          } finally {
            close();
          }
        }),
    });
  }
}

for (const { name: transport, available } of TRANSPORTS) {
  Deno.test({
    name:
      `${transport}: a write to an API server that stops during it is answered within the documented time`,
    ignore: !available,
    fn: () =>
      withFolder(async (folder) => {
        await using emulator = await startEmulatorProcess([...NAMESPACES, "argocd"], "POST");
        await Deno.writeTextFile(join(folder, "c.kubeconfig"), emulator.kubeconfig, {
          mode: 0o600,
        });
        configureLog({ format: "text", level: "error", write: () => {} });
        const settings = settingsOf({
          "clusters-folder": folder,
          transport,
          kubectl_timeout: LONGER,
        });
        const here = { ...thisMachine(), kubectlCache: join(folder, "cache") };
        const app = wireServer(settings, here, "1.2.3");
        const ask = async (method: string, path: string, body?: object) => {
          const began = performance.now();
          const response = await app.fetch(
            new Request(`http://localhost${path}`, {
              method,
              headers: { host: "localhost", "content-type": "application/json" },
              body: body && JSON.stringify(body),
            }),
          );
          await response.text();
          return { status: response.status, seconds: (performance.now() - began) / 1000 };
        };
        try {
          const write = await ask("POST", "/secrets/add_docker", {
            cluster_name: "c",
            name: "pull",
            namespaces: NAMESPACES,
            username: "user",
            password: makeCanary().value,
          });
          assert.equal(write.status, 504);
          assert.ok(write.seconds < longestRequest(LONGER) + 1, `${write.seconds} seconds`);
          // Four times: the write, a read of its outcome, the rollback, a last read.
          assert.ok(write.seconds > 3 * LONGER, `${write.seconds} seconds`);
          assert.ok(write.seconds < 4 * (LONGER + SLACK / 1000), `${write.seconds} seconds`);
          const list = await ask("GET", "/secrets?cluster=c");
          assert.ok(list.seconds < LONGER + SLACK / 1000, `${list.seconds} seconds`);
        } finally {
          app.close();
        }
      }),
  });
}
