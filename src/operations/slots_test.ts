import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { type Effect, Limits, Overloaded } from "./limits.ts";

/** Random requests in random order, which finish or hang. */

const OPTIONS = {
  all: 20,
  perToken: 16,
  fleetsPerToken: 16,
  slots: 3,
  stalled: 2000,
  held: 5,
  perCluster: 2,
  waiting: 8,
  waitingPerCluster: 4,
  wait: 5000,
};

const NAMES = ["a", "b", "c"] as const;

type Step =
  | {
    readonly kind: "ask";
    readonly cluster: string;
    readonly token: string | undefined;
    readonly effect: Effect;
  }
  | { readonly kind: "end"; readonly which: number }
  | { readonly kind: "pass"; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("ask" as const),
    cluster: fc.constantFrom(...NAMES),
    token: fc.constantFrom(undefined, "s", "t"),
    effect: fc.constantFrom<Effect>("read", "write", "try"),
  }),
  fc.record({ kind: fc.constant("end" as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant("pass" as const), milliseconds: fc.nat(3000) }),
);

interface Request {
  readonly cluster: string;
  readonly token: string | undefined;
  readonly asked: number;
  began?: number;
  release?: () => void;
  error?: unknown;
}

Deno.test("never more requests run than there are slots, none waits for a free slot, and no slot is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      using clock = fakeClock();
      const limits = new Limits(OPTIONS);
      const requests = new Set<Request>();
      const ask = async (cluster: string, token: string | undefined, effect: Effect) => {
        const request: Request = { cluster, token, asked: clock.elapsed };
        requests.add(request);
        limits.enter({ cluster, token, effect }).then((release) => {
          Object.assign(request, { release, began: clock.elapsed });
        }, (error) => {
          request.error = error;
          requests.delete(request);
        });
        await clock.advance(0);
        return request;
      };
      const end = async (request: Request) => {
        request.release!();
        requests.delete(request);
        await clock.advance(0);
      };
      const those = () => [...requests].filter(({ release }) => release !== undefined);
      for (const one of steps) {
        if (one.kind === "ask") {
          const { error } = await ask(one.cluster, one.token, one.effect);
          assert.ok(error === undefined || error instanceof Overloaded);
        }
        if (one.kind === "pass") await clock.advance(one.milliseconds);
        const there = those();
        if (one.kind === "end" && there.length > 0) await end(there[one.which % there.length]!);
        check([...requests], clock.elapsed);
      }
      for (let there = those(); there.length > 0; there = those()) await end(there[0]!);
      assert.equal(requests.size, 0, "a waiting request runs when all others have finished");
      // As at the start.
      for (const cluster of ["a", "a", "b"]) {
        assert.ok((await ask(cluster, "t", "read")).release, `there is a slot at ${cluster}`);
      }
    }),
    { numRuns: 300 },
  );
});

function check(requests: readonly Request[], now: number): void {
  const there = requests.filter(({ began }) => began !== undefined);
  const working = there.filter(({ began }) => now - began! < OPTIONS.stalled);
  const at = (name: string) => there.filter(({ cluster }) => cluster === name).length;
  for (const name of NAMES) assert.ok(at(name) <= OPTIONS.perCluster);
  assert.ok(there.length <= OPTIONS.held + NAMES.length);
  for (const { cluster, token, asked } of requests.filter(({ began }) => began === undefined)) {
    assert.ok(now - asked <= OPTIONS.wait, "no request waits for longer");
    const isFree = at(cluster) < OPTIONS.perCluster && working.length < OPTIONS.slots &&
      there.length < OPTIONS.held;
    assert.ok(!isFree || token !== undefined, `one waits for ${cluster} while there is a slot`);
  }
}
