import assert from "node:assert/strict";
import { join } from "node:path";
import type { KubeconfigName } from "../../scripts/control_plane/kubeconfigs.ts";
import type { KubeErrorKind } from "../../src/kube/errors.ts";
import { makeCanary } from "../support/canary.ts";
import { CLOSED_PORT_URL, kubeconfigFor } from "../support/kubeconfig.ts";
import { commandLines } from "../support/processes.ts";
import { silentPort } from "../support/silent_port.ts";
import { assertTakesLess } from "../support/takes_less.ts";
import { deadlineByHand } from "./deadline_by_hand.ts";
import {
  controlPlane,
  othersBy,
  overKubectl,
  type Transport,
  TRANSPORTS,
  withFolder,
} from "./subjects.ts";
import { failure, opaque, soon, words } from "./secrets.ts";
import { contractTests, type Subject, type World } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** Failures that concern a call as a whole, over each transport. */

const nobody = othersBy(() => Promise.reject(new Error("There is no cluster to ask")));

/** A store of a kubeconfig with this URL. */
function atUrl(transport: Transport, url: string): Omit<Subject, "judges"> {
  return {
    name: transport.name,
    ignore: !transport.available,
    run: (test) =>
      withFolder(async (folder) => {
        const kubeconfig = join(folder, "kubeconfig");
        await Deno.writeTextFile(kubeconfig, kubeconfigFor(url), { mode: 0o600 });
        const opened = await transport.open({ kubeconfig, cacheDir: join(folder, "cache") });
        try {
          await test({ ...opened, ...nobody, canary: makeCanary() });
        } finally {
          opened.close();
        }
      }),
  };
}

interface CachedWorld extends World {
  /** kubectl's discovery cache, initially empty. */
  readonly cacheDir: string;
}

/** A store for one of the real API server's users. */
function as(
  transport: Transport,
  person: KubeconfigName,
): Omit<Subject<CachedWorld>, "judges"> {
  return {
    name: `${transport.name} as ${person}`,
    ignore: !transport.available || controlPlane === undefined,
    run: (test) =>
      withFolder(async (cacheDir) => {
        const { kubeconfigs, request } = controlPlane!;
        const opened = await transport.open({ kubeconfig: kubeconfigs[person], cacheDir });
        try {
          await test({ ...opened, ...othersBy(request), canary: makeCanary(), cacheDir });
        } finally {
          opened.close();
        }
      }),
  };
}

/** Fills kubectl's discovery cache from the real API server, as after an earlier success. */
async function discover(transport: Transport, cacheDir: string): Promise<void> {
  const kubeconfig = controlPlane!.kubeconfigs.administrator;
  const opened = await transport.open({ kubeconfig, cacheDir });
  await opened.store.list({ selector: SELECTOR }, soon());
  opened.close();
}

const SELECTOR = "tests.invalid/kind=a";
const REFS = [{ namespace: "team-a", name: "x" }, { namespace: "team-b", name: "x" }];
const REMOVALS = REFS.map((ref) => ({ ...ref, uid: "u", resourceVersion: "1" }));
const USES = REFS.map(({ namespace }) => ({ namespace, serviceAccount: "x", secret: "y" }));
const NEW_NAMESPACES = ["tests-new-1", "tests-new-2"];

/** Checks that every call of the store fails with this kind; for writes, each item. */
async function checkAll(world: World, kind: KubeErrorKind): Promise<void> {
  const { store, canary } = world;
  await failure(kind, store.list({ selector: SELECTOR }, soon()));
  await failure(kind, store.list({ selector: SELECTOR, namespace: "team-b" }, soon()));
  await failure(kind, store.listData({ type: "a" }, soon()));
  await failure(kind, store.listData({ namespace: "team-b", keys: ["a"] }, soon()));
  await failure(kind, store.read(REFS, soon()));
  const secrets = REFS.map(({ namespace, name }) =>
    opaque(namespace, name, canary.value, { resourceVersion: "1" })
  );
  const rejected = [`rejected ${kind}`, `rejected ${kind}`];
  const create = secrets.map((secret) => ({ ...secret, resourceVersion: undefined }));
  assert.deepEqual(words(await store.create(create, soon())), rejected, "create");
  assert.deepEqual(words(await store.replace(secrets, soon())), rejected, "replace");
  assert.deepEqual(words(await store.remove(REMOVALS, soon())), rejected, "remove");
  await failure(kind, store.list({ name: "x" }, soon()));
  await failure(kind, store.namespaces(undefined, soon()));
  await failure(kind, store.namespaces("a=b", soon()));
  await failure(kind, store.serviceAccounts(undefined, soon()));
  await failure(kind, store.serviceAccounts("team-b", soon()));
  // They read first, so nothing is sent.
  await failure(kind, store.attach(USES, soon()));
  await failure(kind, store.detach(USES, soon()));
  const namespaces = await store.createNamespaces(NEW_NAMESPACES, soon());
  assert.deepEqual(words(namespaces), rejected, "createNamespaces");
  const dry = await store.create(create, soon(), { dryRun: true });
  assert.deepEqual(words(dry), rejected, "dry run");
}

for (const transport of TRANSPORTS) {
  contractTest(
    atUrl(transport, CLOSED_PORT_URL),
    "a closed port is unreachable for every call",
    (world) => checkAll(world, "unreachable"),
  );

  contractTest(
    as(transport, "wrong-token"),
    "an unknown token is unauthorized for every call",
    (world) => checkAll(world, "unauthorized"),
  );

  contractTest(
    as(transport, "wrong-token"),
    "a token that expires after the discovery is unauthorized too",
    async (world) => {
      await discover(transport, world.cacheDir);
      await checkAll(world, "unauthorized");
    },
  );

  contractTest(
    as(transport, "no-rights"),
    "every call of a user without permissions is forbidden",
    (world) => checkAll(world, "forbidden"),
  );

  contractTest(
    as(transport, "no-rights"),
    "a forbidden call names the verb, resource and namespace",
    async ({ store }) => {
      const message = async (call: Promise<unknown>) => (await failure("forbidden", call)).message;
      const everywhere = await message(store.list({ selector: SELECTOR }, soon()));
      assert.match(everywhere, /cannot list secrets in all namespaces \(Forbidden\)/);
      const one = { selector: SELECTOR, namespace: "team-b" };
      assert.match(
        await message(store.list(one, soon())),
        /cannot list secrets .* 'team-b' \(Forbidden\)/,
      );
      const read = await message(store.read(REFS, soon()));
      assert.match(read, /cannot get secrets in namespace 'team-a'.*'team-b' \(Forbidden\)/);
      const [outcome] = await store.remove(REMOVALS.slice(1), soon());
      assert.ok(outcome?.kind === "rejected");
      assert.match(
        outcome.error.message,
        /cannot delete secrets in namespace 'team-b' \(Forbidden\)/,
      );
      assert.equal(outcome.error.details.namespace, "team-b");

      const namespaces = await message(store.namespaces(undefined, soon()));
      assert.match(
        namespaces,
        /^Cannot list namespaces .*: .* cannot list namespaces \(Forbidden\)$/,
      );
      const accounts = await message(store.serviceAccounts(undefined, soon()));
      assert.match(accounts, /list service accounts .* cannot list serviceaccounts in all names/);
      const oneNamespace = await message(store.serviceAccounts("team-b", soon()));
      assert.match(
        oneNamespace,
        /cannot list serviceaccounts in namespace 'team-b' \(Forbidden\)$/,
      );
      const attached = await message(store.attach(USES, soon()));
      assert.match(attached, /^Cannot read service accounts .* cannot get serviceaccounts in/);
      const [created] = await store.createNamespaces(NEW_NAMESPACES, soon());
      assert.ok(created?.kind === "rejected");
      const { message: why, details } = created.error;
      assert.match(
        why,
        /^Cannot create namespace 'tests-new-1' .* cannot create namespaces \(Forbidden\)$/,
      );
      assert.equal(details.namespace, "tests-new-1");
    },
  );

  contractTest(
    as(transport, "two-namespaces"),
    "without the right to read namespaces, secrets are still read",
    async (world) => {
      const name = `two-${crypto.randomUUID().slice(0, 8)}`;
      await world.put({ metadata: { namespace: "team-a", name } });
      const refs = [{ namespace: "team-a", name }, { namespace: "argocd", name }];
      const { secrets, namespaces } = await world.store.read(refs, soon());
      assert.equal(namespaces, undefined);
      assert.deepEqual([...secrets.keys()], [`team-a/${name}`]);
    },
  );

  contractTest(
    as(transport, "two-namespaces"),
    "many refusals are forbidden too, each of them",
    async (world) => {
      const { store, canary } = world;
      const secrets = Array.from(
        { length: 500 },
        (_, i) => opaque(`nowhere-of-a-rather-long-name-${i}`, "x", canary.value),
      );
      await failure("forbidden", store.read(secrets, soon()));
      const outcomes = await store.create(secrets, soon());
      assert.deepEqual(new Set(words(outcomes)), new Set(["rejected forbidden"]));
    },
  );

  contractTest(
    as(transport, "two-namespaces"),
    "a create that is forbidden in one namespace succeeds in the others",
    async (world) => {
      const name = `two-${crypto.randomUUID().slice(0, 8)}`;
      const secrets = ["team-a", "team-b", "argocd"].map((namespace) =>
        opaque(namespace, name, world.canary.value)
      );
      const outcomes = await world.store.create(secrets, soon());
      assert.deepEqual(words(outcomes), ["done", "rejected forbidden", "done"]);
      const [, second] = outcomes;
      assert.ok(second?.kind === "rejected");
      assert.match(
        second.error.message,
        /cannot create secrets in namespace 'team-b' \(Forbidden\)/,
      );
      assert.equal(await world.find("team-b", name), undefined);
    },
  );

  Deno.test({
    name: `${transport.name}: a port that never responds is a timeout, and kubectl is gone`,
    ignore: !transport.available,
    fn: () =>
      assertTakesLess(2000, async () => {
        const port = silentPort();
        let took = Infinity;
        try {
          await atUrl(transport, port.url).run(async ({ store, said, canary }) => {
            const secrets = REFS.map(({ namespace, name }) =>
              opaque(namespace, name, canary.value)
            );
            const deadline = deadlineByHand(1);
            const calls = [
              failure("timeout", store.list({ selector: SELECTOR }, deadline)),
              failure("timeout", store.read(REFS, deadline)),
              failure("timeout", store.attach(USES, deadline)),
              store.create(secrets, deadline),
              store.remove(REMOVALS, deadline),
              store.createNamespaces(NEW_NAMESPACES, deadline),
            ] as const;
            let ended = 0;
            for (const call of calls) call.then(() => ended++, () => ended++);
            while (port.connections === 0 && ended === 0) {
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
            assert.equal(ended, 0, "not before the deadline");
            const began = performance.now();
            deadline.pass();
            const [list, read, attached, created, removed, namespaces] = await Promise.all(calls);
            took = performance.now() - began;
            for (const error of [list, read, attached]) {
              assert.match(error.message, /no response within 1 second$/);
            }
            assert.deepEqual(words(created), ["unknown", "unknown"]);
            assert.deepEqual(words(removed), ["unknown", "unknown"]);
            assert.deepEqual(words(namespaces), ["unknown", "unknown"]);
            const option = said[0]!.split(" ").find((arg) => arg.startsWith("--kubeconfig="));
            assert.equal(option !== undefined, transport.inOrder);
            if (option !== undefined) {
              assert.deepEqual(commandLines().filter((line) => line.includes(option)), []);
            }
            for (const text of said) canary.absentFrom(text, "what the store says");
          });
        } finally {
          await port.close();
        }
        return took;
      }),
  });
}

contractTest(
  atUrl(overKubectl("no kubectl", "no-such-kubectl"), CLOSED_PORT_URL),
  "a missing program is kubectl_missing for every call",
  async ({ store, canary }) => {
    const secrets = [opaque("team-a", "x", canary.value, { resourceVersion: "1" })];
    const error = await failure("kubectl_missing", store.list({ selector: SELECTOR }, soon()));
    assert.match(error.message, /'no-such-kubectl' cannot be executed/);
    await failure("kubectl_missing", store.read(REFS, soon()));
    await failure("kubectl_missing", store.create(secrets, soon()));
    await failure("kubectl_missing", store.replace(secrets, soon()));
    await failure("kubectl_missing", store.namespaces(undefined, soon()));
    await failure("kubectl_missing", store.createNamespaces(NEW_NAMESPACES, soon()));
    await failure("kubectl_missing", store.serviceAccounts(undefined, soon()));
    await failure("kubectl_missing", store.attach(USES, soon()));
    await failure("kubectl_missing", store.detach(USES, soon()));
    const rejected = REMOVALS.map(() => "rejected kubectl_missing");
    assert.deepEqual(words(await store.remove(REMOVALS, soon())), rejected);
  },
);
