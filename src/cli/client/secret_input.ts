import { Buffer } from "node:buffer";
import { Failure } from "../failure.ts";
import { askHidden, isTerminal } from "./ask.ts";

/** A password, besides by flags. */
export const PASSWORD_VARIABLE = "ARGOCD_CONFIGURER_PASSWORD";

/** Largest request body, so more is of no use. */
const MAX_BYTES = 1024 * 1024;

/** Where a secret comes from; nothing, when it was not given. */
interface SecretSource {
  /** `--password`: what `--password-stdin` and `--password-file` begin with. */
  readonly flag: string;
  readonly stdin?: boolean;
  /** `-` is standard input. */
  readonly file?: string;
}

/** Reads secrets, of which one may come from standard input. */
export class SecretInput {
  #taken: string | undefined;

  /**
   * A secret of one line, a password or a token: the line's end does not belong to it. Who is to
   * type it does not see it.
   * @throws {Failure}
   */
  async line(source: SecretSource): Promise<string | undefined> {
    const { flag, stdin, file } = source;
    if (stdin && file !== undefined) {
      throw new Failure(`Give ${flag}-stdin or ${flag}-file, not both`, 2);
    }
    if (stdin && isTerminal()) return await askHidden(`${asPrompt(flag)}: `);
    const text = stdin ? await this.#standardInput(`${flag}-stdin`) : await this.text(source);
    return text?.replace(/\r?\n$/, "");
  }

  /**
   * What is in a file, as it is.
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
      const why = isMissing ? "there is no such file" : "it cannot be read";
      throw new Failure(`Cannot use ${name} ${file}: ${why}`, 2);
    }
  }

  async #standardInput(flag: string): Promise<string> {
    if (this.#taken !== undefined) {
      throw new Failure(
        `Only one thing can be read from standard input: ${this.#taken} or ${flag}`,
        2,
      );
    }
    this.#taken = flag;
    return await textOf(Deno.stdin.readable, flag);
  }
}

/** `Old password` of `--old-password`. */
function asPrompt(flag: string): string {
  const words = flag.slice(2).replaceAll("-", " ");
  return words.replace(/^./, (first) => first.toUpperCase());
}

/** @throws {Failure} when it is too long, or no text; nothing of it is told */
async function textOf(stream: ReadableStream<Uint8Array>, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) throw new Failure(`Cannot use ${what}: it is over 1 MiB`, 2);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Failure(`Cannot use ${what}: it is not valid UTF-8`, 2);
  }
}
