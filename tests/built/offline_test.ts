import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "../../scripts/build.ts";
import { withCommit } from "../../scripts/build/bundle.ts";
import { compile, TARGETS } from "../../scripts/build/compile.ts";
import { type Ended, type Folder, folder } from "../cli/support.ts";

/** The executable runs without deno and without a download. */

const BUILT = Deno.env.get("ARGOCD_CONFIGURER_TEST_BUILT");

/** A PATH with the tools that the executable needs, without deno. */
const PATH = "/usr/bin:/bin";

/** Builds the executable once for all tests here, unless it was built already. */
let building: Promise<{ file: string; folder?: Folder }> | undefined;
function built(): Promise<{ file: string; folder?: Folder }> {
  return building ??= (async () => {
    if (BUILT !== undefined) return { file: BUILT };
    const here = await folder();
    const [file] = await build({ offline: true, folder: here.path });
    return { file: file!, folder: here };
  })();
}

Deno.test.afterAll(async () => {
  await (await building)?.folder?.[Symbol.asyncDispose]();
});

/** Runs a file with nothing but these variables. */
async function run(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(file, {
    args: [...args],
    clearEnv: true,
    env: { PATH, ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The folder with the unpacked program. */
function unpacked(cache: string): string {
  const folders = [...Deno.readDirSync(join(cache, "argocd-configurer", "unpacked"))];
  assert.equal(folders.length, 1, folders.map(({ name }) => name).join());
  return join(cache, "argocd-configurer", "unpacked", folders[0]!.name);
}

Deno.test("without deno on PATH the executable unpacks itself once, prints its version, and serves", async () => {
  const { file } = await built();
  await using cache = await folder();
  await using here = await folder();
  const env = { XDG_CACHE_HOME: cache.path, HOME: "/nowhere" };
  const first = await run(file, ["version"], env);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^argocd-configurer \d+\.\d+\.\d+ \([0-9a-f]{12}(-changed)?\)\nDeno /);
  const { mtime, ino } = await Deno.stat(join(unpacked(cache.path), "argocd-configurer"));
  assert.deepEqual(await run(file, ["version"], env), first);
  assert.deepEqual(
    await Deno.stat(join(unpacked(cache.path), "argocd-configurer")).then((info) => [
      info.mtime,
      info.ino,
    ]),
    [mtime, ino],
  );

  const at = ["--run-dir", here.path];
  const started = await run(file, ["start", "--port", "0", ...at], env);
  assert.match(started.stdout, /^argocd-configurer started \(pid /, started.stderr);
  const url = /, listening on (\S+)$/m.exec(started.stdout)![1]!;
  assert.equal((await fetch(`${url}/openapi.json`).then((r) => r.json())).openapi, "3.1.0");
  assert.equal((await run(file, ["status", ...at], env)).code, 0);
  assert.match(
    (await run(file, ["restart", ...at], env)).stdout,
    /^argocd-configurer restarted \(pid /,
  );
  assert.equal((await run(file, ["stop", ...at], env)).code, 0);
  assert.match((await run(file, ["logs", ...at], env)).stdout, /stopped\n$/);
});

Deno.test("only the owner may read the unpacked files", async () => {
  const { file } = await built();
  await using cache = await folder();
  await run(file, ["version"], { XDG_CACHE_HOME: cache.path });
  assert.equal((Deno.statSync(unpacked(cache.path)).mode ?? 0) & 0o777, 0o700);
});

Deno.test("concurrent first starts unpack one complete program", async () => {
  const { file } = await built();
  await using cache = await folder();
  const env = { XDG_CACHE_HOME: cache.path };
  const all = await Promise.all(Array.from({ length: 5 }, () => run(file, ["version"], env)));
  for (const { code, stderr } of all) assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual([...Deno.readDirSync(unpacked(cache.path))].map(({ name }) => name).sort(), [
    "argocd-configurer",
    "facts",
    "program",
  ]);
});

for (
  const [what, damage] of [
    ["changed", (path: string) => Deno.writeTextFile(join(path, "program", "main.js"), "x()")],
    ["incomplete", (path: string) => Deno.remove(join(path, "argocd-configurer"))],
    ["empty", async (path: string) => {
      await Deno.remove(path, { recursive: true });
      await Deno.mkdir(path);
    }],
  ] as const
) {
  Deno.test(`an unpacked program that is ${what} is unpacked again`, async () => {
    const { file } = await built();
    await using cache = await folder();
    const env = { XDG_CACHE_HOME: cache.path };
    await run(file, ["version"], env);
    await damage(unpacked(cache.path));
    const again = await run(file, ["version"], env);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^argocd-configurer /);
  });
}

Deno.test("unpacked files whose times have changed are compared again and kept", async () => {
  const { file } = await built();
  await using cache = await folder();
  const env = { XDG_CACHE_HOME: cache.path };
  await run(file, ["version"], env);
  const main = join(unpacked(cache.path), "program", "main.js");
  const { ino } = await Deno.stat(main);
  await Deno.utime(main, 1, 1);
  const facts = () => Deno.readTextFile(join(unpacked(cache.path), "facts"));
  const before = await facts();
  assert.equal((await run(file, ["version"], env)).code, 0);
  assert.equal((await Deno.stat(main)).ino, ino);
  assert.notEqual(await facts(), before);
});

Deno.test("a changed file is detected although its size and time are the same", async () => {
  const { file } = await built();
  await using cache = await folder();
  const env = { XDG_CACHE_HOME: cache.path };
  const first = await run(file, ["version"], env);
  const main = join(unpacked(cache.path), "program", "main.js");
  const [text, { mtime, size }] = [await Deno.readTextFile(main), await Deno.stat(main)];
  await Deno.writeTextFile(main, "throw 1;".padEnd(size));
  await Deno.utime(main, mtime!, mtime!);
  assert.deepEqual(await run(file, ["version"], env), first);
  assert.equal(await Deno.readTextFile(main), text);
});

Deno.test("a start with an unchanged unpacked program computes no checksums, which would take most of its time", async () => {
  const { file } = await built();
  await using cache = await folder();
  const first = await run(file, ["version"], { XDG_CACHE_HOME: cache.path });
  await using here = await folder();
  const [ran, standIn] = [join(here.path, "ran"), join(here.path, "sha256sum")];
  await Deno.writeTextFile(standIn, `#!/bin/sh\ntouch '${ran}'\nexit 0\n`, { mode: 0o755 });
  const env = { XDG_CACHE_HOME: cache.path, PATH: `${here.path}:${PATH}` };
  assert.deepEqual(await run(file, ["version"], env), first);
  await assert.rejects(Deno.stat(ran), Deno.errors.NotFound);
  await Deno.utime(join(unpacked(cache.path), "argocd-configurer"), 1, 1);
  assert.deepEqual(await run(file, ["version"], env), first);
  assert.ok((await Deno.stat(ran)).isFile, "after a change, the stand-in was not run");
});

Deno.test("without stat on PATH a start compares the checksums, and works the same", async () => {
  const { file } = await built();
  await using cache = await folder();
  const first = await run(file, ["version"], { XDG_CACHE_HOME: cache.path });
  await using here = await folder();
  await Deno.writeTextFile(join(here.path, "stat"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const env = { XDG_CACHE_HOME: cache.path, PATH: `${here.path}:${PATH}` };
  assert.deepEqual(await run(file, ["version"], env), first);
  await Deno.writeTextFile(join(unpacked(cache.path), "program", "main.js"), "x()");
  assert.deepEqual(await run(file, ["version"], env), first);
});

Deno.test("a list of processes shows the program's name, and a signal reaches it", async () => {
  const { file } = await built();
  await using cache = await folder();
  const child = new Deno.Command(file, {
    args: ["serve", "--port", "0"],
    clearEnv: true,
    env: { PATH, XDG_CACHE_HOME: cache.path, HOME: cache.path },
    cwd: cache.path,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let log = "";
  while (!log.includes("listening")) {
    const { value, done } = await reader.read();
    assert.ok(!done, log);
    log += value;
  }
  const ps = async (what: string) => {
    const args = ["-o", `${what}=`, "-p", String(child.pid)];
    const { stdout } = await new Deno.Command("ps", { args }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  // Linux keeps 15 characters of a name; macOS shows the whole path.
  assert.match(await ps("comm"), /(^|\/)argocd-configur(er)?$/);
  assert.match(await ps("args"), /^\S+\/argocd-configurer run .*\/main\.js serve --port 0$/);
  child.kill("SIGTERM");
  reader.releaseLock();
  assert.equal((await child.status).code, 0);
});

Deno.test("a cache folder that cannot be written is reported in one line", async () => {
  const { file } = await built();
  await using cache = await folder();
  const file1 = await cache.write("a-file", "");
  const { code, stdout, stderr } = await run(file, ["version"], { XDG_CACHE_HOME: file1 });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^argocd-configurer: cannot unpack itself: cannot write to \S+a-file\/argocd-configurer; set XDG_CACHE_HOME .*\n$/,
  );
});

Deno.test("without a cache folder the error names the variable to set", async () => {
  const { file } = await built();
  const { code, stderr } = await run(file, ["version"], {});
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^argocd-configurer: cannot find a cache folder .* set HOME or XDG_CACHE_HOME\n$/,
  );
});

Deno.test("a cache folder that does not allow execution is reported", async () => {
  const { file } = await built();
  await using cache = await folder();
  const env = { XDG_CACHE_HOME: cache.path };
  await run(file, ["version"], env);
  await Deno.chmod(join(unpacked(cache.path), "argocd-configurer"), 0o600); // as on a file system mounted noexec
  const { code, stderr } = await run(file, ["version"], env);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^argocd-configurer: cannot run from \S+: .*noexec.*; set XDG_CACHE_HOME .*\n$/,
  );
});

Deno.test("a truncated executable reports that it is damaged", async () => {
  const { file } = await built();
  await using here = await folder();
  const half = join(here.path, "half");
  const bytes = await Deno.readFile(file);
  await Deno.writeFile(half, bytes.subarray(0, bytes.length / 2), { mode: 0o755 });
  const { code, stderr } = await run(half, ["version"], { XDG_CACHE_HOME: here.path });
  assert.equal(code, 1);
  assert.match(stderr, /^argocd-configurer: cannot unpack itself: \S+half is damaged, or .*\n$/);
  assert.deepEqual([...Deno.readDirSync(join(here.path, "argocd-configurer", "unpacked"))], []);
});

Deno.test("the executable runs through a link, from PATH, and from a folder with spaces", async () => {
  const { file } = await built();
  await using here = await folder();
  const bin = join(here.path, "a bin");
  await Deno.mkdir(bin);
  await Deno.symlink(file, join(bin, "argocd-configurer"));
  const env = { XDG_CACHE_HOME: join(here.path, "a cache"), PATH: `${bin}:${PATH}` };
  const linked = await run(join(bin, "argocd-configurer"), ["version"], env);
  assert.equal(linked.code, 0, linked.stderr);
  const found = await run("sh", ["-c", "argocd-configurer version"], env);
  assert.equal(found.stdout, linked.stdout, found.stderr);
});

for (
  const [what, name] of [["a space", "a cache"], ["a line end", "victim\nx"], ["a quote", "it's"]]
) {
  Deno.test(`a cache folder with ${what} in its name is used, and nothing beside it is changed`, async () => {
    const { file } = await built();
    await using here = await folder();
    const cache = join(here.path, name!);
    const all = join(cache, "argocd-configurer", "unpacked");
    for (let i = 1; i <= 4; i++) {
      await Deno.mkdir(join(all, String(i).repeat(32)), { recursive: true, mode: 0o700 });
    }
    const beside = join(here.path, "victim");
    await Deno.mkdir(beside, { recursive: true });
    await Deno.writeTextFile(join(beside, "file"), "");
    const { code, stderr } = await run(file, ["version"], { XDG_CACHE_HOME: cache });
    assert.equal(code, 0, stderr);
    assert.equal([...Deno.readDirSync(all)].length, 3);
    assert.ok((await Deno.stat(join(beside, "file"))).isFile);
  });
}

Deno.test("the user's CDPATH does not affect the executable", async () => {
  const { file } = await built();
  await using here = await folder();
  const bin = join(here.path, "dist");
  await Deno.mkdir(bin);
  await Deno.symlink(file, join(bin, "program"));
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", "dist/program version"],
    cwd: here.path,
    clearEnv: true,
    env: { PATH, CDPATH: ".", XDG_CACHE_HOME: here.path },
    stdout: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("a cache folder that others may write to, or that another user owns, is rejected", async () => {
  const { file } = await built();
  await using cache = await folder();
  const env = { XDG_CACHE_HOME: cache.path };
  await run(file, ["version"], env);
  const own = join(cache.path, "argocd-configurer");
  await Deno.chmod(own, 0o777);
  const open = await run(file, ["version"], env);
  assert.equal(open.code, 1);
  assert.match(open.stderr, /others may write to \S+; run chmod go-w on it\n$/);
  await Deno.chmod(own, 0o700);
  if (Deno.uid() !== 0) return;
  await Deno.chown(own, 65534, 65534); // only the superuser can give a folder away
  const foreign = await run(file, ["version"], env);
  assert.equal(foreign.code, 1);
  assert.match(
    foreign.stderr,
    /belongs to another user; set XDG_CACHE_HOME to a folder of your own\n$/,
  );
});

Deno.test("a deno.json in the working directory does not affect the executable", async () => {
  const { file } = await built();
  await using here = await folder();
  await here.write("deno.json", '{"imports": 1');
  await here.write("package.json", "{");
  const { code, stderr } = await new Deno.Command(file, {
    args: ["version"],
    cwd: here.path,
    env: { XDG_CACHE_HOME: here.path },
    stdout: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("the two earlier versions used last are kept", async () => {
  const { file } = await built();
  await using cache = await folder();
  const all = join(cache.path, "argocd-configurer", "unpacked");
  for (let i = 1; i <= 4; i++) {
    await Deno.mkdir(join(all, String(i).repeat(32)), { recursive: true });
    await Deno.utime(join(all, String(i).repeat(32)), i, i);
  }
  await run(file, ["version"], { XDG_CACHE_HOME: cache.path });
  const left = [...Deno.readDirSync(all)].map(({ name }) => name);
  assert.deepEqual(left.filter((name) => /^(\d)\1{31}$/.test(name)).sort(), [
    "3".repeat(32),
    "4".repeat(32),
  ]);
  assert.equal(left.length, 3);
});

Deno.test("files that another start is unpacking are kept, and those left an hour ago are removed", async () => {
  const { file } = await built();
  await using cache = await folder();
  const all = join(cache.path, "argocd-configurer", "unpacked");
  const names = ["new-a", "new-b", "new-c", "new-d", "new-old"];
  for (const name of names) await Deno.mkdir(join(all, name), { recursive: true });
  await Deno.utime(join(all, "new-old"), 1, 1);
  await run(file, ["version"], { XDG_CACHE_HOME: cache.path });
  const left = [...Deno.readDirSync(all)].map(({ name }) => name).filter((n) =>
    n.startsWith("new")
  );
  assert.deepEqual(left.sort(), ["new-a", "new-b", "new-c", "new-d"]);
});

Deno.test("a stand-in for the runtime gets the program, its permissions and nothing else", async () => {
  await using here = await folder();
  const standIn = join(here.path, "denort");
  await Deno.copyFile("/bin/true", standIn);
  const out = join(here.path, "dist");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/build.ts", "--folder", out],
    env: { DENORT_BIN: standIn },
    stdout: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const text = new TextDecoder("latin1").decode(
    await Deno.readFile(join(out, "argocd-configurer")),
  );
  const permissions = JSON.parse(/"permissions":(\{[^}]*\})/.exec(text)![1]!);
  for (const all of ["net", "read", "write", "env", "run", "sys"]) {
    assert.deepEqual(permissions[`allow_${all}`], [], all); // an empty list allows everything
  }
  assert.equal(permissions.allow_ffi, null);
  assert.deepEqual([permissions.deny_ffi, permissions.allow_import], [[], ["localhost:0"]]);
  assert.equal(permissions.prompt, false);
  // A cache in the temporary folder could have been put there by another user.
  assert.match(text, /"code_cache_key":null/);
  assert.match(text, /no-legacy-abort/);
  assert.match(text, /Cluster API Configuration Server/);
  assert.match(text, /"n":"main\.js"/);
  const sums = await new Deno.Command("sha256sum", { args: ["-c", "SHA256SUMS"], cwd: out })
    .output();
  assert.ok(sums.success);
  const bom = JSON.parse(await Deno.readTextFile(join(out, "argocd-configurer.cdx.json")));
  assert.equal(bom.bomFormat, "CycloneDX");
});

Deno.test("a missing runtime is reported in one line, with the remedy", async () => {
  await using here = await folder();
  const bundle = join(here.path, "bundle");
  await Deno.mkdir(bundle);
  await Deno.writeTextFile(join(bundle, "main.js"), "");
  const building = compile({
    bundle,
    output: join(here.path, "out"),
    target: TARGETS[1],
    unstable: [],
    // No runtime is cached, and none can be downloaded, on any machine.
    env: { DENO_DIR: join(here.path, "cache"), HTTPS_PROXY: "http://127.0.0.1:1", DENORT_BIN: "" },
  });
  await assert.rejects(building, {
    message:
      `Cannot build for ${TARGETS[1]}: its runtime, denort of Deno ${Deno.version.deno}, is ` +
      "not here and cannot be downloaded from dl.deno.land; set DENORT_BIN to it, or build with " +
      "--offline",
  });
});

for (
  const [args, says] of [
    [["--target", "x86_64-pc-windows-msvc"], /No target 'x86_64-pc-windows-msvc'; there are /],
    [["--offline", "--target", TARGETS[0]], /--offline builds for this machine only/],
    [["--online"], /--online/],
  ] as const
) {
  Deno.test(`build ${args.join(" ")} is wrong usage`, async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "scripts/build.ts", ...args],
    }).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), says);
  });
}

Deno.test("the commit replaces its placeholder, which must occur exactly once", () => {
  const pieces = (...texts: string[]) => new Map(texts.map((text, i) => [`${i}.js`, text]));
  const word = 'var c="COMMIT-OF-THE-BUILD";';
  assert.deepEqual(withCommit(pieces("x", word), "abc"), ["1.js", 'var c="abc";']);
  for (const other of [pieces("x"), pieces(word, word), pieces(word + word)]) {
    assert.throws(() => withCommit(other, "abc"), /does not occur exactly once/);
  }
});
