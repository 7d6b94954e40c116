import assert from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { compileArguments } from "./compile.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** Allocates so many objects that survive that V8 uses all the room it may, and prints how much. */
const GROW = `
  import { getHeapSpaceStatistics } from "node:v8";
  const kept = [];
  for (let i = 0; i < 2_000_000; i++) kept[i % 200_000] = { text: "x" + i, list: [i] };
  const { physical_space_size } = getHeapSpaceStatistics()
    .find(({ space_name }) => space_name === "new_space");
  console.log(physical_space_size / 2 ** 20);
`;

/** MiB of the young generation. */
async function roomFor(flags: readonly string[]): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    const script = join(folder, "grow.js");
    await Deno.writeTextFile(script, GROW);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--quiet", ...flags, script],
      stderr: "inherit",
    }).output();
    return Number(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the flags limit the young generation to 16 MiB, which it would exceed without them", async () => {
  const [bound, unbound] = [await roomFor(V8_FLAGS), await roomFor([])];
  assert.ok(bound > 0 && bound <= 16, `${bound}`);
  assert.ok(unbound > 16, `${unbound}`);
});

Deno.test("deno task start passes the same V8 flags as the executable", () => {
  const target = "x86_64-unknown-linux-gnu";
  const args = compileArguments({ bundle: "bundle", output: "out", target, unstable: [] });
  assert.ok(V8_FLAGS.every((flag) => args.indexOf(flag) < args.indexOf("bundle/main.js")));
  assert.ok(V8_FLAGS.every((flag) => args.includes(flag)));
  const { command } = denoConfig.tasks.start;
  assert.ok(command.includes(` ${V8_FLAGS.join(" ")} `), command);
});
