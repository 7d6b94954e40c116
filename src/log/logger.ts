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
  /** Takes one finished line. @default {@link stderrWriter} */
  readonly write?: (line: string) => void;
}

/** Sends every event to one place, one line each. Until this is called nothing is logged. */
export function configureLog(options: LogOptions): void {
  const stderr = stderrWriter();
  const { write = stderr } = options;
  const format = options.format === "json" ? jsonLine : textLine;
  configureSync({
    reset: true,
    sinks: {
      lines(record) {
        write(format(record) + "\n");
        // What goes wrong is on record before anything that may follow from it.
        if (record.level !== "info" && record.level !== "debug") stderr.flush();
      },
    },
    loggers: [
      { category: "argocd-configurer", lowestLevel: options.level, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
}

/** `2026-01-31T12:00:00.000Z INFO server: request method=GET path=/health status=200` */
export function textLine(record: LogRecord): string {
  let line = `${timeOf(record)} ${record.level.toUpperCase()} ${partOf(record)}: ${textOf(record)}`;
  for (const [key, value] of Object.entries(record.properties)) {
    if (value !== undefined) line += ` ${key}=${asText(shown(value))}`;
  }
  return safe(line);
}

/** The same as one JSON object. */
export function jsonLine(record: LogRecord): string {
  const event: Record<string, unknown> = {
    time: timeOf(record),
    level: record.level,
    part: partOf(record),
    message: textOf(record),
  };
  for (const [key, value] of Object.entries(record.properties)) event[key] = shown(value);
  return safe(JSON.stringify(event));
}

const timeOf = ({ timestamp }: LogRecord) => new Date(timestamp).toISOString();
const partOf = ({ category }: LogRecord) => category[1] ?? category[0] ?? "";
const textOf = ({ message }: LogRecord) => message.length === 1 ? message[0] : message.join("");
const shown = (value: unknown) => value instanceof Error ? describe(value) : value;

/** An error's name, message and where it was thrown, as one text. */
function describe(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`;
}

/** Plain words stay as they are; everything else is a JSON text, which never breaks a line. */
function asText(value: unknown): string {
  if (typeof value === "number") return String(value);
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

/** What a line that needs none of the above lacks; most lines are such. */
const SUSPICIOUS = /[^ -~]|[@_]|glpat-|eyJ|[Bb](?:earer|EARER|asic|ASIC)/;

function safe(line: string): string {
  if (!SUSPICIOUS.test(line)) return line;
  return CREDENTIALS.reduce(
    (text, { pattern, shown }) => text.replace(pattern, shown),
    oneLine(line),
  );
}

/** Lines that wait for the turn of the event loop to end. */
export interface LineWriter {
  (line: string): void;
  /** Writes what waits. */
  flush(): void;
}

/**
 * Writes lines to standard error, those of one turn of the event loop at once. A log that cannot
 * be written stops nobody.
 */
export function stderrWriter(): LineWriter {
  let waiting = "";
  const flush = () => {
    let bytes = new TextEncoder().encode(waiting);
    waiting = "";
    try {
      while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
    } catch {
      // Closed, or the disk is full: there is nowhere to say it.
    }
  };
  const write = (line: string) => {
    if (waiting === "") setTimeout(flush, 0); // keeps the process alive until it is written
    waiting += line;
  };
  return Object.assign(write, { flush });
}
