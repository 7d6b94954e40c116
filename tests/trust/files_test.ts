import assert from "node:assert/strict";
import { join } from "node:path";
import { type Decisive, READ, WRITTEN } from "./files_used.ts";

/**
 * Each file that decides something, and each way in which somebody else could have put it there or
 * could change it. Only the superuser can give files away.
 */

const STRANGER = 65534;
const isRoot = Deno.uid() === 0;

/** Where the file is, in two folders of which nothing is wrong. */
interface Place {
  readonly path: string;
  readonly folder: string;
  readonly above: string;
  /** What another user has, or what a link leads to; nothing may happen to it. */
  readonly elsewhere: string;
}

interface Fault {
  readonly name: string;
  /** What is said; `undefined` when it is no fault. */
  readonly why: RegExp | undefined;
  /** Whether only root can make it. */
  readonly asRoot?: boolean;
  /** Whether it is one of the file itself, so that one in the place of it will do. */
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

/** Moves the file away, and leaves a link to it. */
async function leadAway({ path, elsewhere }: Place): Promise<void> {
  await Deno.rename(path, elsewhere);
  await Deno.symlink(elsewhere, path);
}

const COMMON: readonly Fault[] = [
  { name: "is as it should be", why: undefined, make: () => Promise.resolve() },
  {
    name: "belongs to another user",
    why: /it is owned by uid 65534, not by .* root.*; run chown on it/,
    asRoot: true,
    ofFile: true,
    make: ({ path }) => Deno.chown(path, STRANGER, STRANGER),
  },
  {
    name: "may be written by another group",
    why: /it is (group-writable|writable by a group other than the server's); run chmod g/,
    asRoot: true,
    ofFile: true,
    async make({ path }) {
      await chmod(path, 0o020);
      await Deno.chown(path, null, STRANGER);
    },
  },
  {
    name: "may be written by everyone",
    why: /it is world-writable; run chmod go-w/,
    ofFile: true,
    make: ({ path }) => chmod(path, 0o002),
  },
  {
    name: "is in a folder of another user",
    why: /its folder '.*\/folder' is not safe: it is owned by uid 65534,/,
    asRoot: true,
    make: ({ folder }) => Deno.chown(folder, STRANGER, STRANGER),
  },
  {
    name: "is in a folder where everyone may rename",
    why: /its folder '.*\/folder' is not safe: it is world-writable/,
    make: ({ folder }) => chmod(folder, 0o777),
  },
  {
    name: "is in a folder where another group may rename",
    why: /its folder '.*\/folder' is not safe: it is (group-writable|writable by a group)/,
    asRoot: true,
    async make({ folder }) {
      await chmod(folder, 0o020);
      await Deno.chown(folder, null, STRANGER);
    },
  },
  {
    name: "is below a folder where everyone may rename",
    why: /its folder '.*\/above' is not safe: it is world-writable/,
    make: ({ above }) => chmod(above, 0o777),
  },
  {
    name: "is in a sticky folder",
    why: undefined,
    make: ({ folder }) => chmod(folder, 0o1777),
  },
  {
    name: "is in a sticky folder of another user",
    why: /its folder '.*\/folder' is not safe: it is owned by/,
    asRoot: true,
    async make({ folder }) {
      await chmod(folder, 0o1777);
      await Deno.chown(folder, STRANGER, STRANGER);
    },
  },
  {
    name: "is behind a link in the middle",
    why: undefined,
    make: ({ folder, above }) => Deno.symlink(folder, join(above, "link")),
    used: ({ above, path }) => join(above, "link", path.split("/").at(-1)!),
  },
  {
    name: "is behind a link of another user in the middle, in a sticky folder",
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
    name: "is a link of another user in a sticky folder",
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
    name: "has a second name in a sticky folder",
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
  { name: "is a link to a good one", why: undefined, make: leadAway },
  {
    name: "is a link to another user's",
    why: /it is owned by uid 65534,/,
    asRoot: true,
    async make(place) {
      await leadAway(place);
      await Deno.chown(place.elsewhere, STRANGER, STRANGER);
    },
  },
];

const OF_WRITTEN: readonly Fault[] = [
  { name: "is not there yet", why: undefined, make: ({ path }) => Deno.remove(path) },
  {
    name: "is a link to a good one",
    why: /it is a symbolic link, which is not followed for writing/,
    make: leadAway,
  },
  {
    name: "is a link to what is not there",
    why: /it is a symbolic link, which is not followed for writing/,
    async make({ path, elsewhere }) {
      await Deno.remove(path);
      await Deno.symlink(elsewhere, path);
    },
  },
  {
    name: "is not there yet, in a folder where everyone may rename",
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
    // A pid file is gone again.
    const isThere = await Deno.stat(path).then(() => true, () => false);
    if (!isThere) await Deno.writeTextFile(path, content ?? "", { mode });
    await Deno.chmod(path, mode);
    await test({ path, folder, above, elsewhere: join(base, "elsewhere") }, beside);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

/** What is there, followed and as it is. */
async function state(path: string): Promise<string> {
  try {
    const { ino, mode, uid } = await Deno.stat(path);
    return `${ino} ${mode} ${uid} ${await Deno.readTextFile(path)}`;
  } catch {
    return "nothing";
  }
}

/** Of the key of HTTPS alone. */
for (const [mode, isFine] of [[0o640, true], [0o604, false], [0o644, false]] as const) {
  Deno.test(`the key of HTTPS of mode ${mode.toString(8)} is ${isFine ? "used" : "refused"}`, () => {
    const key = READ.find(({ name }) => name === "the key of HTTPS")!;
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
      // What nobody holds is made anew in the place of what somebody else may write to.
      const isReplaced = file.name === "the pid file" && ofFile;
      // What a kubeconfig names is kubectl's to read or to run, however large.
      const isFine = why === undefined || isReplaced ||
        (name === "is too large" && file.name.endsWith("that a kubeconfig names"));
      Deno.test({
        name: `${file.name} ${isFine ? "is used" : "is refused"} that ${name}`,
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
