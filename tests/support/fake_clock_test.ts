import assert from "node:assert/strict";
import { fakeClock } from "./fake_clock.ts";

const DAY = 86_400_000;

Deno.test("time stands still until it is advanced", async () => {
  using clock = fakeClock();
  const done: string[] = [];
  const began = [performance.now(), Date.now()];
  const since = () => [performance.now() - began[0]!, Date.now() - began[1]!];
  setTimeout((text) => done.push(text), DAY, "late");
  setTimeout(() => done.push("soon"), 10);
  setTimeout(() => setTimeout(() => done.push("after soon"), 10), 10);
  await clock.settle();
  assert.deepEqual([done, ...since()], [[], 0, 0]);
  await clock.advance(19);
  assert.deepEqual([done, ...since()], [["soon"], 19, 19]);
  await clock.advance(1);
  assert.deepEqual(done, ["soon", "after soon"]);
  await clock.advance(DAY - 20);
  assert.deepEqual([done, ...since()], [["soon", "after soon", "late"], DAY, DAY]);
});

Deno.test("each timer sees its due time, and promises run in between", async () => {
  using clock = fakeClock();
  const seen: [string, number][] = [];
  const wait = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));
  const walk = async (name: string, pace: number) => {
    for (let i = 0; i < 3; i++) {
      await wait(pace);
      seen.push([name, clock.elapsed]);
    }
  };
  const walking = Promise.all([walk("a", 10), walk("b", 15)]);
  await clock.advance(100);
  await walking;
  assert.deepEqual(seen, [["a", 10], ["b", 15], ["a", 20], ["b", 30], ["a", 30], ["b", 45]]);
});

Deno.test("a cleared timer does not fire", async () => {
  using clock = fakeClock();
  const done: string[] = [];
  clearTimeout(setTimeout(() => done.push("cleared"), 10));
  const every = setInterval(() => done.push("again"), 10);
  await clock.advance(35);
  clearInterval(every);
  await clock.advance(100);
  assert.deepEqual(done, ["again", "again", "again"]);
});

Deno.test("AbortSignal.timeout aborts after its time", async () => {
  using clock = fakeClock();
  const signal = AbortSignal.timeout(1000);
  await clock.advance(999);
  assert.equal(signal.aborted, false);
  await clock.advance(1);
  assert.equal(signal.reason.name, "TimeoutError");
});

Deno.test("a running clock passes days without waiting, in order", async () => {
  using clock = fakeClock({ runs: true });
  const done: string[] = [];
  const after = (milliseconds: number, what: string) =>
    new Promise<void>((resolve) =>
      setTimeout(() => {
        done.push(what);
        resolve();
      }, milliseconds)
    );
  await Promise.all([after(2 * DAY, "second"), after(DAY, "first")]);
  await after(DAY, "third");
  assert.deepEqual([done, clock.elapsed], [["first", "second", "third"], 3 * DAY]);
});

Deno.test("a running clock does not advance while promises run without a timer", async () => {
  using clock = fakeClock({ runs: true });
  const timer = setTimeout(
    () => assert.fail("the clock advanced while promises were running"),
    DAY,
  );
  for (let i = 0; i < 10_000; i++) await Promise.resolve();
  clearTimeout(timer);
  await clock.settle();
  assert.equal(clock.elapsed, 0);
});

Deno.test("after disposal everything is restored, and a late clearTimeout works", async () => {
  const before = [setTimeout, setInterval, clearTimeout, clearInterval, AbortSignal.timeout];
  const clocks = [performance.now, Date.now];
  const realTimer = setTimeout(() => assert.fail("cleared"), 5);
  let fakeTimer: ReturnType<typeof setTimeout>;
  {
    using _clock = fakeClock();
    assert.throws(fakeClock, /already/);
    fakeTimer = setTimeout(() => assert.fail("dropped"), 1);
    clearTimeout(realTimer);
  }
  assert.deepEqual(
    [setTimeout, setInterval, clearTimeout, clearInterval, AbortSignal.timeout],
    before,
  );
  assert.deepEqual([performance.now, Date.now], clocks);
  clearTimeout(fakeTimer);
  await new Promise((resolve) => setTimeout(resolve, 10));
});
