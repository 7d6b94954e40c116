import { Failure } from "../failure.ts";
import { printError } from "../terminal.ts";

/** Whether somebody can be asked: what is asked is seen, and what is typed comes here. */
export function isTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Signals that end the program, and must not leave a terminal without echo. */
const ENDING = ["SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Of a program that Ctrl-C ends, as shells tell it: 128, and the number of SIGINT. */
const INTERRUPTED = 130;

/**
 * Asks for a line that is not shown.
 * @throws {Failure} when it is given up, by Ctrl-C or before anything is typed
 */
export async function askHidden(question: string): Promise<string> {
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
    // First, so that what is typed at once is not shown either.
    Deno.stdin.setRaw(true);
    printError(question);
    return await typedLine();
  } finally {
    restore();
    printError("\n");
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  }
}

const GIVEN_UP = "Given up";

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE: readonly number[] = [0x08, 0x7f];
const ENTER: readonly number[] = [0x0a, 0x0d];
const CTRL_U = 0x15;
const ESCAPE = 0x1b;

/**
 * What is typed up to Enter, as a terminal edits it.
 * @throws {Failure} when it is given up
 */
async function typedLine(): Promise<string> {
  const line = new HiddenLine();
  const chunk = new Uint8Array(1024);
  for (;;) {
    const read = await Deno.stdin.read(chunk);
    if (read === null && line.isEmpty) throw new Failure(GIVEN_UP);
    if (read === null) return line.text;
    for (const byte of chunk.subarray(0, read)) {
      const came = line.type(byte);
      if (came === "end") return line.text;
      if (came !== "more") throw new Failure(GIVEN_UP, came === "interrupted" ? INTERRUPTED : 1);
    }
  }
}

/** A line that is typed into a terminal in raw mode, byte by byte. */
export class HiddenLine {
  readonly #bytes: number[] = [];
  /** Within what an arrow key sends. */
  #sequence: "none" | "begun" | "open" = "none";

  get text(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(this.#bytes));
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** Takes one byte. */
  type(byte: number): "more" | "end" | "interrupted" | "given up" {
    if (this.#isOfSequence(byte)) return "more";
    if (ENTER.includes(byte)) return "end";
    if (byte === CTRL_C) return "interrupted";
    if (byte === CTRL_D) return this.isEmpty ? "given up" : "end";
    if (byte === CTRL_U) this.#bytes.length = 0;
    else if (BACKSPACE.includes(byte)) this.#removeLast();
    else if (byte >= 0x20 || byte === 0x09) this.#bytes.push(byte);
    return "more";
  }

  /** @see ECMA-48 5.4: ESC [, parameters, and a final byte from @ to ~ */
  #isOfSequence(byte: number): boolean {
    if (byte === ESCAPE) {
      this.#sequence = "begun";
      return true;
    }
    const before = this.#sequence;
    if (before === "none") return false;
    const opens = before === "begun" && (byte === 0x5b || byte === 0x4f);
    const goesOn = before === "open" && (byte < 0x40 || byte > 0x7e);
    this.#sequence = opens || goesOn ? "open" : "none";
    return true;
  }

  /** The last character, which UTF-8 may have made several bytes of. */
  #removeLast(): void {
    let byte: number | undefined;
    do byte = this.#bytes.pop(); while (byte !== undefined && (byte & 0xc0) === 0x80);
  }
}

/** Asks for a yes; everything else is a no. */
export async function askYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await askLine(`${question} [y/N] `));
}

/** Asks for a line; nothing at the end of the input is an empty one. */
export async function askLine(question: string): Promise<string> {
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
