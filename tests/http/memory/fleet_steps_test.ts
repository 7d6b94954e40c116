import assert from "node:assert/strict";
import type { StepResult } from "../../../src/fleet/each.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import { deadlineIn } from "../../../src/kube/deadline.ts";
import { Limits } from "../../../src/operations/limits.ts";
import type { ClusterContext, FleetContext } from "../../../src/operations/operation.ts";
import { OperationError } from "../../../src/operations/errors.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { PerMinute } from "../../../src/rate_limit/per_minute.ts";
import { usable } from "../../../src/clusters/fake/in_memory.ts";
import { send, withLog } from "../audit_place.ts";
import { EVENTS, eventsIn, type FleetOptions, fleetStage } from "../fleet.ts";
import { askSteps, MADE_UP, type Steps, stepsOperation } from "../steps.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** The framework for operations on several clusters in several steps, with a made-up operation. */

const staged = (steps: Steps, options: FleetOptions = {}) =>
  fleetStage({
    ...options,
    services: { ...options.services, operations: [stepsOperation(steps)] },
  });

const count = async ({ store, seconds }: ClusterContext) =>
  (await store.list({}, deadlineIn(seconds))).length;

/** The outcome of each cluster, sorted: `a done`, `b timeout`. */
const wordsOf = (ended: readonly StepResult<unknown>[]) =>
  ended.map((each) => `${each.cluster.name} ${each.kind === "done" ? "done" : each.status}`).sort();

const answer = (body: object) => ({ reply: () => ({ status: 200, body }) });

/** Reads each cluster and returns an outcome for each. */
async function* looks({ chosen, each }: FleetContext) {
  const ended = await Array.fromAsync(each(chosen, { act: count }));
  yield* [];
  return answer({ ended: wordsOf(ended) });
}

Deno.test("a request and each cluster that a step writes to have their own audit lines, under one ID", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = staged({
      id: "r-1",
      attempt: {
        dryRun: false,
        tries: 0,
        of: (writer, clusters) => ({ ...writer, ...MADE_UP, rotation: "r-1", clusters }),
      },
      async *steps({ chosen, each, begin, entryOf }) {
        const seen = await Array.fromAsync(each(chosen, { act: count }));
        assert.deepEqual(wordsOf(seen), ["a done", "b done", "c done"]);
        await begin({ replaces: ["0123456789abcdef"] });
        const some = chosen.filter(({ name }) => name !== "b");
        const written = each(some, {
          attempt: ({ name }) => ({
            of: (writer) => ({ ...writer, ...MADE_UP, cluster: name, rotation: "r-1" }),
          }),
          act: async ({ begin }, { name }) => {
            await begin();
            return `written in ${name}`;
          },
          outcomeOf: (outcome) => ({ outcome }),
        });
        for await (const ended of written) {
          yield {
            event: "cluster",
            ...entryOf(ended, (body) => ({ status: 200, body: { body } })),
          };
        }
        return { ...answer({ success: true }), outcome: { outcome: "rotated" } };
      },
    }, { auditLog });
    await send(it, askSteps({}, { "X-Request-Id": "my-request" }));
    const [started, begin, ...others] = entries();
    const end = others.pop()!;
    assert.equal(started!.phase, "started");
    for (const [line, phase] of [[begin!, "begin"], [end, "end"]] as const) {
      assert.partialDeepStrictEqual(line, {
        ...{ phase, write: "r-1", request: "my-request", rotation: "r-1" },
        ...{ clusters: ["a", "b", "c"], replaces: ["0123456789abcdef"] },
      });
      assert.equal(line.cluster, undefined);
    }
    assert.equal(end.outcome, "rotated");
    assert.deepEqual(
      others.map(({ cluster, phase, outcome }) => [cluster, phase, outcome]).sort(),
      [
        ["a", "begin", undefined],
        ["a", "end", "written in a"],
        ["c", "begin", undefined],
        ["c", "end", "written in c"],
      ],
    );
    assert.equal(new Set(others.map(({ write }) => write)).size, 2);
    for (const { write, rotation } of others) {
      assert.match(write!, /^r-1\.[0-9a-f]{8}$/);
      assert.equal(rotation, "r-1");
    }
  }));

Deno.test("no step runs when the audit log cannot be written", () =>
  withLog(async ({ auditLog, path }) => {
    const acted: string[] = [];
    const it = staged({
      attempt: { dryRun: false, tries: 0, of: (writer) => ({ ...writer, ...MADE_UP }) },
      async *steps({ begin, chosen, each }) {
        await begin();
        for await (const { cluster } of each(chosen, { act: count })) acted.push(cluster.name);
        yield* [];
        return answer({});
      },
    }, { auditLog });
    await Deno.mkdir(path); // where the file would be
    const { status, body } = await send(it, askSteps());
    await Deno.remove(path);
    assert.deepEqual([status, body.code], [503, "not_recorded"]);
    assert.deepEqual(acted, []);
    await Deno.writeTextFile(path, "");
  }));

const REFUSAL = () => new OperationError("rate_limited", { what: "made-up things" });

Deno.test("an error before the first event is answered in JSON, even for a stream, and audited", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = staged({
      attempt: { dryRun: false, tries: 0, of: (writer) => ({ ...writer, ...MADE_UP }) },
      async *steps() {
        yield* [];
        throw REFUSAL();
      },
    }, { auditLog });
    for (const headers of [{}, EVENTS]) {
      const { status, body } = await send(it, askSteps({}, headers));
      assert.deepEqual([status, body.code], [429, "rate_limited"]);
    }
    const ends = entries().filter(({ phase }) => phase === "end");
    assert.deepEqual(ends.map(({ outcome, error }) => [outcome, error]), [
      ["refused", "rate_limited"],
      ["refused", "rate_limited"],
    ]);
  }));

Deno.test("a stream has the events of all steps, then the answer or the error", async () => {
  for (const goesWrong of [false, true]) {
    const it = staged({
      async *steps({ chosen, each, entryOf, wantsEvents }) {
        assert.equal(wantsEvents, true);
        yield { event: "started", clusters: chosen.length, names: ["a", "b", "c"] };
        for await (const ended of each(chosen, { act: count })) {
          yield {
            event: "cluster",
            ...entryOf(ended, (secrets) => ({ status: 200, body: { secrets } })),
          };
        }
        if (goesWrong) throw REFUSAL();
        return answer({ success: true, proof: 1 });
      },
    });
    const response = await it.app.fetch(askSteps({}, EVENTS));
    const [started, ...others] = eventsIn(await response.text());
    const done = others.pop();
    assert.equal(response.status, 200);
    assert.equal(started!.event, "started");
    assert.deepEqual(others.map(({ event }) => event), ["cluster", "cluster", "cluster"]);
    assert.partialDeepStrictEqual(
      done,
      goesWrong
        ? { event: "done", success: false, error: true, code: "rate_limited", status_code: 429 }
        : { event: "done", success: true, proof: 1 },
    );
  }
});

Deno.test("a failing cluster does not fail its step, and has a code and a message", async () => {
  const it = staged({
    async *steps({ chosen, each, entryOf }) {
      const ended = await Array.fromAsync(each(chosen, {
        act(context, { name }) {
          if (name === "c") throw new Error("a bug with a canary in it");
          return count(context);
        },
      }));
      yield* [];
      const entries = ended.map((each) => entryOf(each, (n) => ({ status: 200, body: { n } })));
      const told = ended.flatMap((each) => each.kind === "done" ? [] : [each.message]);
      return answer({ ended: wordsOf(ended), told, entries });
    },
  });
  it.fleet.b!.fault = () => ({ kind: "throw", error: "timeout" });
  const { body } = await send(it, askSteps());
  assert.deepEqual(body.ended, ["a done", "b timeout", "c internal"]);
  assert.equal(body.told.length, 2);
  assert.ok(!JSON.stringify(body).includes("canary"));
  const statusOf = Object.fromEntries(
    body.entries.map(({ cluster, status_code, answer }: Record<string, { code?: string }>) => [
      cluster,
      [status_code, answer!.code],
    ]),
  );
  assert.deepEqual(statusOf, {
    a: [200, undefined],
    b: [504, "timeout"],
    c: [500, "internal"],
  });
});

Deno.test("a cluster that fails in a writing step is audited as failed", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = staged({
      async *steps({ chosen, each }) {
        const ended = await Array.fromAsync(each(chosen, {
          attempt: ({ name: cluster }) => ({
            of: (writer) => ({ ...writer, ...MADE_UP, cluster }),
          }),
          async act({ begin }, { name }) {
            await begin();
            if (name === "b") throw new KubeError("unreachable", "It is off");
          },
          outcomeOf: () => ({ outcome: "replaced" }),
        }, { maxFailures: 0, isFirst: ({ name }) => name === "b" }));
        yield* [];
        return answer({ ended: wordsOf(ended) });
      },
    }, { auditLog });
    const { body } = await send(it, askSteps());
    assert.deepEqual(body.ended, ["a not_begun", "b cluster_unreachable", "c not_begun"]);
    const lines = entries().filter(({ phase }) => phase !== "started");
    assert.deepEqual(lines.map(({ phase, cluster, outcome }) => [phase, cluster, outcome]), [
      ["begin", "b", undefined],
      ["end", "b", "failed"],
    ]);
  }));

Deno.test("a cluster whose labels have changed is skipped, unless the step ignores labels", async () => {
  for (const anyLabels of [false, true]) {
    let isChanged = false;
    const labelsOf = (name: string) =>
      ({ env: isChanged && name === "b" ? "test" : "prod" }) as const;
    const it = staged({
      selector: "env=prod",
      async *steps({ chosen, each }) {
        isChanged = true;
        const ended = await Array.fromAsync(each(chosen, { act: count }, { anyLabels }));
        yield* [];
        return answer({ ended: wordsOf(ended) });
      },
    }, {
      source: {
        list: () =>
          Promise.resolve({
            clusters: ["a", "b", "c"].map((name) => ({ name, labels: labelsOf(name) })),
          }),
        find: (name) => Promise.resolve(usable(name, { labels: labelsOf(name) })),
      },
    });
    const { body } = await send(it, askSteps());
    assert.deepEqual(body.ended, ["a done", anyLabels ? "b done" : "b not_begun", "c done"]);
  }
});

Deno.test("when the server is stopping, no step starts another cluster", async () => {
  const limits = new Limits(serverLimits({ maxRequests: 10, seconds: 10 }));
  const it = staged({
    async *steps({ chosen, each }) {
      const before = wordsOf(await Array.fromAsync(each(chosen, { act: count })));
      limits.close();
      const after = wordsOf(await Array.fromAsync(each(chosen, { act: count })));
      yield* [];
      return answer({ before, after });
    },
  }, { deps: { gates: { limits } } });
  const { body } = await send(it, askSteps());
  assert.deepEqual(body, {
    before: ["a done", "b done", "c done"],
    after: ["a not_begun", "b not_begun", "c not_begun"],
  });
});

Deno.test("a step may cover clusters beyond the selection, but only those the caller may see", async () => {
  const known = {
    "test-a": {},
    "test-b": {},
    "test-b-again": { identity: "server of test-b" },
    "production": {},
  };
  const steps: Steps = {
    async *steps({ all, each, chosen }) {
      const { clusters, isLimited } = await all();
      const ended = await Array.fromAsync(each(clusters, { act: count }));
      yield* [];
      const names = chosen.map(({ name }) => name);
      return answer({ chosen: names, ended: wordsOf(ended), isLimited });
    },
  };
  const which = { clusters: ["test-a"] };
  const it = staged(steps, { known, ...withTokens });
  const asked = async (token: "writer" | "one-cluster") =>
    (await send(it, askSteps(which, bearer(token)))).body;
  assert.deepEqual(await asked("writer"), {
    chosen: ["test-a"],
    ended: ["production done", "test-a done", "test-b done"],
    isLimited: false,
  });
  assert.deepEqual(await asked("one-cluster"), {
    chosen: ["test-a"],
    ended: ["test-a done", "test-b done"],
    isLimited: true,
  });
});

Deno.test("verifications found during a request count against the limit per minute", async () => {
  const tries = new PerMinute({ allowed: 5 });
  const it = staged({
    async *steps({ countTries, chosen, each }) {
      await countTries(3);
      const ended = await Array.fromAsync(each(chosen, { act: count }));
      yield* [];
      return answer({ ended: wordsOf(ended) });
    },
  }, { deps: { gates: { tries } } });
  assert.equal((await send(it, askSteps())).status, 200);
  it.opened.length = 0;
  const { status, headers, body } = await send(it, askSteps());
  assert.deepEqual([status, body.code, it.opened], [429, "rate_limited", []]);
  assert.match(headers.get("Retry-After")!, /^\d+$/);
});

Deno.test("searches have their own limit, and a fan-out counts once", () =>
  withLog(async ({ auditLog, entries }) => {
    const tries = new PerMinute({ allowed: 0 });
    const attempt = { dryRun: false, tries: 1, limit: "finds" } as const;
    const it = staged({
      attempt: { ...attempt, of: (writer) => ({ ...writer, ...MADE_UP, kind: "find" }) },
      steps: looks,
    }, { auditLog, deps: { gates: { tries } } });
    for (let i = 0; i < 10; i++) assert.equal((await send(it, askSteps())).status, 200);
    const { status, headers, body } = await send(it, askSteps());
    assert.equal(status, 429);
    assert.equal(body.message, "Too many searches for a credential: the limit is 10 per minute");
    assert.match(headers.get("Retry-After")!, /^\d+$/);
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.deepEqual(refused.map(({ action }) => action), ["POST /api/v1/steps"]);
  }));
