import { Failure } from "../failure.ts";
import { printError } from "../terminal.ts";

/** Whether the user can be prompted: standard input and standard error are a terminal. */
export function isTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Signals that end the program; echo must be restored first. */
const ENDING = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Exit code after Ctrl-C: 128 plus the number of SIGINT. */
const INTERRUPTED = 130;

/**
 * Prompts for a line that is not echoed.
 * @throws {Failure} when it is cancelled, by Ctrl-C or an empty end of input
 */
export async function promptHidden(question: string): Promise<string> {
  const restore = () => Deno.stdin.setRaw(false);
  const listeners = ENDING.map((signal) => {
    const listener = () => {
      restore();
      Deno.removeSignalListener(signal, listener);
      Deno.kill(Deno.pid, signal);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  try {
    // Before the prompt, so that early input is not echoed either.
    Deno.stdin.setRaw(true);
    printError(question);
    return await typedLine();
  } finally {
    restore();
    printError("\n");
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  }
}

const CANCELLED = "Cancelled";

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE: readonly number[] = [0x08, 0x7f];
const ENTER: readonly number[] = [0x0a, 0x0d];
const CTRL_U = 0x15;
const ESCAPE = 0x1b;

/**
 * Reads up to Enter, with the editing keys of a terminal.
 * @throws {Failure} when it is cancelled
 */
async function typedLine(): Promise<string> {
  const line = new HiddenLine();
  const chunk = new Uint8Array(1024);
  for (;;) {
    const read = await Deno.stdin.read(chunk);
    if (read === null && line.isEmpty) throw new Failure(CANCELLED);
    if (read === null) return line.text;
    for (const byte of chunk.subarray(0, read)) {
      const next = line.type(byte);
      if (next === "end") return line.text;
      if (next !== "more") throw new Failure(CANCELLED, next === "interrupted" ? INTERRUPTED : 1);
    }
  }
}

/** A line from a terminal in raw mode, byte by byte. */
export class HiddenLine {
  readonly #bytes: number[] = [];
  /** State within an escape sequence, as arrow keys send. */
  #sequence: "none" | "escape" | "open" = "none";

  get text(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(this.#bytes));
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** Takes one byte. */
  type(byte: number): "more" | "end" | "interrupted" | "cancelled" {
    if (this.#isOfSequence(byte)) return "more";
    if (ENTER.includes(byte)) return "end";
    if (byte === CTRL_C) return "interrupted";
    if (byte === CTRL_D) return this.isEmpty ? "cancelled" : "end";
    if (byte === CTRL_U) this.#bytes.length = 0;
    else if (BACKSPACE.includes(byte)) this.#removeLast();
    else if (byte >= 0x20 || byte === 0x09) this.#bytes.push(byte);
    return "more";
  }

  /** @see ECMA-48 5.4: ESC [, parameters, and a final byte from @ to ~ */
  #isOfSequence(byte: number): boolean {
    if (byte === ESCAPE) {
      this.#sequence = "escape";
      return true;
    }
    const before = this.#sequence;
    if (before === "none") return false;
    const opens = before === "escape" && (byte === 0x5b || byte === 0x4f);
    const goesOn = before === "open" && (byte < 0x40 || byte > 0x7e);
    this.#sequence = opens || goesOn ? "open" : "none";
    return true;
  }

  /** Removes the last character, which may have several bytes in UTF-8. */
  #removeLast(): void {
    let byte: number | undefined;
    do byte = this.#bytes.pop(); while (byte !== undefined && (byte & 0xc0) === 0x80);
  }
}

/** Prompts for yes or no; everything but a yes is a no. */
export async function promptYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await promptLine(`${question} [y/N] `));
}

/** Prompts for a line; the end of input is an empty line. */
export async function promptLine(question: string): Promise<string> {
  printError(question);
  const chunk = new Uint8Array(1024);
  const decoder = new TextDecoder();
  let line = "";
  while (!line.includes("\n")) {
    const read = await Deno.stdin.read(chunk);
    if (read === null) {
      printError("\n");
      break;
    }
    line += decoder.decode(chunk.subarray(0, read), { stream: true });
  }
  return line.trim();
}
