import assert from "node:assert/strict";
import type { EmulatedFault, EmulatedRequest } from "../../src/emulator/emulator.ts";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { PullSecretUse } from "../../src/kube/store.ts";
import { commandLines } from "../support/processes.ts";
import { uniqueName } from "../support/api_objects.ts";
import { assertTakesLess } from "../support/takes_less.ts";
import { pullSecrets } from "./accounts.ts";
import { deadlineByHand } from "./deadline_by_hand.ts";
import { type EmulatedWorld, emulatorSubject, TRANSPORTS } from "./subjects.ts";
import { failure, soon, words } from "./secrets.ts";
import { contractTests } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** How the store handles failures of namespaces and service accounts, over each transport. */

const TOO_MANY: EmulatedFault = {
  kind: "status",
  code: 429,
  reason: "TooManyRequests",
  retryAfter: 0,
};
const FORBIDDEN: EmulatedFault = { kind: "status", code: 403, reason: "Forbidden" };
const INTERNAL: EmulatedFault = { kind: "status", code: 500, reason: "InternalError" };
const UNAVAILABLE: EmulatedFault = { kind: "status", code: 503, reason: "ServiceUnavailable" };
const CUT_BEFORE: EmulatedFault = { kind: "cut", after: false };
const CUT_AFTER: EmulatedFault = { kind: "cut", after: true };
const HANG: EmulatedFault = { kind: "hang" };

function faultTest(sentence: string, test: (world: EmulatedWorld) => Promise<void>): void {
  for (const transport of TRANSPORTS) contractTest(emulatorSubject(transport), sentence, test);
}

type About = (request: EmulatedRequest) => boolean;

const toAccounts = (...methods: string[]): About => ({ method, path }) =>
  methods.includes(method) && /\/serviceaccounts(\/|$)/.test(path);

const toNamespaces = (...methods: string[]): About => ({ method, path }) =>
  methods.includes(method) && /\/namespaces$/.test(path);

/** The first requests `about` something fail this many times. Counts all of them. */
function firstTimes(about: About, times: number, fault: EmulatedFault) {
  const faults = {
    count: 0,
    fault: (request: EmulatedRequest) =>
      about(request) && ++faults.count <= times ? fault : undefined,
  };
  return faults;
}

/** Three service accounts with a pull secret, and another one to attach. */
async function threeUses(world: EmulatedWorld): Promise<PullSecretUse[]> {
  const namespace = await world.namespace();
  return await Promise.all(["a", "b", "c"].map(async (name) => {
    await world.putAccount({ metadata: { namespace, name }, imagePullSecrets: [{ name: "old" }] });
    return { namespace, serviceAccount: name, secret: "new" };
  }));
}

const isSecond = ({ path, body }: EmulatedRequest): boolean =>
  path.endsWith("/b") ||
  (body as { metadata?: { name?: string } } | undefined)?.metadata?.name?.startsWith("b-") === true;

const PASSING: [sentence: string, fault: EmulatedFault, times: number][] = [
  ["429 twice", TOO_MANY, 2],
  ["500 once", INTERNAL, 1],
  ["503 twice", UNAVAILABLE, 2],
  ["one cut connection", CUT_BEFORE, 1],
];

for (const [sentence, fault, times] of PASSING) {
  faultTest(`namespaces and service accounts are listed after ${sentence}`, async (world) => {
    const [{ namespace } = { namespace: "" }] = await threeUses(world);
    world.emulator.fault = firstTimes(toNamespaces("GET"), times, fault).fault;
    assert.equal((await world.store.namespaces(undefined, soon())).get(namespace), "Active");
    world.emulator.fault = firstTimes(toAccounts("GET"), times, fault).fault;
    assert.equal((await world.store.serviceAccounts(namespace, soon())).length, 3);
  });

  faultTest(
    `pull secrets are attached after reads that got ${sentence}`,
    async (world) => {
      const uses = await threeUses(world);
      world.emulator.fault = firstTimes(toAccounts("GET"), times, fault).fault;
      assert.deepEqual(words(await world.store.attach(uses, soon())), ["done", "done", "done"]);
    },
  );
}

const LISTS: [what: string, about: About, list: (world: EmulatedWorld) => Promise<unknown>][] = [
  ["namespaces", toNamespaces("GET"), ({ store }) => store.namespaces(undefined, deadlineIn(1))],
  [
    "service accounts",
    toAccounts("GET"),
    ({ store }) => store.serviceAccounts(undefined, deadlineIn(1)),
  ],
];

for (const [what, about, list] of LISTS) {
  faultTest(`a list of ${what} that hangs is a timeout at the deadline`, async (world) => {
    world.emulator.fault = (request) => about(request) ? HANG : undefined;
    await assertTakesLess(3000, async () => {
      const began = performance.now();
      const error = await failure("timeout", list(world));
      const took = performance.now() - began;
      assert.match(error.message, new RegExp(`^Cannot list ${what} .*within 1 second$`));
      assert.ok(took >= 950, `it took ${took} ms`);
      assert.deepEqual(left(world), []);
    });
  });
}

const UNCERTAIN: [sentence: string, fault: EmulatedFault][] = [
  ["cut before it is carried out", CUT_BEFORE],
  ["cut after it was carried out", CUT_AFTER],
  ["answered with 500", INTERNAL],
  ["answered with 503", UNAVAILABLE],
];

for (const [sentence, fault] of UNCERTAIN) {
  const carriedOut = fault === CUT_AFTER;

  faultTest(`a namespace whose creation is ${sentence} is unknown`, async (world) => {
    const names = ["a", "b", "c"].map(uniqueName);
    let posts = 0;
    world.emulator.fault = (request) => {
      if (!toNamespaces("POST")(request)) return undefined;
      posts++;
      return isSecond(request) ? fault : undefined;
    };
    const outcomes = await world.store.createNamespaces(names, soon());
    assert.deepEqual(words(outcomes), ["done", "unknown", "done"]);
    assert.equal(posts, 3, "a write is never sent twice");
    assert.equal(await world.labelsOf(names[1]!) !== undefined, carriedOut);
  });

  for (const change of ["attach", "detach"] as const) {
    faultTest(`a service account whose ${change} is ${sentence} is unknown`, async (world) => {
      const uses = (await threeUses(world))
        .map((use) => ({ ...use, secret: change === "attach" ? "new" : "old" }));
      let puts = 0;
      world.emulator.fault = (request) => {
        if (!toAccounts("PUT")(request)) return undefined;
        puts++;
        return isSecond(request) ? fault : undefined;
      };
      const outcomes = await world.store[change](uses, soon());
      assert.deepEqual(words(outcomes), ["done", "unknown", "done"]);
      assert.equal(puts, 3, "a write is never sent twice");
      world.emulator.fault = undefined;
      const second = pullSecrets(await world.findAccount(uses[1]!.namespace, "b"));
      const changed = change === "attach" ? ["old", "new"] : [];
      assert.deepEqual(second, carriedOut ? changed : ["old"]);
      // Whether or not it was carried out, repeating it completes it.
      assert.deepEqual(words(await world.store[change](uses, soon())), ["done", "done", "done"]);
      assert.deepEqual(pullSecrets(await world.findAccount(uses[1]!.namespace, "b")), changed);
    });
  }
}

faultTest("without the right to read one service account, none is changed", async (world) => {
  const uses = await threeUses(world);
  const { namespace } = uses[0]!;
  world.emulator.fault = (request) =>
    toAccounts("GET")(request) && isSecond(request) ? FORBIDDEN : undefined;
  const error = await failure("forbidden", world.store.attach(uses, soon()));
  const right = `cannot get serviceaccounts in namespace '${namespace}' \\(Forbidden\\)`;
  assert.match(error.message, new RegExp(`^Cannot read service accounts .*: .* ${right}$`));
  assert.deepEqual(pullSecrets(await world.findAccount(namespace, "a")), ["old"]);
  assert.ok(!world.emulator.requests.some((line) => /^(PUT|PATCH) .*serviceaccounts/.test(line)));
});

faultTest(
  "without the right to change one service account, the others are changed",
  async (world) => {
    const uses = await threeUses(world);
    const { namespace } = uses[0]!;
    world.emulator.fault = (request) =>
      toAccounts("PUT")(request) && isSecond(request) ? FORBIDDEN : undefined;
    const outcomes = await world.store.attach(uses, soon());
    assert.deepEqual(words(outcomes), ["done", "rejected forbidden", "done"]);
    const [, second] = outcomes;
    assert.ok(second?.kind === "rejected");
    const what = `change imagePullSecrets of service account ${namespace}/b`;
    const right = `cannot update serviceaccounts in namespace '${namespace}' \\(Forbidden\\)`;
    assert.match(second.error.message, new RegExp(`^Cannot ${what} of cluster .*: .* ${right}$`));
    assert.equal(second.error.details.namespace, namespace);
  },
);

faultTest(
  "without the right to create one namespace, the others are created and the right is reported",
  async (world) => {
    const names = ["a", "b", "c"].map(uniqueName);
    world.emulator.fault = (request) =>
      toNamespaces("POST")(request) && isSecond(request) ? FORBIDDEN : undefined;
    const outcomes = await world.store.createNamespaces(names, soon());
    assert.deepEqual(words(outcomes), ["done", "rejected forbidden", "done"]);
    const [, second] = outcomes;
    assert.ok(second?.kind === "rejected");
    const what = `create namespace '${names[1]}'`;
    assert.match(
      second.error.message,
      new RegExp(`^Cannot ${what} .* cannot create namespaces \\(Forbidden\\)$`),
    );
  },
);

faultTest("a service account that hangs leaves the following ones unknown", async (world) => {
  const uses = await threeUses(world);
  const deadline = deadlineByHand(20);
  world.emulator.fault = (request) => {
    if (!toAccounts("PUT")(request) || !isSecond(request)) return undefined;
    deadline.pass();
    return HANG;
  };
  const outcomes = await world.store.attach(uses, deadline);
  assert.ok(outcomes.every(({ kind }) => kind !== "rejected"), words(outcomes).join());
  const [, second] = outcomes;
  assert.equal(second?.kind === "unknown" && second.error.kind, "timeout");
  assert.deepEqual(left(world), []);
});

faultTest(
  "a concurrent change of a service account is kept, and the pull secret is attached",
  async (world) => {
    const uses = await threeUses(world);
    const { namespace } = uses[0]!;
    const { cluster } = world.emulator;
    let changes = 0;
    world.emulator.fault = (request) => {
      if (!toAccounts("PUT")(request) || !isSecond(request) || ++changes > 2) return undefined;
      const imagePullSecrets = [{ name: `theirs-${changes}` }];
      cluster.putServiceAccount({ metadata: { namespace, name: "b" }, imagePullSecrets });
      return undefined;
    };
    const outcomes = await world.store.attach(uses, soon());
    assert.deepEqual(words(outcomes), ["done", "done", "done"]);
    assert.equal(changes, 3);
    assert.deepEqual(pullSecrets(await world.findAccount(namespace, "b")), ["theirs-2", "new"]);
  },
);

faultTest("a service account that is deleted concurrently is not_found", async (world) => {
  const uses = await threeUses(world);
  const { namespace } = uses[0]!;
  const { cluster } = world.emulator;
  world.emulator.fault = (request) => {
    if (toAccounts("PUT")(request) && isSecond(request) && cluster.serviceAccount(namespace, "b")) {
      cluster.delete("serviceaccounts", namespace, "b");
    }
    return undefined;
  };
  const outcomes = await world.store.detach(uses.map((use) => ({ ...use, secret: "old" })), soon());
  assert.deepEqual(words(outcomes), ["done", "rejected not_found", "done"]);
});

faultTest("a service account that changes at every attempt is a conflict", async (world) => {
  const uses = await threeUses(world);
  const { namespace } = uses[0]!;
  let puts = 0;
  world.emulator.fault = (request) => {
    if (!toAccounts("PUT")(request) || !isSecond(request)) return undefined;
    const imagePullSecrets = [{ name: `theirs-${++puts}` }];
    world.emulator.cluster
      .putServiceAccount({ metadata: { namespace, name: "b" }, imagePullSecrets });
    return undefined;
  };
  const outcomes = await world.store.attach(uses, soon());
  assert.deepEqual(words(outcomes), ["done", "rejected conflict", "done"]);
  assert.equal(puts, 5);
  assert.deepEqual(pullSecrets(await world.findAccount(namespace, "a")), ["old", "new"]);
});

faultTest(
  "a conflict stays a conflict if the service account cannot be read again",
  async (world) => {
    const uses = await threeUses(world);
    const { namespace } = uses[0]!;
    let isChanged = false;
    world.emulator.fault = (request) => {
      if (isChanged && toAccounts("GET")(request)) return FORBIDDEN;
      if (!toAccounts("PUT")(request) || !isSecond(request)) return undefined;
      isChanged = true;
      world.emulator.cluster.putServiceAccount({ metadata: { namespace, name: "b" } });
      return undefined;
    };
    const outcomes = await world.store.attach(uses, soon());
    assert.deepEqual(words(outcomes), ["done", "rejected conflict", "done"]);
  },
);

/** Command lines of kubectl processes of this world that are still running. */
function left({ kubeconfig }: EmulatedWorld): string[] {
  return commandLines().filter((line) => line.includes(kubeconfig));
}
