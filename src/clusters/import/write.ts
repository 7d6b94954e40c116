import { isThere, lockFolder } from "../../files/lock.ts";
import { judgeFolderOf, type Trust } from "../../files/trusted.ts";
import type { Sealed } from "../../log/sealed.ts";

/** What a write leaves behind when it is killed; the next one removes it. */
const BESIDE = ".import.tmp";

/** Files of one folder, which nobody else changes by this class at the same time. */
export class FolderWriter implements Disposable {
  readonly #lock: Deno.FsFile;

  private constructor(readonly path: string, lock: Deno.FsFile) {
    this.#lock = lock;
  }

  /**
   * Opens a folder, made with mode 0700 where there is none.
   *
   * Permissions: `--allow-read --allow-write` of the folder, `--allow-read` of the way to it.
   * @throws {NotTrusted} where others may put other files there; what `Deno.mkdir` and {@link lockFolder} do
   */
  static async open(path: string, trust: Trust): Promise<FolderWriter> {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    judgeFolderOf(path, trust);
    const lock = await lockFolder(path);
    try {
      const writer = new FolderWriter(path, lock);
      await writer.#removeBeside();
      return writer;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Writes a file in one step, with mode 0600: it is whole or not there, and on the disk when this
   * resolves. A link in its place is replaced and not followed.
   * @param isNew whether one that is there is left alone
   * @throws {Deno.errors.AlreadyExists} when it is there, though new; what writing throws
   */
  async write(name: string, text: Sealed<string>, { isNew }: { isNew: boolean }): Promise<void> {
    const target = `${this.path}/${name}`;
    const beside = `${this.path}/${BESIDE}`;
    try {
      using file = await Deno.open(beside, { write: true, createNew: true, mode: 0o600 });
      await Deno.chmod(beside, 0o600); // whatever the umask
      await writeAll(file, new TextEncoder().encode(text.reveal()));
      await file.sync();
      if (isNew && isThere(target)) throw new Deno.errors.AlreadyExists("it is there already");
      await Deno.rename(beside, target);
    } catch (error) {
      await this.#removeBeside().catch(() => {});
      throw error;
    }
    await this.#lock.sync().catch(() => {}); // some file systems have it so at once
  }

  /** Removes a file, or the link in its place. @throws what `Deno.remove` does */
  async remove(name: string): Promise<void> {
    await Deno.remove(`${this.path}/${name}`);
    await this.#lock.sync().catch(() => {});
  }

  async #removeBeside(): Promise<void> {
    try {
      await Deno.remove(`${this.path}/${BESIDE}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}
