/** A line of the log in text or JSON format. */
interface Line {
  /** In lower case. */
  readonly level: string;
  /** As a line for standard error: `warning: config: …`. */
  readonly shown: string;
}

/**
 * The warnings and errors among log lines in text or JSON format, as lines for standard error:
 * `warning: config: …`.
 */
export function warningsIn(lines: readonly string[]): string[] {
  return lines.flatMap((text) => {
    const line = parse(text);
    return line !== undefined && isProblem(line) ? [line.shown] : [];
  });
}

/** The same, and the lines that are not of the log: what the process printed itself. */
export function problemsIn(lines: readonly string[]): string[] {
  return lines.flatMap((text) => {
    const line = parse(text);
    if (line === undefined) return text.trim() === "" ? [] : [text];
    return isProblem(line) ? [line.shown] : [];
  });
}

const isProblem = ({ level }: Line) => ["warning", "error", "fatal"].includes(level);

/** `undefined` when it is not a line of the log. */
const parse = (text: string) => text.startsWith("{") ? fromJson(text) : fromText(text);

/** @see `textLine` in `log/logger.ts` */
function fromText(text: string): Line | undefined {
  const [, level, rest] = /^\S+Z (DEBUG|INFO|WARNING|ERROR|FATAL) (.*)$/.exec(text) ?? [];
  return level === undefined ? undefined : lineOf(level.toLowerCase(), rest!);
}

/** @see `jsonLine` in `log/logger.ts` */
function fromJson(text: string): Line | undefined {
  try {
    const { time: _, level, part, message, ...properties } = JSON.parse(text);
    if (typeof level !== "string") return undefined;
    const more = Object.entries(properties).map(([key, value]) =>
      ` ${key}=${JSON.stringify(value)}`
    );
    return lineOf(level, `${part}: ${message}${more.join("")}`);
  } catch {
    return undefined;
  }
}

const lineOf = (level: string, rest: string): Line => ({
  level,
  shown: `${level === "warning" ? "warning" : "error"}: ${rest}`,
});
