import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { type Screen, waitingLine } from "./waiting_line.ts";

/** A screen that keeps what was done to it, and what is on it. */
function fakeScreen() {
  let shown = "";
  const done: string[] = [];
  const screen: Screen = {
    draw(line) {
      shown = line;
      done.push(line);
    },
    clear() {
      shown = "";
      done.push("cleared");
    },
    columns: () => 80,
  };
  const print = (text: string) => {
    assert.equal(shown, "", "nothing is printed into a line that is drawn");
    done.push(`printed ${text}`);
  };
  return { screen, done, print };
}

const halfMinute = () => Promise.resolve(30);

Deno.test("several are shown from the first half second on, every second, and are gone at the end", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  {
    using line = waitingLine(screen, 2, print);
    line.begin("a", halfMinute);
    line.begin("b", halfMinute);
    await clock.advance(400);
    assert.deepEqual(done, []);
    await clock.advance(2000);
    line.end("a");
    await clock.advance(1000);
  }
  await clock.advance(5000);
  assert.deepEqual(done, [
    "waiting for a (0 s of 30) and b (0 s of 30)",
    "waiting for a (1 s of 30) and b (1 s of 30)",
    "waiting for b (2 s of 30)",
    "cleared",
  ]);
});

Deno.test("one alone is shown when it takes more than two seconds", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  using line = waitingLine(screen, 1, print);
  line.begin("a", halfMinute);
  await clock.advance(1900);
  assert.deepEqual(done, []);
  await clock.advance(200);
  assert.deepEqual(done, ["waiting for a (2 s of 30)"]);
});

Deno.test("what is said stands above the line, which is drawn again", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  using line = waitingLine(screen, 2, print);
  line.say("before\n");
  line.begin("a");
  await clock.advance(500);
  line.say("a: failed\n");
  line.end("a");
  line.say("nothing is awaited\n");
  line.say("and nothing is drawn\n");
  assert.deepEqual(done, [
    "printed before\n",
    "waiting for a (0 s) and 1 more",
    "cleared",
    "printed a: failed\n",
    "waiting for a (0 s) and 1 more",
    "cleared",
    "printed nothing is awaited\n",
    "printed and nothing is drawn\n",
  ]);
});

Deno.test("without a screen what is said is printed, and no timer is left", async () => {
  using clock = fakeClock();
  const { done, print } = fakeScreen();
  using line = waitingLine(undefined, 2, print);
  line.begin("a", halfMinute);
  await clock.advance(60_000);
  line.say("a: failed\n");
  assert.deepEqual(done, ["printed a: failed\n"]);
});
