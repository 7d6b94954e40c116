import assert from "node:assert/strict";
import { join } from "node:path";
import { type Children, takeChildren, terminateLeft } from "./children.ts";
import { justStarted } from "./proc.ts";

/** Needs /proc. */
const ignore = Deno.build.os !== "linux";

interface World {
  readonly path: string;
  readonly children: Children;
  /** Starts a shell script at the head of a group of its own. */
  spawn(script: string): Deno.ChildProcess;
}

function childrenTest(sentence: string, test: (world: World) => Promise<void>): void {
  Deno.test({
    name: sentence,
    ignore,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      const spawned: Deno.ChildProcess[] = [];
      const path = join(folder, "server.children");
      const children = (await takeChildren(path))!;
      try {
        await test({
          path,
          children,
          spawn(script) {
            const child = new Deno.Command("sh", {
              args: ["-c", script],
              stdin: "null",
              stdout: "null",
              stderr: "null",
              detached: true,
            }).spawn();
            spawned.push(child);
            return child;
          },
        });
      } finally {
        for (const { pid } of spawned) {
          try {
            Deno.kill(-pid, "SIGKILL");
          } catch {
            // it has exited
          }
        }
        await Promise.all(spawned.map(({ status }) => status));
        children.release();
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

const isAlive = (pid: number) => {
  try {
    Deno.kill(pid, 0 as unknown as Deno.Signal);
    return true;
  } catch {
    return false;
  }
};

/** The processes of a group, except for zombies. */
function membersOf(group: number): string[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      const [state, , of] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return of === String(group) && state !== "Z";
    } catch {
      return false; // it has exited meanwhile
    }
  });
}

childrenTest(
  "processes of a killed server are terminated, with their own children",
  async ({ path, children, spawn }) => {
    const child = spawn("sleep 60 & sleep 60; true");
    children.add(child.pid);
    while (membersOf(child.pid).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(await terminateLeft(path), { terminated: [child.pid] });
    assert.equal((await child.status).signal, "SIGTERM");
    assert.deepEqual(membersOf(child.pid), []);
  },
);

childrenTest("a process that ignores SIGTERM is killed", async ({ path, children, spawn }) => {
  const child = spawn("trap '' TERM; while :; do sleep 0.1; done");
  children.add(child.pid);
  await new Promise((resolve) => setTimeout(resolve, 200)); // until it ignores it
  assert.deepEqual(await terminateLeft(path), { terminated: [child.pid] });
  assert.equal((await child.status).signal, "SIGKILL");
});

childrenTest(
  "a process that has exited is removed from the file, and its id is not signalled",
  async ({ path, children, spawn }) => {
    const child = spawn("sleep 60");
    children.add(child.pid)();
    assert.deepEqual(await terminateLeft(path), { terminated: [] });
    assert.ok(isAlive(child.pid));
  },
);

childrenTest(
  "a reused process id is not signalled",
  async ({ path, spawn }) => {
    const child = spawn("sleep 60");
    const { from } = justStarted(child.pid)!;
    const [boot] = (await Deno.readTextFile(path)).split("\n");
    // As if it had been recorded for an earlier or later process.
    for (const other of [from - 1, from + 1]) {
      await Deno.writeTextFile(path, `${boot}\n${child.pid} ${other} ${other}\n`);
      assert.deepEqual(await terminateLeft(path), { terminated: [] });
    }
    assert.ok(isAlive(child.pid));
    await Deno.writeTextFile(path, `${boot}\n${child.pid} ${from} ${from}\n`);
    assert.deepEqual(
      await terminateLeft(path),
      { terminated: [child.pid] },
      "otherwise it would be terminated",
    );
  },
);

childrenTest("a process without its own group is not signalled", async ({ path, children }) => {
  children.add(Deno.pid);
  assert.notEqual((await Deno.readTextFile(path)).indexOf(String(Deno.pid)), -1);
  const stat = Deno.readTextFileSync(`/proc/${Deno.pid}/stat`);
  const isHead = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2] === String(Deno.pid);
  if (!isHead) assert.deepEqual(await terminateLeft(path), { terminated: [] });
});

childrenTest(
  "processes recorded before a reboot are not signalled",
  async ({ path, children, spawn }) => {
    const child = spawn("sleep 60");
    children.add(child.pid);
    const [, ...lines] = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, ["11111111-2222-3333-4444-555555555555", ...lines].join("\n"));
    assert.deepEqual(await terminateLeft(path), { terminated: [] });
    assert.ok(isAlive(child.pid));
  },
);

const NOT_BELIEVED: [what: string, reason: RegExp, make: (path: string) => Promise<void>][] = [
  ["others may write to", /^it is world-writable/, (path) => Deno.chmod(path, 0o622)],
  ["is a link", /^it is a symbolic link/, async (path) => {
    await Deno.rename(path, `${path}.elsewhere`);
    await Deno.symlink(`${path}.elsewhere`, path);
  }],
  ["is larger than any of ours", /^it is too large$/, async (path) => {
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text + "\n".repeat(70_000));
  }],
  [
    "belongs to another user",
    /^it is owned by uid 65534, not by/,
    (path) => Deno.chown(path, 65534, null),
  ],
];

for (const [what, reason, make] of NOT_BELIEVED) {
  const isForRoot = what.includes("another user");
  if (isForRoot && Deno.uid() !== 0) continue;
  childrenTest(
    `a file that ${what} is not trusted, and the next server replaces it with its own`,
    async ({ path, children, spawn }) => {
      const child = spawn("sleep 60");
      children.add(child.pid);
      await make(path);
      const { terminated, refused } = await terminateLeft(path);
      assert.deepEqual(terminated, []);
      assert.match(refused ?? "", reason);
      assert.ok(isAlive(child.pid));
      const next = (await takeChildren(path))!;
      const { isFile, mode, uid } = await Deno.lstat(path);
      assert.deepEqual([isFile, mode! & 0o777, uid], [true, 0o600, Deno.uid()]);
      next.release();
      await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
    },
  );
}

for (
  const text of ["", "garbage", "1 0 999999999999\n-1 0 1\n0 0 1\n2147483648123 0 1", "\0\xff"]
) {
  childrenTest(`a file of ${JSON.stringify(text)} terminates no process`, async ({ path }) => {
    const [boot] = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, `${boot}\n${text}`);
    assert.deepEqual(await terminateLeft(path), { terminated: [] });
  });
}

childrenTest("without a file, no processes are left", async ({ path }) => {
  assert.deepEqual(await terminateLeft(`${path}.none`), { terminated: [] });
});

childrenTest("the file stays while a process is left", async ({ path, children, spawn }) => {
  const crossOut = children.add(spawn("sleep 60").pid);
  const second = (await takeChildren(`${path}.second`))!;
  second.add(spawn("sleep 60").pid);
  second.release();
  assert.ok((await Deno.lstat(`${path}.second`)).isFile);
  crossOut();
});

const NOTE_AND_END = `
import { terminateLeft, takeChildren } from ${JSON.stringify(import.meta.resolve("./children.ts"))};
const [path, pid] = Deno.args;
if (pid !== undefined) (await takeChildren(path)).add(Number(pid));
else console.log(JSON.stringify(await terminateLeft(path)));
`;

childrenTest(
  "processes are terminated with the permissions of the built program, which may not read /proc",
  async ({ path, spawn }) => {
    const child = spawn("sleep 60");
    const permissions = ["--allow-read", "--allow-write", "--allow-run", "--allow-sys"];
    const script = `${path}.ts`;
    await Deno.writeTextFile(script, NOTE_AND_END);
    const run = async (...args: string[]) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--no-prompt", ...permissions, script, path, ...args],
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    assert.equal(await run(String(child.pid)), "");
    assert.deepEqual(JSON.parse(await run()), { terminated: [child.pid] });
    await child.status;
  },
);
