import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { type TerminalScreen, waitingLine } from "./waiting_line.ts";

/** A screen that records its operations and its content. */
function fakeScreen() {
  let shown = "";
  const done: string[] = [];
  const screen: TerminalScreen = {
    draw(line) {
      shown = line;
      done.push(line);
    },
    clear() {
      shown = "";
      done.push("cleared");
    },
    room: () => ({ columns: 80, rows: 6 }),
  };
  const print = (text: string) => {
    assert.equal(shown, "", "nothing is printed over a waiting line");
    done.push(`printed ${text}`);
  };
  return { screen, done, print };
}

const halfMinute = () => Promise.resolve(30);

Deno.test("several pending clusters are shown after half a second, every second, and cleared at the end", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  {
    using line = waitingLine(screen, true, print);
    line.start("a", halfMinute);
    line.start("b", halfMinute);
    await clock.advance(400);
    assert.deepEqual(done, []);
    await clock.advance(2000);
    line.finish("a");
    await clock.advance(1000);
  }
  await clock.advance(5000);
  assert.deepEqual(done, [
    "waiting for a (0 s)\nwaiting for b (0 s)",
    "waiting for a (0 s of 30)\nwaiting for b (0 s of 30)",
    "waiting for a (1 s of 30)\nwaiting for b (1 s of 30)",
    "waiting for b (2 s of 30)",
    "cleared",
  ]);
});

Deno.test("a single pending cluster is shown after two seconds", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  using line = waitingLine(screen, false, print);
  line.start("a", halfMinute);
  await clock.advance(1900);
  assert.deepEqual(done, []);
  await clock.advance(200);
  assert.deepEqual(done, ["waiting for a (2 s)", "waiting for a (2 s of 30)"]);
});

Deno.test("printed text appears above the waiting line, which is drawn again", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  using line = waitingLine(screen, true, print);
  line.expect(2);
  line.print("before\n");
  line.start("a");
  await clock.advance(500);
  line.print("a: failed\n");
  line.finish("a");
  line.print("nothing is awaited\n");
  line.print("and nothing is drawn\n");
  assert.deepEqual(done, [
    "printed before\n",
    "waiting for a (0 s)\nand 1 more",
    "cleared",
    "printed a: failed\n",
    "waiting for a (0 s)\nand 1 more",
    "cleared",
    "printed nothing is awaited\n",
    "printed and nothing is drawn\n",
  ]);
});

Deno.test("the preview appears above the waiting lines, with as many rows as fit", async () => {
  using clock = fakeClock();
  const { screen, done, print } = fakeScreen();
  const rows = ["r1", "r2", "r3", "r4"];
  {
    using line = waitingLine(screen, true, print);
    line.preview(() => rows);
    for (const name of ["a", "b", "c"]) line.start(name, halfMinute);
    line.expect(3);
    await clock.advance(500);
    line.finish("a");
    rows.push("r5");
    line.finish("b");
    await clock.advance(250);
  }
  assert.deepEqual(done, [
    "r1\nr2\n… and 2 more rows\nwaiting for a (0 s)",
    "r1\nr2\n… and 2 more rows\nwaiting for a (0 s of 30)",
    "r1\nr2\n… and 3 more rows\nwaiting for c (0 s)",
    "r1\nr2\n… and 3 more rows\nwaiting for c (0 s of 30)",
    "cleared",
  ]);
});

Deno.test("the preview is kept until something finishes", async () => {
  using clock = fakeClock();
  const { screen, print } = fakeScreen();
  using line = waitingLine(screen, true, print);
  let made = 0;
  line.preview(() => [`made ${++made}`]);
  line.start("a");
  line.start("b");
  await clock.advance(2000);
  assert.equal(made, 1);
  line.finish("a");
  await clock.advance(1000);
  assert.equal(made, 2);
});

Deno.test("timeouts are looked up only for lines that are shown", async () => {
  using clock = fakeClock();
  const { screen, print } = fakeScreen();
  using line = waitingLine(screen, true, print);
  const asked: string[] = [];
  for (const name of ["a", "b", "c", "d", "e", "f"]) {
    line.start(name, () => {
      asked.push(name);
      return Promise.resolve(30);
    });
  }
  line.expect(6);
  await clock.advance(400);
  assert.deepEqual(asked, []);
  await clock.advance(2000);
  assert.deepEqual(asked, ["a", "b", "c"]);
});

Deno.test("without a screen text is printed, and no timer runs", async () => {
  using clock = fakeClock();
  const { done, print } = fakeScreen();
  using line = waitingLine(undefined, true, print);
  line.start("a", halfMinute);
  await clock.advance(60_000);
  line.print("a: failed\n");
  assert.deepEqual(done, ["printed a: failed\n"]);
});
