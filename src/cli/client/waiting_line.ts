import { printError } from "../terminal.ts";
import { type Room, Waiting } from "./waiting.ts";

/** The last lines of a terminal, which are redrawn in place. */
export interface TerminalScreen {
  /** Replaces what was drawn before. */
  draw(lines: string): void;
  clear(): void;
  room(): Room;
}

export interface WaitingLine extends Disposable {
  /** @param count of items that will be started */
  expect(count: number): void;
  /** @param seconds resolves the timeout; called when its line is drawn */
  start(name: string, seconds?: () => Promise<number | undefined>): void;
  finish(name: string): void;
  /** Prints on standard error, above the lines. */
  print(text: string): void;
  /**
   * Shows the results so far above the awaited items.
   * @param lines called again after something has finished
   */
  preview(lines: (columns: number) => readonly string[]): void;
}

/** Milliseconds before a wait is shown; shorter for several clusters, since some always take longer. */
const PATIENCE = { one: 2000, several: 500 } as const;

/** Milliseconds between redraws. */
const EVERY = 1000;

/** The same with a preview, whose rows change often. */
const EVERY_WITH_PREVIEW = 250;

/** Terminal lines that stay free: the shell prompt's, and the cursor's. */
const FREE = 2;

/**
 * Shows on a terminal what is awaited, one line each, until it is disposed of.
 * @param screen of the terminal; `undefined` shows nothing
 * @param areSeveral whether there are several clusters
 */
export function waitingLine(
  screen: TerminalScreen | undefined,
  areSeveral: boolean,
  write: (text: string) => void = printError,
): WaitingLine {
  const waiting = new Waiting();
  const limits = new Map<string, () => Promise<number | undefined>>();
  let preview: ((columns: number) => readonly string[]) | undefined;
  let previewed: readonly string[] | undefined;
  let isDrawn = false;
  let timer = screen && setTimeout(draw, areSeveral ? PATIENCE.several : PATIENCE.one);
  function draw() {
    timer = setTimeout(draw, preview === undefined ? EVERY : EVERY_WITH_PREVIEW);
    redraw();
  }
  function clear() {
    if (isDrawn) screen!.clear();
    isDrawn = false;
  }
  function redraw() {
    const { columns, rows } = screen!.room();
    const all = Math.max(1, rows - FREE);
    const room = { columns, rows: preview === undefined ? all : Math.max(1, Math.floor(all / 3)) };
    lookUpLimits(waiting.shown(room));
    const lines = waiting.lines(room);
    if (lines.length === 0) return clear();
    const above = cutTo(previewOf(columns), all - lines.length);
    screen!.draw([...above, ...lines].join("\n"));
    isDrawn = true;
  }
  function previewOf(columns: number): readonly string[] {
    return previewed ??= preview?.(columns) ?? [];
  }
  function lookUpLimits(names: readonly string[]) {
    const pending = names.flatMap((name) => {
      const seconds = limits.get(name);
      limits.delete(name);
      // The request itself fails for the same reason.
      return seconds?.().then((known) => waiting.limit(name, known), () => {}) ?? [];
    });
    if (pending.length > 0) void Promise.all(pending).then(() => isDrawn && redraw());
  }
  return {
    expect: (count) => waiting.expect(count),
    start(name, seconds) {
      waiting.start(name);
      if (screen && seconds) limits.set(name, seconds);
    },
    finish(name) {
      waiting.finish(name);
      limits.delete(name);
      previewed = undefined;
    },
    print(text) {
      const wasDrawn = isDrawn;
      clear();
      write(text);
      if (wasDrawn) redraw();
    },
    preview(lines) {
      preview = lines;
      previewed = undefined;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      clear();
    },
  };
}

/** The first lines, and how many more there are. */
function cutTo(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = Math.max(0, rows - 1);
  return rows <= 0 ? [] : [...lines.slice(0, shown), `… and ${lines.length - shown} more rows`];
}

/** Opens standard error for drawing; `undefined` if it is not a terminal, or a dumb one. */
export async function openScreen(): Promise<TerminalScreen | undefined> {
  if (!Deno.stderr.isTerminal() || Deno.env.get("TERM") === "dumb") return undefined;
  const [{ createLogUpdate }, { default: process }] = await Promise.all([
    import("log-update"),
    import("node:process"),
  ]);
  // A hidden cursor would have to be restored however the program ends.
  const update = createLogUpdate(process.stderr, { showCursor: true });
  return {
    draw: (lines) => update(lines),
    clear: () => update.clear(),
    room: roomOf,
  };
}

function roomOf(): Room {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}
