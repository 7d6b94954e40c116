import {
  configureSync,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";

export type { Logger };

/** The logger of one part of the program: "server", "kubectl", "write" … */
export function loggerOf(part: string): Logger {
  return getLogger(["argocd-configurer", part]);
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  /** Takes one finished line. @default standard error */
  readonly write?: (line: string) => void;
}

/** Sends every event to one place, one line each. Until this is called nothing is logged. */
export function configureLog(options: LogOptions): void {
  const { write = writeStderr } = options;
  const format = options.format === "json" ? jsonLine : textLine;
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(format(record) + "\n") },
    loggers: [
      { category: "argocd-configurer", lowestLevel: options.level, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
}

/** `2026-01-31T12:00:00.000Z INFO server: request method=GET path=/health status=200` */
export function textLine(record: LogRecord): string {
  const { time, level, part, message, properties } = eventOf(record);
  const pairs = Object.entries(properties).map(([key, value]) => ` ${key}=${asText(value)}`);
  return safe(`${time} ${level.toUpperCase()} ${part}: ${message}${pairs.join("")}`);
}

/** The same as one JSON object. */
export function jsonLine(record: LogRecord): string {
  const { properties, ...event } = eventOf(record);
  return safe(JSON.stringify({ ...event, ...properties }));
}

function eventOf(record: LogRecord) {
  return {
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    part: record.category.slice(1).join(".") || record.category.join("."),
    message: record.message.map(String).join(""),
    properties: Object.fromEntries(
      Object.entries(record.properties)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, value instanceof Error ? describe(value) : value]),
    ),
  };
}

/** An error's name, message and where it was thrown, as one text. */
function describe(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`;
}

/** Plain words stay as they are; everything else is a JSON text, which never breaks a line. */
function asText(value: unknown): string {
  if (typeof value === "string" && /^[\w.:/@,+-]+$/.test(value)) return value;
  return JSON.stringify(value) ?? "undefined";
}

/** Control characters and line separators as `\\uXXXX`, which is also right inside JSON texts. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Shapes of credentials that are never meant to be in a line: the last net, not the first. */
const CREDENTIALS = [
  { pattern: /(\w+:\/\/)[^\s/@"']+@/g, shown: "$1***@" },
  { pattern: /\b(gh[pousr]_|github_pat_|glpat-)[A-Za-z0-9_-]{10,}/g, shown: "$1***" },
  { pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, shown: "***" },
  { pattern: /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, shown: "$1 ***" },
];

function safe(line: string): string {
  return CREDENTIALS.reduce(
    (text, { pattern, shown }) => text.replace(pattern, shown),
    oneLine(line),
  );
}

/** Synchronous, so that the last line before an exit is there. A log that fails stops nobody. */
function writeStderr(line: string): void {
  let bytes = new TextEncoder().encode(line);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // Closed, or the disk is full: there is nowhere to say it.
  }
}
