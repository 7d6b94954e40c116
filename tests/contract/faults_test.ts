import assert from "node:assert/strict";
import type { EmulatedFault, EmulatedRequest } from "../../src/emulator/emulator.ts";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { Removal, SecretManifest } from "../../src/kube/store.ts";
import { encodeBase64 } from "../support/base64.ts";
import { commandLines } from "../support/processes.ts";
import { assertTakesLess } from "../support/takes_less.ts";
import { deadlineByHand } from "./deadline_by_hand.ts";
import { type EmulatedWorld, emulatorSubject, type Transport, TRANSPORTS } from "./subjects.ts";
import { failure, opaque, soon, words } from "./secrets.ts";
import { contractTests } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** How the store handles a failing API server, over each transport. */

const TOO_MANY: EmulatedFault = {
  kind: "status",
  code: 429,
  reason: "TooManyRequests",
  retryAfter: 0,
};
const INTERNAL: EmulatedFault = { kind: "status", code: 500, reason: "InternalError" };
const UNAVAILABLE: EmulatedFault = { kind: "status", code: 503, reason: "ServiceUnavailable" };
const CUT_BEFORE: EmulatedFault = { kind: "cut", after: false };
const CUT_AFTER: EmulatedFault = { kind: "cut", after: true };
const HANG: EmulatedFault = { kind: "hang" };

function faultTest(
  sentence: string,
  test: (world: EmulatedWorld, transport: Transport) => Promise<void>,
): void {
  for (const transport of TRANSPORTS) {
    contractTest(emulatorSubject(transport), sentence, (world) => test(world, transport));
  }
}

/** Requests for secrets with these methods; discovery and namespaces are unaffected. */
function toSecrets(...methods: string[]): (request: EmulatedRequest) => boolean {
  return ({ method, path }) => methods.includes(method) && /\/secrets(\/|$)/.test(path);
}

/** The fault for these requests, counted from 1 among those that are `about`. */
function at(
  about: (request: EmulatedRequest) => boolean,
  counted: readonly number[],
  fault: EmulatedFault,
): { fault(request: EmulatedRequest): EmulatedFault | undefined; count: number } {
  const faults = {
    count: 0,
    fault(request: EmulatedRequest) {
      return about(request) && counted.includes(++faults.count) ? fault : undefined;
    },
  };
  return faults;
}

/** The fault for requests about the second of three secrets. Counts all of them. */
function atSecond(
  about: (request: EmulatedRequest) => boolean,
  fault: EmulatedFault,
): { fault(request: EmulatedRequest): EmulatedFault | undefined; count: number } {
  const faults = {
    count: 0,
    fault(request: EmulatedRequest) {
      if (!about(request)) return undefined;
      faults.count++;
      return isSecond(request) ? fault : undefined;
    },
  };
  return faults;
}

/** Three secrets to create in a namespace of their own. */
async function threeNew({ namespace, canary }: EmulatedWorld): Promise<SecretManifest[]> {
  const where = await namespace();
  return ["a", "b", "c"].map((name) => opaque(where, name, canary.value));
}

/** Three existing secrets without data, to replace or remove. */
async function threeStored(world: EmulatedWorld): Promise<(SecretManifest & Removal)[]> {
  return await Promise.all((await threeNew(world)).map(async (secret) => {
    const { namespace, name } = secret;
    const { metadata } = await world.put({ metadata: { namespace, name } });
    return { ...secret, uid: metadata.uid!, resourceVersion: metadata.resourceVersion! };
  }));
}

const PASSING: [sentence: string, fault: EmulatedFault, times: number[]][] = [
  ["429 twice", TOO_MANY, [1, 2]],
  ["500 once", INTERNAL, [1]],
  ["503 twice", UNAVAILABLE, [1, 2]],
  ["one cut connection", CUT_BEFORE, [1]],
];

for (const [sentence, fault, times] of PASSING) {
  faultTest(`a list and a read succeed after ${sentence}`, async (world) => {
    const namespace = await world.namespace();
    const labels = { kind: "a" };
    await world.put({ metadata: { namespace, name: "s", labels } });
    world.emulator.fault = at(toSecrets("GET"), times, fault).fault;
    assert.equal((await world.store.list({ selector: "kind=a", namespace }, soon())).length, 1);
    world.emulator.fault = at(toSecrets("GET"), times, fault).fault;
    const { secrets } = await world.store.read([{ namespace, name: "s" }], soon());
    assert.equal(secrets.size, 1);
  });
}

faultTest(
  "a read of a server that always fails is an error without the server's text",
  async (world) => {
    const namespace = await world.namespace();
    const query = { selector: "kind=a", namespace };
    world.emulator.fault = (request) => toSecrets("GET")(request) ? UNAVAILABLE : undefined;
    await failure("unreachable", world.store.list(query, soon()));
    world.emulator.fault = (request) => toSecrets("GET")(request) ? INTERNAL : undefined;
    const error = await failure("failed", world.store.list(query, soon()));
    assert.doesNotMatch(error.message, /Internal error occurred/);
  },
);

faultTest("a create of three secrets continues after 429 twice", async (world) => {
  const secrets = await threeNew(world);
  world.emulator.fault = at(toSecrets("POST"), [2, 3], TOO_MANY).fault;
  assert.deepEqual(words(await world.store.create(secrets, soon())), ["done", "done", "done"]);
});

faultTest("a 429 without Retry-After is busy for that secret only", async (world) => {
  const secrets = await threeNew(world);
  const fault: EmulatedFault = { kind: "status", code: 429, reason: "TooManyRequests" };
  world.emulator.fault = atSecond(toSecrets("POST"), fault).fault;
  const outcomes = await world.store.create(secrets, soon());
  assert.deepEqual(words(outcomes), ["done", "rejected busy", "done"]);
});

/** Faults after which it is unknown whether the second of three writes was carried out. */
const UNCERTAIN: [sentence: string, fault: EmulatedFault][] = [
  ["cut before it is carried out", CUT_BEFORE],
  ["cut after it was carried out", CUT_AFTER],
  ["answered with 500", INTERNAL],
  ["answered with 503", UNAVAILABLE],
];

for (const [sentence, fault] of UNCERTAIN) {
  faultTest(`a write ${sentence} is unknown, not rejected`, async (world) => {
    const carriedOut = fault === CUT_AFTER;
    const created = await threeNew(world);
    const posts = atSecond(toSecrets("POST"), fault);
    world.emulator.fault = posts.fault;
    const outcomes = await world.store.create(created, soon());
    assert.deepEqual(words(outcomes), ["done", "unknown", "done"]);
    assert.equal(posts.count, 3, "a write is never sent twice");
    const [, second] = created;
    assert.equal(await world.find(second!.namespace, "b") !== undefined, carriedOut);

    world.emulator.fault = undefined;
    const old = await threeStored(world);
    const puts = atSecond(toSecrets("PUT"), fault);
    world.emulator.fault = puts.fault;
    const replaced = await world.store.replace(old, soon());
    assert.deepEqual(words(replaced), ["done", "unknown", "done"]);
    assert.equal(puts.count, 3, "a write is never sent twice");
    const { data = {} } = (await world.find(old[1]!.namespace, "b"))!;
    const expected = carriedOut ? { password: encodeBase64(world.canary.value) } : {};
    assert.deepEqual(data, expected);
  });
}

faultTest("a removal whose connection is cut is unknown, carried out or not", async (world) => {
  for (const fault of [CUT_BEFORE, CUT_AFTER]) {
    world.emulator.fault = undefined;
    const stored = await threeStored(world);
    const path = `/secrets/b`;
    world.emulator.fault = (request) =>
      request.method === "DELETE" && request.path.endsWith(path) ? fault : undefined;
    const outcomes = await world.store.remove(stored, soon());
    assert.deepEqual(words(outcomes), ["done", "unknown", "done"]);
  }
});

for (const [verb, method] of [["create", "POST"], ["replace", "PUT"]] as const) {
  faultTest(
    `a ${verb} that hangs at the second secret leaves the rest unknown`,
    async (world, transport) => {
      const secrets = verb === "create" ? await threeNew(world) : await threeStored(world);
      const deadline = deadlineByHand(20);
      world.emulator.fault = (request) => {
        if (!toSecrets(method)(request) || !isSecond(request)) return undefined;
        deadline.pass();
        return HANG;
      };
      const outcomes = await world.store[verb](secrets, deadline);
      assert.ok(outcomes.every(({ kind }) => kind !== "rejected"), words(outcomes).join());
      if (transport.inOrder) {
        assert.deepEqual(words(outcomes), ["done", "unknown", "unknown"]);
      }
      const [, second] = outcomes;
      assert.equal(second?.kind === "unknown" && second.error.kind, "timeout");
      assert.deepEqual(left(world), []);
    },
  );
}

function isSecond({ path, body }: EmulatedRequest): boolean {
  const name = (body as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  return name === "b" || path.endsWith("/b");
}

faultTest("a list that hangs is a timeout at the deadline, and kubectl is gone", async (world) => {
  const namespace = await world.namespace();
  world.emulator.fault = (request) => toSecrets("GET")(request) ? HANG : undefined;
  await assertTakesLess(3000, async () => {
    const began = performance.now();
    const call = world.store.list({ selector: "kind=a", namespace }, deadlineIn(1));
    const error = await failure("timeout", call);
    const took = performance.now() - began;
    assert.match(error.message, /no response within 1 second$/);
    assert.ok(took >= 950, `it took ${took} ms`);
    assert.deepEqual(left(world), []);
  });
});

faultTest("a removal that hangs does not delay the others", async (world) => {
  const stored = await threeStored(world);
  const deadline = deadlineByHand(20);
  const deleted: string[] = [];
  world.emulator.fault = ({ method, path }) => {
    if (method !== "DELETE") return undefined;
    deleted.push(path);
    return path.endsWith("/b") ? HANG : undefined;
  };
  const removing = world.store.remove(stored, deadline);
  while (deleted.length < 3 || (await world.find(stored[0]!.namespace, "c")) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  deadline.pass();
  const outcomes = words(await removing);
  assert.equal(outcomes[1], "unknown");
  assert.ok(!outcomes.some((word) => word.startsWith("rejected")), outcomes.join());
});

faultTest("a missing permission is reported with its verb and namespace", async (world) => {
  const secrets = await threeNew(world);
  const { namespace } = secrets[0]!;
  const forbidden: EmulatedFault = { kind: "status", code: 403, reason: "Forbidden" };
  world.emulator.fault = atSecond(toSecrets("POST"), forbidden).fault;
  const outcomes = await world.store.create(secrets, soon());
  assert.deepEqual(words(outcomes), ["done", "rejected forbidden", "done"]);
  const [, second] = outcomes;
  assert.ok(second?.kind === "rejected");
  assert.match(
    second.error.message,
    new RegExp(`cannot create secrets in namespace '${namespace}' \\(Forbidden\\)`),
  );
});

/** Command lines of kubectl processes of this world that are still running. */
function left({ kubeconfig }: EmulatedWorld): string[] {
  return commandLines().filter((line) => line.includes(kubeconfig));
}
