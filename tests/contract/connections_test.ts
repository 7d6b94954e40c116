import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ConnectionName,
  hangingPluginMarker,
} from "../../scripts/control_plane/connections.ts";
import { execPluginRuns } from "../../scripts/control_plane/credentials.ts";
import { proxyTargets } from "../../scripts/control_plane/proxy.ts";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { KubeErrorKind } from "../../src/kube/errors.ts";
import { commandLines } from "../support/processes.ts";
import { assertTakesLess } from "../support/takes_less.ts";
import { failure, opaque, soon, words } from "./secrets.ts";
import { controlPlane, type Opened, type Transport, TRANSPORTS, withFolder } from "./subjects.ts";

/** Every way to authenticate and to trust a server in a kubeconfig, over each transport. */

const SELECTOR = "tests.invalid/kind=none";

function connectionTest(
  transport: Transport,
  sentence: string,
  test: (folder: string) => Promise<void>,
): void {
  Deno.test({
    name: `${transport.name}: ${sentence}`,
    ignore: !transport.available || controlPlane === undefined,
    fn: () => withFolder(test),
  });
}

async function opened(
  transport: Transport,
  kubeconfig: string,
  cacheDir: string,
  use: (store: Opened["store"]) => Promise<void>,
): Promise<void> {
  const { store, close } = await transport.open({ kubeconfig, cacheDir });
  try {
    await use(store);
  } finally {
    close();
  }
}

const WORKS: ConnectionName[] = [
  "client-certificate",
  "client-certificate-files",
  "exec-plugin",
  "token-file",
  "several-contexts",
  "tls-server-name",
  "insecure",
  "ca-file",
  "proxy",
];

const FAILS: [name: ConnectionName, kind: KubeErrorKind][] = [
  ["expired-certificate", "unauthorized"],
  ["exec-plugin-fails", "unauthorized"],
  ["wrong-ca", "untrusted"],
  ["no-ca", "untrusted"],
  ["wrong-tls-server-name", "untrusted"],
];

for (const transport of TRANSPORTS) {
  for (const name of WORKS) {
    connectionTest(transport, `a kubeconfig with ${name} reads and writes`, async (folder) => {
      const { kubeconfigs } = controlPlane!;
      await opened(transport, kubeconfigs[name], folder, async (store) => {
        assert.deepEqual(await store.list({ selector: SELECTOR }, soon()), []);
        const secret = opaque("team-a", `way-${crypto.randomUUID().slice(0, 8)}`, "value");
        const [outcome] = await store.create([secret], soon());
        assert.equal(outcome?.kind, "done");
        if (outcome?.kind !== "done") return;
        const { namespace, name } = secret;
        const { uid, resourceVersion } = outcome;
        const removed = await store.remove([{ namespace, name, uid, resourceVersion }], soon());
        assert.deepEqual(words(removed), ["done"]);
      });
    });
  }

  for (const [name, kind] of FAILS) {
    connectionTest(transport, `a kubeconfig with ${name} is ${kind}`, async (folder) => {
      await opened(transport, controlPlane!.kubeconfigs[name], folder, async (store) => {
        const error = await failure(kind, store.list({ selector: SELECTOR }, soon()));
        assert.doesNotMatch(error.message, /no credentials today/);
        const secret = opaque("team-a", "never", "value");
        assert.deepEqual(words(await store.create([secret], soon())), [`rejected ${kind}`]);
      });
    });
  }

  connectionTest(transport, "an impersonated reader can read and cannot write", async (folder) => {
    await opened(transport, controlPlane!.kubeconfigs.impersonation, folder, async (store) => {
      assert.deepEqual(await store.list({ selector: SELECTOR }, soon()), []);
      const secret = opaque("team-a", "never", "value");
      assert.deepEqual(words(await store.create([secret], soon())), ["rejected forbidden"]);
    });
  });

  connectionTest(
    transport,
    "a credential plugin that hangs is a timeout at the deadline, and leaves no process",
    async (folder) => {
      // A process that another test left behind does not count.
      const marker = `${hangingPluginMarker}-${crypto.randomUUID()}`;
      const text = await Deno.readTextFile(controlPlane!.kubeconfigs["exec-plugin-hangs"]);
      const kubeconfig = join(folder, "kubeconfig");
      await Deno.writeTextFile(kubeconfig, text.replace(hangingPluginMarker, marker), {
        mode: 0o600,
      });
      await opened(transport, kubeconfig, folder, async (store) => {
        await assertTakesLess(5000, async () => {
          const began = performance.now();
          await failure("timeout", store.list({ selector: SELECTOR }, deadlineIn(1)));
          const took = performance.now() - began;
          assert.ok(took >= 950, `it took ${took} ms`);
        });
        const left = () => commandLines().filter((line) => line.includes(marker));
        for (let i = 0; i < 50 && left().length > 0; i++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.deepEqual(left(), []);
      });
    },
  );

  connectionTest(
    transport,
    "requests of a proxied kubeconfig go through the proxy",
    async (folder) => {
      const { kubeconfigs, dir, url } = controlPlane!;
      const before = (await proxyTargets(dir)).length;
      await opened(transport, kubeconfigs.proxy, folder, async (store) => {
        await store.list({ selector: SELECTOR }, soon());
      });
      const targets = (await proxyTargets(dir)).slice(before);
      assert.ok(targets.length > 0);
      assert.deepEqual(new Set(targets), new Set([new URL(url).host]));
    },
  );
}

const api = TRANSPORTS.find(({ name }) => name === "api")!;

connectionTest(api, "a plugin's token is used until it expires", async (folder) => {
  const { kubeconfigs, dir } = controlPlane!;
  const before = await execPluginRuns(dir);
  await opened(api, kubeconfigs["exec-plugin"], folder, async (store) => {
    const list = () => store.list({ selector: SELECTOR }, soon());
    await Promise.all([list(), list(), list()]);
    await list();
  });
  assert.equal(await execPluginRuns(dir) - before, 1);
});

connectionTest(api, "a changed token file is read again", async (folder) => {
  const { kubeconfigs } = controlPlane!;
  const text = await Deno.readTextFile(kubeconfigs["token-file"]);
  const tokenFile = join(folder, "token");
  const original = /tokenFile: *"?([^"\s]+)"?/.exec(text)![1]!;
  const kubeconfig = join(folder, "kubeconfig");
  await Deno.writeTextFile(kubeconfig, text.replace(original, tokenFile), { mode: 0o600 });
  await Deno.writeTextFile(tokenFile, "not-a-token");
  await opened(api, kubeconfig, folder, async (store) => {
    await failure("unauthorized", store.list({ selector: SELECTOR }, soon()));
    await Deno.copyFile(original, tokenFile);
    assert.deepEqual(await store.list({ selector: SELECTOR }, soon()), []);
    await Deno.remove(tokenFile);
    await failure("invalid_kubeconfig", store.list({ selector: SELECTOR }, soon()));
  });
});

Deno.test({
  name:
    "api: a server that the kubeconfig's authority did not sign is rejected, even if the system trusts it",
  ignore: controlPlane === undefined,
  fn: () =>
    withFolder(async (folder) => {
      // The system trusts the server: its authority is among the roots.
      const { kubeconfigs } = controlPlane!;
      const trusted = await Deno.readTextFile(kubeconfigs.administrator);
      const ca = /certificate-authority-data: *"?([A-Za-z0-9+/=]+)/.exec(trusted)![1]!;
      const roots = join(folder, "roots.pem");
      await Deno.writeTextFile(roots, atob(ca));
      const script = join(folder, "list.ts");
      await Deno.writeTextFile(
        script,
        `import { load } from "js-yaml";
        import { apiStore } from "${import.meta.resolve("../../src/kube/api/store.ts")}";
        import { deadlineIn } from "${import.meta.resolve("../../src/kube/deadline.ts")}";
        import { seal } from "${import.meta.resolve("../../src/log/sealed.ts")}";
        for (const path of Deno.args) {
          const content = seal(load(await Deno.readTextFile(path)));
          const store = apiStore({ cluster: "c", kubeconfig: { path, content }, env: {}, connectSeconds: 10 });
          const listed = store.list({ selector: "a=b" }, deadlineIn(10));
          console.log(await listed.then(() => "listed", (error) => error.kind));
          store.close();
        }`,
      );
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--config", "deno.json", script]
          .concat(kubeconfigs["no-ca"], kubeconfigs["wrong-ca"]),
        cwd: join(import.meta.dirname!, "..", ".."),
        env: { NODE_EXTRA_CA_CERTS: roots },
      }).output();
      const text = new TextDecoder().decode(stdout);
      assert.deepEqual(text.trim().split("\n"), ["listed", "untrusted"]);
    }),
});
