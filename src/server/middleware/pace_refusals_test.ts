import assert from "node:assert/strict";
import { Hono } from "hono";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { paceRefusals, refusalPace } from "./pace_refusals.ts";

type Answers = Record<string, { readonly status: 200 | 503; readonly again?: string }>;

const ANSWERS: Answers = {
  "/busy": { status: 503, again: "2" },
  "/no-kubectl": { status: 503 },
  "/well": { status: 200, again: "2" },
};

/** An app that rejects requests on some paths; two rejections a second are immediate. */
function scene() {
  const clock = fakeClock();
  const app = new Hono();
  app.use(
    paceRefusals(() => false, refusalPace({ atOnce: 2, later: 4, latest: 600, most: 3 })),
  );
  app.all("*", (c) => {
    const { status, again } = ANSWERS[c.req.path]!;
    return c.body(null, status, again === undefined ? {} : { "Retry-After": again });
  });
  /** The finished requests, each with its time in milliseconds. */
  const answered: number[] = [];
  return {
    clock,
    answered,
    async ask(path: string, count: number) {
      for (let i = 0; i < count; i++) {
        Promise.resolve(app.request(path)).then(({ status }) => {
          assert.equal(status, ANSWERS[path]!.status);
          answered.push(clock.elapsed);
        });
      }
      await clock.advance(0);
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

Deno.test("the first rejections of a second are immediate, others are delayed one after the other, up to a limit", async () => {
  using it = scene();
  await it.ask("/busy", 5);
  assert.deepEqual(it.answered, [0, 0]);
  await it.clock.advance(1000);
  assert.deepEqual(it.answered, [0, 0, 250, 500, 600]);
});

Deno.test("a second later some rejections are immediate again", async () => {
  using it = scene();
  await it.ask("/busy", 3);
  await it.clock.advance(1000);
  await it.ask("/busy", 2);
  assert.deepEqual(it.answered.slice(-2), [1000, 1000]);
});

Deno.test("the number of delayed rejections is limited: one more is immediate", async () => {
  using it = scene();
  await it.ask("/busy", 7);
  assert.deepEqual(it.answered, [0, 0, 0, 0]);
});

for (const path of ["/no-kubectl", "/well"]) {
  Deno.test(`a response without Retry-After is immediate: ${path}`, async () => {
    using it = scene();
    await it.ask("/busy", 3);
    await it.ask(path, 3);
    assert.equal(it.answered.length, 5);
  });
}
