import assert from "node:assert/strict";
import { join } from "node:path";
import type { Place } from "./places.ts";
import { watch } from "./watcher.ts";

/** Milliseconds until a change is seen, on a busy machine. */
const PATIENCE = 30_000;

/** A watched project, in a folder that is removed at the end of the block. */
async function watched(prepare: (at: (path: string) => string) => void = () => {}) {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const at = (path: string) => join(root, path);
  for (const folder of ["src/server", "clusters"]) Deno.mkdirSync(at(folder), { recursive: true });
  for (const file of ["main.ts", "src/a.ts", "src/server/b.ts", "clusters/x.kubeconfig"]) {
    Deno.writeTextFileSync(at(file), "0");
  }
  prepare(at);
  const places: Place[] = [
    { path: at("src"), kind: "tree" },
    { path: at("main.ts"), kind: "file" },
    { path: at("my.conf"), kind: "file" },
    { path: at("clusters"), kind: "folder" },
  ];
  const batches: string[][] = [];
  const troubles: string[] = [];
  let wake = Promise.withResolvers<void>();
  const watching = await watch({
    places: () => Promise.resolve(places),
    onChange(paths) {
      batches.push(paths.map((path) => path.replace(`${root}/`, "")));
      wake.resolve();
      wake = Promise.withResolvers();
    },
    onTrouble: (path, why) => troubles.push(`${path.replace(`${root}/`, "")} ${why}`),
    quiet: 20,
  });
  return {
    at,
    places,
    troubles,
    /** The files of the next change. */
    async next(): Promise<string[]> {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(() => late.reject(new Error("no change was seen")), PATIENCE);
      try {
        while (batches.length === 0) await Promise.race([wake.promise, late.promise]);
        return batches.shift()!;
      } finally {
        clearTimeout(timer);
      }
    },
    /** Waits until these files have changed, in one step or, on a busy machine, in two. */
    async sees(...files: string[]): Promise<void> {
      const missing = new Set(files);
      while (missing.size > 0) {
        for (const file of await this.next()) {
          assert.ok(files.includes(file), file);
          missing.delete(file);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await watching.close();
      await Deno.remove(root, { recursive: true });
    },
  };
}

type At = (path: string) => string;
const write = (path: string, content = "1") => Deno.writeTextFileSync(path, content);

for (
  const [sentence, change, expected] of [
    ["a file that is written", (at) => write(at("src/server/b.ts")), "src/server/b.ts"],
    ["a file that is added", (at) => write(at("src/server/c.ts")), "src/server/c.ts"],
    ["a file that is removed", (at) => Deno.removeSync(at("src/a.ts")), "src/a.ts"],
    ["a watched file beside unwatched ones", (at) => write(at("main.ts")), "main.ts"],
    ["a watched file of any name", (at) => write(at("my.conf")), "my.conf"],
    ["a kubeconfig", (at) => write(at("clusters/y.kubeconfig")), "clusters/y.kubeconfig"],
    ["a file that is saved by rename", (at) => {
      write(at("src/.a.ts.swp"));
      Deno.renameSync(at("src/.a.ts.swp"), at("src/a.ts"));
    }, "src/a.ts"],
    ["a file that is saved beside a backup", (at) => {
      Deno.renameSync(at("src/a.ts"), at("src/a.ts~"));
      write(at("src/a.ts"));
    }, "src/a.ts"],
    ["a new folder with files", (at) => {
      Deno.mkdirSync(at("src/new/deep"), { recursive: true });
      write(at("src/new/deep/d.ts"));
    }, "src/new/deep/d.ts"],
  ] as [string, (at: At) => void, string][]
) {
  Deno.test(`${sentence} is a change`, async () => {
    await using project = await watched();
    change(project.at);
    assert.deepEqual(await project.next(), [expected]);
  });
}

for (
  const [sentence, change] of [
    ["a test file", (at) => write(at("src/a_test.ts"))],
    ["an editor's swap file", (at) => write(at("src/.a.ts.swp"))],
    ["a file of another kind", (at) => write(at("src/notes.md"))],
    ["a file beside a watched one", (at) => write(at("other.ts"))],
    ["a file below the clusters folder", (at) => {
      Deno.mkdirSync(at("clusters/cache"));
      write(at("clusters/cache/a.json"));
    }],
    ["a save of the same content", (at) => write(at("src/a.ts"), "0")],
    ["a change of the file's time only", (at) => Deno.utimeSync(at("src/a.ts"), 1, 1)],
    ["reading", (at) => void Deno.readTextFileSync(at("src/a.ts"))],
  ] as [string, (at: At) => void][]
) {
  Deno.test(`${sentence} is no change`, async () => {
    await using project = await watched();
    change(project.at);
    write(project.at("src/server/b.ts"));
    assert.deepEqual(await project.next(), ["src/server/b.ts"]);
  });
}

Deno.test("files that change at the same time are one change", async () => {
  await using project = await watched();
  const files = Array.from({ length: 100 }, (_, i) => `src/file${100 + i}.ts`);
  for (const file of files) write(project.at(file));
  assert.deepEqual(await project.next(), files);
});

Deno.test("successive changes are reported one after the other", async () => {
  await using project = await watched();
  for (const content of ["1", "2", "3"]) {
    write(project.at("src/a.ts"), content);
    await project.sees("src/a.ts");
  }
});

Deno.test("a ..data link that is swapped is a change of the files behind it", async () => {
  await using project = await watched((at) => {
    Deno.mkdirSync(at("clusters/..1"));
    Deno.mkdirSync(at("clusters/..2"));
    write(at("clusters/..1/m.kubeconfig"), "1");
    write(at("clusters/..2/m.kubeconfig"), "2");
    Deno.symlinkSync("..1", at("clusters/..data"));
    Deno.symlinkSync("..data/m.kubeconfig", at("clusters/m.kubeconfig"));
  });
  Deno.symlinkSync("..2", project.at("clusters/..data_tmp"));
  Deno.renameSync(project.at("clusters/..data_tmp"), project.at("clusters/..data"));
  await project.sees("clusters/m.kubeconfig");
});

Deno.test("a folder behind a link is watched, and the link too", async () => {
  await using project = await watched((at) => {
    Deno.renameSync(at("clusters"), at("release1"));
    Deno.mkdirSync(at("release2"));
    Deno.symlinkSync("release1", at("clusters"));
  });
  write(project.at("release1/y.kubeconfig"));
  await project.sees("clusters/y.kubeconfig");
  Deno.symlinkSync("release2", project.at("next"));
  Deno.renameSync(project.at("next"), project.at("clusters"));
  await project.sees("clusters/x.kubeconfig", "clusters/y.kubeconfig");
  write(project.at("release2/z.kubeconfig"));
  await project.sees("clusters/z.kubeconfig");
});

Deno.test("a folder that is missing at first is reported, and watched when it appears", async () => {
  await using project = await watched((at) => Deno.removeSync(at("clusters"), { recursive: true }));
  assert.deepEqual(project.troubles, ["clusters missing"]);
  Deno.mkdirSync(project.at("clusters"));
  write(project.at("clusters/x.kubeconfig"));
  await project.sees("clusters/x.kubeconfig");
  write(project.at("clusters/y.kubeconfig"));
  await project.sees("clusters/y.kubeconfig");
  assert.deepEqual(project.troubles, ["clusters missing"]);
});

Deno.test("a missing folder of a missing folder is watched when both appear", async () => {
  await using project = await watched();
  project.places.push({ path: project.at("far/off"), kind: "folder" });
  write(project.at("src/a.ts"));
  await project.sees("src/a.ts");
  assert.deepEqual(project.troubles, ["far/off missing"]);
  Deno.mkdirSync(project.at("far/off"), { recursive: true });
  write(project.at("far/off/x.kubeconfig"));
  await project.sees("far/off/x.kubeconfig");
});

Deno.test("a folder that is removed and created again is still watched", async () => {
  await using project = await watched();
  Deno.removeSync(project.at("src"), { recursive: true });
  await project.sees("src/a.ts", "src/server/b.ts");
  assert.deepEqual(project.troubles, ["src missing"]);
  Deno.mkdirSync(project.at("src"));
  write(project.at("src/a.ts"), "2");
  await project.sees("src/a.ts");
  write(project.at("src/a.ts"), "3");
  await project.sees("src/a.ts");
});

Deno.test("a folder that is replaced atomically is still watched", async () => {
  await using project = await watched();
  Deno.removeSync(project.at("src"), { recursive: true });
  Deno.mkdirSync(project.at("src"));
  write(project.at("src/a.ts"));
  await project.sees("src/a.ts", "src/server/b.ts");
  write(project.at("src/a.ts"), "2");
  await project.sees("src/a.ts");
  assert.deepEqual(project.troubles, []);
});

Deno.test("a place that is no longer watched is not a change", async () => {
  await using project = await watched((at) => {
    Deno.mkdirSync(at("others"));
    write(at("others/o.kubeconfig"));
  });
  project.places[3] = { path: project.at("others"), kind: "folder" };
  write(project.at("main.ts"));
  await project.sees("main.ts");
  write(project.at("others/o.kubeconfig"), "2");
  await project.sees("others/o.kubeconfig");
});

Deno.test("a place that cannot be watched is reported, and the rest is watched", async () => {
  await using project = await watched();
  const troubles: string[] = [];
  const seen = Promise.withResolvers<string[]>();
  const watching = await watch({
    places: () => Promise.resolve(project.places),
    onChange: seen.resolve,
    onTrouble: (path, why) => troubles.push(`${path} ${why}`),
    quiet: 20,
    watchFs(paths, options) {
      if (String(paths).endsWith("/clusters")) throw new Error("no space left");
      return Deno.watchFs(paths, options);
    },
  });
  write(project.at("src/a.ts"));
  assert.deepEqual(await project.next(), ["src/a.ts"]);
  assert.deepEqual(await seen.promise, [project.at("src/a.ts")]);
  assert.deepEqual(troubles, [`${project.at("clusters")} Error: no space left`]);
  await watching.close();
});
