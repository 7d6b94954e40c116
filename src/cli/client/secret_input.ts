import { Buffer } from "node:buffer";
import { Failure } from "../failure.ts";
import { isTerminal, promptHidden } from "./prompt.ts";

/** The variable for a password. */
export const PASSWORD_VARIABLE = "ARGOCD_CONFIGURER_PASSWORD";

/** Size limit of a request body, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** Flags that give a secret. */
interface SecretSource {
  /** `--password`, the prefix of `--password-stdin` and `--password-file`. */
  readonly flag: string;
  readonly stdin?: boolean;
  /** `-` is standard input. */
  readonly file?: string;
}

/** Reads secrets; one of them can come from standard input. */
export class SecretInput {
  #taken: string | undefined;

  /**
   * Reads a secret of one line, a password or a token, without its line end. On a terminal,
   * `--password-stdin` prompts without echo.
   * @throws {Failure}
   */
  async line(source: SecretSource): Promise<string | undefined> {
    const { flag, stdin, file } = source;
    if (stdin && file !== undefined) {
      throw new Failure(`Give ${flag}-stdin or ${flag}-file, not both`, 2);
    }
    if (stdin && isTerminal()) return await promptHidden(`${asPrompt(flag)}: `);
    const text = stdin ? await this.#standardInput(`${flag}-stdin`) : await this.text(source);
    return text?.replace(/\r?\n$/, "");
  }

  /**
   * Reads a file unchanged.
   * @throws {Failure}
   */
  async text({ flag, file }: SecretSource): Promise<string | undefined> {
    if (file === undefined) return undefined;
    const name = `${flag}-file`;
    if (file === "-") return await this.#standardInput(`${name} -`);
    try {
      using opened = await Deno.open(file);
      return await textOf(opened.readable, `${name} ${file}`);
    } catch (error) {
      if (error instanceof Failure) throw error;
      const isMissing = error instanceof Deno.errors.NotFound;
      const why = isMissing ? "no such file" : "the file cannot be read";
      throw new Failure(`Cannot use ${name} ${file}: ${why}`, 2);
    }
  }

  async #standardInput(flag: string): Promise<string> {
    if (this.#taken !== undefined) {
      throw new Failure(
        `${this.#taken} and ${flag} cannot both read standard input`,
        2,
      );
    }
    this.#taken = flag;
    return await textOf(Deno.stdin.readable, flag);
  }
}

/** `Old password` for `--old-password`. */
function asPrompt(flag: string): string {
  const words = flag.slice(2).replaceAll("-", " ");
  return words.replace(/^./, (first) => first.toUpperCase());
}

/** @throws {Failure} when it is too long, or not UTF-8; the message has nothing of the text */
async function textOf(stream: ReadableStream<Uint8Array>, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) throw new Failure(`Cannot use ${what}: larger than 1 MiB`, 2);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Failure(`Cannot use ${what}: invalid UTF-8`, 2);
  }
}
