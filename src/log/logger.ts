import {
  configureSync,
  type ContextLocalStorage,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
  type Sink,
} from "@logtape/logtape";
import { escaped } from "./escaped.ts";
import { stderrWriter } from "./line_writer.ts";
import { maskTokens } from "./token_shapes.ts";

export type { Logger, LogRecord };

/** Writes what waits in the log. */
export { disposeSync as flushLog } from "@logtape/logtape";

/** What each line has besides its own while something is done. */
export type LineFields = Record<string, unknown>;

/**
 * The storage of such fields. What makes it takes longer to load than a start has time, so that it
 * comes with the requests that need it: `in_request.ts`.
 */
let storage: ContextLocalStorage<LineFields> | undefined;

/** From now on lines have the fields in there. */
export function keepFieldsIn(there: ContextLocalStorage<LineFields>): void {
  storage = there;
}

const lineFields: ContextLocalStorage<LineFields> = {
  getStore: () => storage?.getStore(),
  run: (fields, act) => storage === undefined ? act() : storage.run(fields, act),
};

/**
 * Does something that is for no request, so that its lines have none of these fields. In Deno 2.9.6 an
 * import at run time leaves the fields of the request that it is in to what the event loop does next.
 */
export function ofNoRequest<T>(act: () => T): T {
  return lineFields.run({}, act);
}

/** The logger of one part of the program: "server", "kubectl", "write" … */
export function loggerOf(part: string): Logger {
  return getLogger(["argocd-configurer", part]);
}

/** {@link logEvent} at info. */
export function logInfo(log: Logger, message: string, properties: Record<string, unknown>): void {
  logEvent(log, "info", message, properties);
}

/**
 * The same as `log.info` and `log.debug` for a message without placeholders. The record is made here,
 * because LogTape's way to it costs as much as all the rest of a small request.
 */
export function logEvent(
  log: Logger,
  level: "info" | "debug",
  message: string,
  properties: Record<string, unknown>,
): void {
  if (level === "debug" && !log.isEnabledFor(level)) return;
  const fields = lineFields.getStore();
  const record: LogRecord = {
    category: log.category,
    level,
    timestamp: Date.now(),
    message: [message],
    rawMessage: message,
    properties: fields === undefined ? properties : { ...fields, ...properties },
  };
  log.emit(record);
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  /** Other levels of some parts of the program. */
  readonly parts?: Readonly<Record<string, LogLevel>>;
  /** Takes finished lines; `flush` writes those that wait. @default {@link stderrWriter} */
  readonly write?: { (line: string, now?: boolean): void; flush?(): void };
}

/** Sends every event to one place, one line each. Until this is called nothing is logged. */
export function configureLog(options: LogOptions): void {
  const { write = stderrWriter(), parts = {} } = options;
  const format = options.format === "json" ? jsonLine : textLine;
  const lines: Sink = (record) => {
    // What goes wrong is on record before anything that may follow from it.
    write(format(record) + "\n", record.level !== "info" && record.level !== "debug");
  };
  Object.defineProperty(lines, READS_AT_ONCE, { value: true });
  configureSync({
    reset: true,
    contextLocalStorage: lineFields,
    sinks: { lines: Object.assign(lines, { [Symbol.dispose]: () => write.flush?.() }) },
    loggers: [
      { category: "argocd-configurer", lowestLevel: options.level, sinks: ["lines"] },
      ...Object.entries(parts).map(([part, lowestLevel]) => ({
        category: ["argocd-configurer", part],
        lowestLevel,
      })),
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
}

/**
 * Marks a sink that is done with a record when it returns, so that LogTape makes no copy of it.
 * @see https://github.com/dahlia/logtape/blob/2.4.2/packages/logtape/src/sink.ts
 */
const READS_AT_ONCE = Symbol.for("LogTape.sinkSnapshotPolicy.immediate");

const LEVELS: Record<LogLevel, string> = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "FATAL",
};

/** `2026-01-31T12:00:00.000Z INFO server: request method=GET path=/health status=200` */
export function textLine(record: LogRecord): string {
  let line = `${timeOf(record)} ${LEVELS[record.level]} ${partOf(record)}: ${textOf(record)}`;
  const { properties } = record;
  for (const key in properties) {
    const value = properties[key];
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

let second = { start: NaN, text: "" };

/** ISO 8601 with milliseconds; what is the same for all lines of a second is made once. */
function timeOf({ timestamp }: LogRecord): string {
  const milliseconds = timestamp % 1000;
  const start = timestamp - milliseconds;
  if (second.start !== start) {
    second = { start, text: new Date(start).toISOString().slice(0, -"000Z".length) };
  }
  return `${second.text}${String(milliseconds).padStart(3, "0")}Z`;
}

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

/** Shapes of credentials that are never meant to be in a line: the last net, not the first. */
const CREDENTIALS = [
  { pattern: /:\/\/[^\s/@"']+@/g, shown: "://***@" },
  { pattern: /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, shown: "$1 ***" },
];

/** What a line that needs none of the above lacks; most lines are such. */
const SUSPICIOUS =
  /[^ -~]|[@_]|gl[a-z]{2,5}-|xox|pypi-|eyJ|ATBB|AT[AC]TT|AKIA|ASIA|AKCp|AIza|ya29|[Bb](?:earer|EARER|asic|ASIC)/;

function safe(line: string): string {
  if (!SUSPICIOUS.test(line)) return line;
  return CREDENTIALS.reduce(
    (text, { pattern, shown }) => text.replace(pattern, shown),
    maskTokens(escaped(line)),
  );
}
