import { printError } from "../terminal.ts";
import { Waiting } from "./waiting.ts";

/** A line at the end of a terminal, which is drawn in place. */
export interface Screen {
  /** In place of what was drawn before. */
  draw(line: string): void;
  clear(): void;
  /** How many characters a line has room for. */
  columns(): number;
}

export interface WaitingLine extends Disposable {
  /** @param seconds after which it is given up */
  begin(name: string, seconds?: () => Promise<number | undefined>): void;
  end(name: string): void;
  /** Prints on standard error, above the line. */
  say(text: string): void;
}

/** Milliseconds after which a wait is worth a line: of several clusters some always take longer. */
const PATIENCE = { one: 2000, several: 500 } as const;

/** Milliseconds between two drawings. */
const EVERY = 1000;

/**
 * Shows on a terminal what is awaited, until it is disposed of; elsewhere nothing.
 * @param screen of the terminal; `undefined` where there is none
 * @param total of what will be awaited
 */
export function waitingLine(
  screen: Screen | undefined,
  total: number,
  print: (text: string) => void = printError,
): WaitingLine {
  const waiting = new Waiting(total);
  const patience = total > 1 ? PATIENCE.several : PATIENCE.one;
  let isDrawn = false;
  let timer = screen && setTimeout(draw, patience);
  function draw() {
    timer = setTimeout(draw, EVERY);
    redraw();
  }
  function clear() {
    if (isDrawn) screen!.clear();
    isDrawn = false;
  }
  function redraw() {
    const line = waiting.line(screen!.columns());
    if (line === undefined) return clear();
    screen!.draw(line);
    isDrawn = true;
  }
  return {
    begin(name, seconds) {
      waiting.begin(name);
      // The wait itself tells what may be wrong with that.
      if (screen) void seconds?.().then((known) => waiting.limit(name, known), () => {});
    },
    end: (name) => waiting.end(name),
    say(text) {
      const wasDrawn = isDrawn;
      clear();
      print(text);
      if (wasDrawn) redraw();
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      clear();
    },
  };
}

/** Standard error, where that is a terminal that can be drawn on. */
export async function openScreen(): Promise<Screen | undefined> {
  if (!Deno.stderr.isTerminal() || Deno.env.get("TERM") === "dumb") return undefined;
  const [{ createLogUpdate }, { default: process }] = await Promise.all([
    import("log-update"),
    import("node:process"),
  ]);
  // A cursor that is hidden would have to be shown again, however the program ends.
  const update = createLogUpdate(process.stderr, { showCursor: true });
  return {
    draw: (line) => update(line),
    clear: () => update.clear(),
    columns: columnsOf,
  };
}

function columnsOf(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
