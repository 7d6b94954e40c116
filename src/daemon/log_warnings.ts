/**
 * The warnings and errors among log lines in text or JSON format, as lines for standard error:
 * `warning: config: …`.
 */
export function warningsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const warning = line.startsWith("{") ? fromJson(line) : fromText(line);
    return warning === undefined ? [] : [warning];
  });
}

/** @see `textLine` in `log/logger.ts` */
function fromText(line: string): string | undefined {
  const [, level, rest] = /^\S+Z (WARNING|ERROR|FATAL) (.*)$/.exec(line) ?? [];
  return level === undefined ? undefined : `${prefix(level)}: ${rest}`;
}

/** @see `jsonLine` in `log/logger.ts` */
function fromJson(line: string): string | undefined {
  try {
    const { time: _, level, part, message, ...properties } = JSON.parse(line);
    if (!["warning", "error", "fatal"].includes(level)) return undefined;
    const more = Object.entries(properties).map(([key, value]) =>
      ` ${key}=${JSON.stringify(value)}`
    );
    return `${prefix(level)}: ${part}: ${message}${more.join("")}`;
  } catch {
    return undefined;
  }
}

const prefix = (level: string) => level.toLowerCase() === "warning" ? "warning" : "error";
