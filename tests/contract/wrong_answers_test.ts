import assert from "node:assert/strict";
import { join } from "node:path";
import { KubeError } from "../../src/kube/errors.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import type { ItemOutcome, SecretStore } from "../../src/kube/store.ts";
import { makeCanary } from "../support/canary.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { opaque, soon } from "./secrets.ts";
import { TRANSPORTS, withFolder } from "./subjects.ts";

/** A 200 from something that is not the API server is never an empty success. */

const CANARY = makeCanary().value;
const REF = { namespace: "team-a", name: "x" };
const SECRET = opaque(REF.namespace, REF.name, CANARY);
const USE = { namespace: REF.namespace, serviceAccount: "x", secret: "y" };

const ANSWERS: Readonly<Record<string, string>> = {
  "an empty object": "{}",
  "an empty list": "[]",
  "null": "null",
  "an empty body": "",
  "a page": `<!doctype html><title>log in, ${CANARY}</title>`,
  "a Status of failure": JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    message: CANARY,
    reason: "Forbidden",
    code: 403,
  }),
  "a list of another kind": JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [] }),
  "an object of another kind": JSON.stringify({
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { ...REF, uid: "u", resourceVersion: "1" },
    data: { a: CANARY },
  }),
};

const CALLS: Readonly<Record<string, (store: SecretStore) => Promise<unknown>>> = {
  "list": (store) => store.list({ selector: "a=b" }, soon()),
  "list of repositories": (store) => store.list({ repository: true, namespace: "a" }, soon()),
  "list with data": (store) => store.listData({ type: "a" }, soon()),
  "list with some data": (store) => store.listData({ keys: ["a"], namespace: "a" }, soon()),
  "list without data": (store) => store.listData({ keys: [] }, soon()),
  "namespaces": (store) => store.namespaces(undefined, soon()),
  "serviceAccounts": (store) => store.serviceAccounts("team-a", soon()),
  "read": (store) => store.read([REF], soon()),
  "create": (store) => store.create([SECRET], soon()),
  "dry run of create": (store) => store.create([SECRET], soon(), { dryRun: true }),
  "replace": (store) => store.replace([{ ...SECRET, resourceVersion: "1" }], soon()),
  "remove": (store) => store.remove([{ ...REF, uid: "u", resourceVersion: "1" }], soon()),
  "attach": (store) => store.attach([USE], soon()),
  "detach": (store) => store.detach([USE], soon()),
  "createNamespaces": (store) => store.createNamespaces(["team-b"], soon()),
};

/**
 * kubectl puts items into a List of its own, so it does not notice an empty list of another kind.
 * Responses to writes are not lists, so they are always checked.
 */
const TOLD_BY_API_ONLY: ReadonlySet<string> = new Set(
  Object.keys(CALLS).filter((call) => /^list|^namespaces|^serviceAccounts|^read/.test(call))
    .map((call) => `${call}: a list of another kind`),
);

/** A server with the usual discovery, and this body for objects. */
function answering(body: string) {
  const emulator = startEmulator();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/api/v1/")) {
      return fetch(emulator.url + pathname + search, { headers: request.headers });
    }
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await emulator.stop();
    },
  };
}

for (const transport of TRANSPORTS) {
  for (const [what, body] of Object.entries(ANSWERS)) {
    for (const [name, call] of Object.entries(CALLS)) {
      if (transport.name === "kubectl" && TOLD_BY_API_ONLY.has(`${name}: ${what}`)) continue;
      Deno.test({
        name: `${transport.name}: ${name} with status 200 and ${what} is a failure`,
        ignore: !transport.available,
        fn: () =>
          withFolder(async (folder) => {
            await using server = answering(body);
            const kubeconfig = join(folder, "kubeconfig");
            await Deno.writeTextFile(kubeconfig, kubeconfigFor(server.url), { mode: 0o600 });
            const { store, close } = await transport.open({ kubeconfig, cacheDir: folder });
            try {
              const error = await call(store).then(errorIn, (error: unknown) => error);
              assert.ok(error instanceof KubeError, `${Deno.inspect(error)}`);
              assert.ok(!error.message.includes(CANARY), error.message);
              if (transport.name === "api") {
                assert.match(
                  error.message,
                  /: expected .* but got .*; the kubeconfig's 'server' may not be a Kubernetes API server$/,
                );
              }
            } finally {
              close();
            }
          }),
      });
    }
  }
}

/** The error of a write's only item. */
function errorIn(result: unknown): unknown {
  const [outcome] = Array.isArray(result) ? result as ItemOutcome[] : [];
  return outcome !== undefined && "error" in outcome ? outcome.error : result;
}
