import assert from "node:assert/strict";
import { join } from "node:path";

/** A small disk of its own that can be full. */
export interface Disk extends AsyncDisposable {
  /** The folder of the disk. */
  readonly path: string;
  /** The system's error for a write to the full disk. */
  readonly why: RegExp;
  /** Fills the disk, so that `file` cannot grow. */
  fill(file: string): Promise<void>;
  empty(file: string): Promise<void>;
}

/** If a disk may be mounted, a real one is used. */
export async function smallDisk(path: string): Promise<Disk> {
  await Deno.mkdir(path);
  const isMounted = await succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path);
  return isMounted ? realDisk(path) : standIn(path);
}

function realDisk(path: string): Disk {
  const filler = join(path, "filler");
  return {
    path,
    why: /No space left on device/,
    async fill() {
      await assert.rejects(Deno.writeFile(filler, new Uint8Array(1024 * 1024)), /No space left/);
    },
    empty: () => Deno.remove(filler),
    async [Symbol.asyncDispose]() {
      assert.ok(await succeeds("umount", "--lazy", path));
    },
  };
}

/** Replaces the file by a device that is always full, which some of Deno's permissions cannot open. */
function standIn(path: string): Disk {
  return {
    path,
    why: /No space left on device|\/dev\/full|runs without --allow-write/,
    async fill(file) {
      await Deno.rename(file, `${file}.aside`).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
      await Deno.symlink("/dev/full", file);
    },
    empty: (file) => Deno.remove(file),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  return await new Deno.Command(command, { args }).output()
    .then(({ success }) => success, () => false);
}
