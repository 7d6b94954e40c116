import { lockFolder, pathExists } from "../../files/lock.ts";
import { judgeFolderOf, type Trust } from "../../files/trusted.ts";
import type { Sealed } from "../../log/sealed.ts";

/** The temporary file. A write that is killed leaves it behind, and the next one removes it. */
const TEMPORARY = ".import.tmp";

/** Writes files in one folder, under a lock of the folder. */
export class FolderWriter implements Disposable {
  readonly #lock: Deno.FsFile;

  private constructor(readonly path: string, lock: Deno.FsFile) {
    this.#lock = lock;
  }

  /**
   * Opens and locks a folder; creates it with mode 0700 if it is missing.
   *
   * Permissions: `--allow-read --allow-write` of the folder, `--allow-read` of the folders on its path.
   * @throws {NotTrusted} when other users can replace files there; what `Deno.mkdir` and {@link lockFolder} throw
   */
  static async open(path: string, trust: Trust): Promise<FolderWriter> {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    judgeFolderOf(path, trust);
    const lock = await lockFolder(path);
    try {
      const writer = new FolderWriter(path, lock);
      await writer.#removeTemporary();
      return writer;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Writes a file atomically, with mode 0600; it is synced to disk when this resolves. A symbolic link of
   * this name is replaced, not followed.
   * @param isNew whether to fail when the file exists
   * @throws {Deno.errors.AlreadyExists} when it exists and `isNew` is set; what writing throws
   */
  async write(name: string, text: Sealed<string>, { isNew }: { isNew: boolean }): Promise<void> {
    const target = `${this.path}/${name}`;
    const temporary = `${this.path}/${TEMPORARY}`;
    try {
      using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
      await Deno.chmod(temporary, 0o600); // whatever the umask
      await writeAll(file, new TextEncoder().encode(text.reveal()));
      await file.sync();
      if (isNew && pathExists(target)) throw new Deno.errors.AlreadyExists("it already exists");
      await Deno.rename(temporary, target);
    } catch (error) {
      await this.#removeTemporary().catch(() => {});
      throw error;
    }
    await this.#lock.sync().catch(() => {}); // some file systems cannot sync a folder
  }

  /** Removes a file, or a symbolic link of this name. @throws what `Deno.remove` throws */
  async remove(name: string): Promise<void> {
    await Deno.remove(`${this.path}/${name}`);
    await this.#lock.sync().catch(() => {});
  }

  async #removeTemporary(): Promise<void> {
    try {
      await Deno.remove(`${this.path}/${TEMPORARY}`);
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
