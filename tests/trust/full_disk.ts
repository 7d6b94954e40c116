import assert from "node:assert/strict";
import { join } from "node:path";

/** A small disk of its own that can be full. */
export interface Disk extends AsyncDisposable {
  /** Its folder. */
  readonly path: string;
  /** What a write to it then fails by, as the system says it. */
  readonly why: RegExp;
  /** Leaves no room, above all none for `file`. */
  fill(file: string): Promise<void>;
  empty(file: string): Promise<void>;
}

/** Where a disk may be mounted it is a real one. */
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

/** In place of the file a device that is always full, which some permissions of Deno keep closed. */
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
