import assert from "node:assert/strict";
import { join } from "node:path";
import { type Decisive, READ, WRITTEN } from "./files_used.ts";

/**
 * Each file that affects the program's behaviour, and each way in which another user could have
 * created it or could change it. Only root can change the owner of a file.
 */

const STRANGER = 65534;
const isRoot = Deno.uid() === 0;

/** The place of the file, in two safe folders. */
interface Place {
  readonly path: string;
  readonly folder: string;
  readonly above: string;
  /** Another user's file, or the target of a link; it must not change. */
  readonly elsewhere: string;
}

interface Fault {
  readonly name: string;
  /** The expected error; `undefined` if the file is used. */
  readonly why: RegExp | undefined;
  /** Whether only root can create this state. */
  readonly asRoot?: boolean;
  /** Whether it concerns the file itself, so that a new file in its place is fine. */
  readonly ofFile?: boolean;
  make(place: Place): Promise<void>;
  /** @default the path of the file */
  used?(place: Place): string;
}

async function chmod(path: string, more: number): Promise<void> {
  const { mode } = await Deno.stat(path);
  await Deno.chmod(path, (mode! & 0o7777) | more);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).output();
  assert.ok(success, command);
}

/** Moves the file away, and replaces it by a link to it. */
async function leadAway({ path, elsewhere }: Place): Promise<void> {
  await Deno.rename(path, elsewhere);
  await Deno.symlink(elsewhere, path);
}

const COMMON: readonly Fault[] = [
  { name: "has safe permissions", why: undefined, make: () => Promise.resolve() },
  {
    name: "belongs to another user",
    why: /it is owned by uid 65534, not by .* root.*; run chown on it/,
    asRoot: true,
    ofFile: true,
    make: ({ path }) => Deno.chown(path, STRANGER, STRANGER),
  },
  {
    name: "is writable by another group",
    why: /it is (group-writable|writable by a group other than the server's); run chmod g/,
    asRoot: true,
    ofFile: true,
    async make({ path }) {
      await chmod(path, 0o020);
      await Deno.chown(path, null, STRANGER);
    },
  },
  {
    name: "is world-writable",
    why: /it is world-writable; run chmod go-w/,
    ofFile: true,
    make: ({ path }) => chmod(path, 0o002),
  },
  {
    name: "is in another user's folder",
    why: /its folder '.*\/folder' is not safe: it is owned by uid 65534,/,
    asRoot: true,
    make: ({ folder }) => Deno.chown(folder, STRANGER, STRANGER),
  },
  {
    name: "is in a world-writable folder",
    why: /its folder '.*\/folder' is not safe: it is world-writable/,
    make: ({ folder }) => chmod(folder, 0o777),
  },
  {
    name: "is in a folder that another group can write to",
    why: /its folder '.*\/folder' is not safe: it is (group-writable|writable by a group)/,
    asRoot: true,
    async make({ folder }) {
      await chmod(folder, 0o020);
      await Deno.chown(folder, null, STRANGER);
    },
  },
  {
    name: "is below a world-writable folder",
    why: /its folder '.*\/above' is not safe: it is world-writable/,
    make: ({ above }) => chmod(above, 0o777),
  },
  {
    name: "is in a sticky folder",
    why: undefined,
    make: ({ folder }) => chmod(folder, 0o1777),
  },
  {
    name: "is in another user's sticky folder",
    why: /its folder '.*\/folder' is not safe: it is owned by/,
    asRoot: true,
    async make({ folder }) {
      await chmod(folder, 0o1777);
      await Deno.chown(folder, STRANGER, STRANGER);
    },
  },
  {
    name: "is behind a symbolic link in its path",
    why: undefined,
    make: ({ folder, above }) => Deno.symlink(folder, join(above, "link")),
    used: ({ above, path }) => join(above, "link", path.split("/").at(-1)!),
  },
  {
    name: "is behind another user's symbolic link in its path, in a sticky folder",
    why: /the symbolic link '.*\/link' on its path belongs to another user/,
    asRoot: true,
    async make({ folder, above }) {
      await chmod(above, 0o1777);
      await Deno.symlink(folder, join(above, "link"));
      await run("chown", "-h", String(STRANGER), join(above, "link"));
    },
    used: ({ above, path }) => join(above, "link", path.split("/").at(-1)!),
  },
  {
    name: "is another user's symbolic link in a sticky folder",
    why:
      /the symbolic link '.*' on its path belongs to another user|it is a symbolic link, which is not followed for writing/,
    asRoot: true,
    async make(place) {
      await chmod(place.folder, 0o1777);
      await leadAway(place);
      await run("chown", "-h", String(STRANGER), place.path);
    },
  },
  {
    name: "has a second hard link in a sticky folder",
    why: /it has several hard links/,
    ofFile: true,
    async make({ path, folder, elsewhere }) {
      await chmod(folder, 0o1777);
      await Deno.link(path, elsewhere);
    },
  },
  {
    name: "is a pipe",
    why: /it is not a regular file/,
    async make({ path }) {
      await Deno.remove(path);
      await run("mkfifo", "-m", "600", path);
    },
  },
];

const OF_READ: readonly Fault[] = [
  {
    name: "is too large",
    why: /it is larger than 1048576 bytes/,
    make: ({ path }) => Deno.truncate(path, 2 * 1024 * 1024),
  },
  { name: "is a symbolic link to a safe file", why: undefined, make: leadAway },
  {
    name: "is a symbolic link to another user's file",
    why: /it is owned by uid 65534,/,
    asRoot: true,
    async make(place) {
      await leadAway(place);
      await Deno.chown(place.elsewhere, STRANGER, STRANGER);
    },
  },
];

const OF_WRITTEN: readonly Fault[] = [
  { name: "does not exist yet", why: undefined, make: ({ path }) => Deno.remove(path) },
  {
    name: "is a symbolic link to a safe file",
    why: /it is a symbolic link, which is not followed for writing/,
    make: leadAway,
  },
  {
    name: "is a symbolic link to a missing file",
    why: /it is a symbolic link, which is not followed for writing/,
    async make({ path, elsewhere }) {
      await Deno.remove(path);
      await Deno.symlink(elsewhere, path);
    },
  },
  {
    name: "does not exist yet, in a world-writable folder",
    why: /its folder '.*\/folder' is not safe: it is world-writable/,
    async make({ path, folder }) {
      await Deno.remove(path);
      await chmod(folder, 0o777);
    },
  },
];

async function withPlace(
  { content, mode = 0o600, use }: Decisive,
  test: (place: Place, beside: string) => Promise<void>,
): Promise<void> {
  const base = await Deno.realPath(await Deno.makeTempDir());
  const above = join(base, "above");
  const folder = join(above, "folder");
  const beside = join(base, "beside");
  try {
    for (const each of [above, folder, beside]) await Deno.mkdir(each, { mode: 0o700 });
    const path = join(folder, "file");
    if (content === undefined) await use(path, beside);
    // A pid file is removed again.
    const isThere = await Deno.stat(path).then(() => true, () => false);
    if (!isThere) await Deno.writeTextFile(path, content ?? "", { mode });
    await Deno.chmod(path, mode);
    await test({ path, folder, above, elsewhere: join(base, "elsewhere") }, beside);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/** The state of the file, with links followed. */
async function state(path: string): Promise<string> {
  try {
    const { ino, mode, uid } = await Deno.stat(path);
    return `${ino} ${mode} ${uid} ${await Deno.readTextFile(path)}`;
  } catch {
    return "nothing";
  }
}

/** For the TLS key only. */
for (const [mode, isFine] of [[0o640, true], [0o604, false], [0o644, false]] as const) {
  Deno.test(`a TLS key of mode ${mode.toString(8)} is ${isFine ? "used" : "rejected"}`, () => {
    const key = READ.find(({ name }) => name === "the TLS key")!;
    return withPlace({ ...key, mode }, async ({ path }, beside) => {
      if (isFine) await key.use(path, beside);
      else {await assert.rejects(
          key.use(path, beside),
          /everyone may read this key; run chmod o-rwx/,
        );}
    });
  });
}

for (const [files, faults] of [[READ, OF_READ], [WRITTEN, OF_WRITTEN]] as const) {
  for (const file of files) {
    for (const fault of [...COMMON, ...faults]) {
      const { name, why, asRoot = false, used, make, ofFile } = fault;
      // A pid file that no process holds is replaced if others can write to it.
      const isReplaced = file.name === "the pid file" && ofFile;
      // Files named in a kubeconfig are read or run by kubectl, so they may be large.
      const isFine = why === undefined || isReplaced ||
        (name === "is too large" && file.name.endsWith("that a kubeconfig names"));
      Deno.test({
        name: `${file.name} ${isFine ? "is used" : "is rejected"} if it ${name}`,
        ignore: asRoot && !isRoot,
        fn: () =>
          withPlace(file, async (place, beside) => {
            await make(place);
            const path = used?.(place) ?? place.path;
            const before = await state(place.elsewhere);
            const outcome = file.use(path, beside);
            if (isFine) await outcome;
            else await assert.rejects(outcome, why);
            if (!isFine || isReplaced) assert.equal(await state(place.elsewhere), before);
          }),
      });
    }
  }
}
