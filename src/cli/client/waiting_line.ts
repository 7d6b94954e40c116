import { printError } from "../terminal.ts";
import { type Room, Waiting } from "./waiting.ts";

/** Lines at the end of a terminal, which are drawn in place. */
export interface Screen {
  /** In place of what was drawn before. */
  draw(lines: string): void;
  clear(): void;
  /** How much there is room for. */
  room(): Room;
}

export interface WaitingLine extends Disposable {
  /** @param count of what will be begun */
  expect(count: number): void;
  /** @param seconds after which it is given up; asked for when its line is drawn */
  begin(name: string, seconds?: () => Promise<number | undefined>): void;
  end(name: string): void;
  /** Prints on standard error, above the lines. */
  say(text: string): void;
  /**
   * Shows what there is so far above what is awaited.
   * @param lines made anew when something has ended since
   */
  preview(lines: (columns: number) => readonly string[]): void;
}

/** Milliseconds after which a wait is worth a line: of several clusters some always take longer. */
const PATIENCE = { one: 2000, several: 500 } as const;

/** Milliseconds between two drawings. */
const EVERY = 1000;

/** The same where rows are added all the time. */
const EVERY_WITH_PREVIEW = 250;

/** Lines of the terminal that are left as they are: the last prompt, and the cursor's. */
const FREE = 2;

/**
 * Shows on a terminal what is awaited, a line each, until it is disposed of; elsewhere nothing.
 * @param screen of the terminal; `undefined` where there is none
 * @param areSeveral whether several are awaited
 */
export function waitingLine(
  screen: Screen | undefined,
  areSeveral: boolean,
  print: (text: string) => void = printError,
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
    askLimits(waiting.shown(room));
    const lines = waiting.lines(room);
    if (lines.length === 0) return clear();
    const above = cutTo(previewOf(columns), all - lines.length);
    screen!.draw([...above, ...lines].join("\n"));
    isDrawn = true;
  }
  function previewOf(columns: number): readonly string[] {
    return previewed ??= preview?.(columns) ?? [];
  }
  function askLimits(names: readonly string[]) {
    const asked = names.flatMap((name) => {
      const seconds = limits.get(name);
      limits.delete(name);
      // The wait itself tells what may be wrong with that.
      return seconds?.().then((known) => waiting.limit(name, known), () => {}) ?? [];
    });
    if (asked.length > 0) void Promise.all(asked).then(() => isDrawn && redraw());
  }
  return {
    expect: (count) => waiting.expect(count),
    begin(name, seconds) {
      waiting.begin(name);
      if (screen && seconds) limits.set(name, seconds);
    },
    end(name) {
      waiting.end(name);
      limits.delete(name);
      previewed = undefined;
    },
    say(text) {
      const wasDrawn = isDrawn;
      clear();
      print(text);
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

/** The first ones, and that there are more. */
function cutTo(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = Math.max(0, rows - 1);
  return rows <= 0 ? [] : [...lines.slice(0, shown), `… and ${lines.length - shown} more rows`];
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
