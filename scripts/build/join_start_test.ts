import assert from "node:assert/strict";
import { join } from "node:path";
import { joinStart } from "./join_start.ts";

/** Pieces as the bundler writes them, joined and run. */
async function ran(pieces: Record<string, string>): Promise<{ files: string[]; output: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(pieces)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await joinStart(folder);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--allow-read", join(folder, "main.js")],
      stdout: "piped",
      stderr: "piped",
    }).output();
    const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    return { files: [...Deno.readDirSync(folder)].map(({ name }) => name).sort(), output };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const COUNTER = "let n=0;function add(){n++}export{n as a,add as b};\n/*! a licence */\n";

Deno.test("what every start needs is one piece, and what is loaded when used stays apart", async () => {
  const { files, output } = await ran({
    "main.js": 'import{b as up}from"./chunk-A.js";import"./chunk-B.js";up();' +
      'await import("./lazy-C.js");',
    "chunk-A.js": COUNTER,
    "chunk-B.js": 'import{b as x}from"./chunk-A.js";x();export{x as a};',
    "lazy-C.js": 'import{a,b as up}from"./chunk-A.js";import{e}from"./chunk-D.js";' +
      "up();console.log(a,e);",
    "chunk-D.js": "var e=7;export{e};",
  });
  assert.deepEqual(files, ["chunk-D.js", "lazy-C.js", "main.js", "start.js"]);
  // One instance of what is shared, and its variables as they are at that moment.
  assert.equal(output, "3 7\n");
});

Deno.test("the start may load a piece that imports from the start while it runs", async () => {
  const { output } = await ran({
    "main.js": 'import{run as r}from"./chunk-A.js";await r();',
    "chunk-A.js": 'var s="start";async function run(){await import("./lazy-B.js")}export{run,s};',
    "lazy-B.js": 'import{s}from"./chunk-A.js";console.log(s);',
  });
  assert.equal(output, "start\n");
});

Deno.test("what is not as the bundler writes it is not joined", async () => {
  const pieces = {
    "main.js": 'import*as all from"./chunk-A.js";console.log(all);',
    "chunk-A.js": COUNTER,
  };
  await assert.rejects(
    ran(pieces),
    /Cannot join: main\.js imports chunk-A\.js in another way/,
  );
});
