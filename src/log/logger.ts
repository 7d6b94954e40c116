import type { AsyncLocalStorage } from "node:async_hooks";
import { escaped } from "./escaped.ts";
import { framesOf } from "./frames.ts";
import { stderrWriter } from "./line_writer.ts";
import { maskTokens } from "./token_shapes.ts";

/** In ascending order of severity. */
const LEVELS = ["debug", "info", "warning", "error"] as const;

export type LogLevel = typeof LEVELS[number];

/** Fields of a line. */
export type LineFields = Readonly<Record<string, unknown>>;

/**
 * Fields that are added to every line while a request is handled. `in_request.ts` sets the storage
 * when the first request comes: to load `node:async_hooks` at the start would take too long.
 */
let storage: AsyncLocalStorage<LineFields> | undefined;

/** Adds the fields in this storage to every line from now on. */
export function keepFieldsIn(fields: AsyncLocalStorage<LineFields>): void {
  storage = fields;
}

/**
 * Runs a function outside of any request, so that its lines have no fields of one. In Deno 2.9.6 a
 * dynamic import within a request leaks the fields of the request into later turns of the event loop.
 */
export function ofNoRequest<T>(act: () => T): T {
  return storage === undefined ? act() : storage.run({}, act);
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  /** Levels that differ for parts of the program, or for single events (`audit.unwritable`). @default none */
  readonly parts?: Readonly<Partial<Record<string, LogLevel | "off">>>;
  /** Whether messages of errors are left out, which may quote a secret of the command line. */
  readonly hidesMessages?: boolean;
  /** Writes finished lines; `flush` writes those that are buffered. @default {@link stderrWriter} */
  readonly write?: { (line: string, now?: boolean): void; flush?(): void };
}

let output: (LogOptions & Required<Pick<LogOptions, "write">>) | undefined;

/** Configures the log of the process. Until this is called, nothing is logged. */
export function configureLog(options: LogOptions): void {
  flushLog();
  output = { ...options, write: options.write ?? stderrWriter() };
  globalThis.addEventListener("unload", flushLog); // added once, however often this runs
}

/** Writes buffered lines. */
export function flushLog(): void {
  output?.write.flush?.();
}

/**
 * Whether lines of this part and level are written.
 * @param event name of the event that is logged
 */
export function isLogged(part: string, level: LogLevel, event = part): boolean {
  if (output === undefined) return false;
  const { level: usual, parts = {} } = output;
  const least = parts[event] ?? parts[part] ?? usual;
  return least !== "off" && LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/**
 * @param part of the program: "server", "kubectl", "write" …
 * @param event name of the event, where the line is one
 */
export function log(
  part: string,
  level: LogLevel,
  message: string,
  properties: LineFields = {},
  event = part,
): void {
  if (output === undefined || !isLogged(part, level, event)) return;
  const line = { timestamp: Date.now(), level, part, message };
  const all = { ...storage?.getStore(), ...properties };
  const format = output.format === "json" ? jsonLine : textLine;
  let text: string;
  try {
    text = format(line, all);
  } catch { // a value that JSON cannot express; logging never throws
    text = format(line, { unprintable: Object.keys(all) });
  }
  // Warnings and errors are written before anything that may follow from them, such as a crash.
  output.write(text + "\n", level === "warning" || level === "error");
}

/** The start of each line. */
interface Head {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly level: LogLevel;
  readonly part: string;
  readonly message: string;
}

/** `2026-01-31T12:00:00.000Z INFO server: request method=GET path=/health status=200` */
function textLine({ timestamp, level, part, message }: Head, properties: LineFields): string {
  let line = `${timeOf(timestamp)} ${level.toUpperCase()} ${part}: ${message}`;
  for (const key in properties) {
    const value = properties[key];
    if (value !== undefined) line += ` ${key}=${asText(shown(value))}`;
  }
  return safe(line);
}

/** The line as a JSON object. */
function jsonLine({ timestamp, level, part, message }: Head, properties: LineFields): string {
  const line: Record<string, unknown> = { time: timeOf(timestamp), level, part, message };
  for (const key in properties) line[key] = shown(properties[key]);
  return safe(JSON.stringify(line));
}

let second = { start: NaN, text: "" };

/** ISO 8601 with milliseconds. The text of the current second is cached. */
function timeOf(timestamp: number): string {
  const milliseconds = timestamp % 1000;
  const start = timestamp - milliseconds;
  if (second.start !== start) {
    second = { start, text: new Date(start).toISOString().slice(0, -"000Z".length) };
  }
  return `${second.text}${String(milliseconds).padStart(3, "0")}Z`;
}

/** An error as its stack, which starts with its name and message; other values as they are. */
function shown(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return output?.hidesMessages ? framesOf(value) : value.stack ?? `${value.name}: ${value.message}`;
}

/** Plain words stay as they are. Everything else becomes JSON, which has no line breaks. */
function asText(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && /^[\w.:/@,+-]+$/.test(value)) return value;
  return JSON.stringify(value) ?? "undefined";
}

/** Shapes of credentials. They should never reach the log; this is the last safety net. */
const CREDENTIALS = [
  { pattern: /:\/\/[^\s/@"']+@/g, shown: "://***@" },
  { pattern: /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, shown: "$1 ***" },
];

/** Matches lines that may need masking or escaping. Most lines do not. */
const SUSPICIOUS =
  /[^ -~]|[@_]|gl[a-z]{2,5}-|xox|pypi-|eyJ|ATBB|AT[AC]TT|AKIA|ASIA|AKCp|AIza|ya29|[Bb](?:earer|EARER|asic|ASIC)/;

function safe(line: string): string {
  if (!SUSPICIOUS.test(line)) return line;
  return CREDENTIALS.reduce(
    (text, { pattern, shown }) => text.replace(pattern, shown),
    maskTokens(escaped(line)),
  );
}
