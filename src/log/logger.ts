import type { AsyncLocalStorage } from "node:async_hooks";
import { escaped } from "./escaped.ts";
import { framesOf } from "./frames.ts";
import { stderrWriter } from "./line_writer.ts";
import { maskTokens } from "./token_shapes.ts";

/** From the least to the most that is wrong. */
const LEVELS = ["debug", "info", "warning", "error"] as const;

export type LogLevel = typeof LEVELS[number];

/** What each line has besides its own while something is done. */
export type LineFields = Readonly<Record<string, unknown>>;

/**
 * The storage of such fields. What makes it takes longer to load than a start has time, so that it
 * comes with the requests that need it: `in_request.ts`.
 */
let storage: AsyncLocalStorage<LineFields> | undefined;

/** From now on lines have the fields in there. */
export function keepFieldsIn(there: AsyncLocalStorage<LineFields>): void {
  storage = there;
}

/**
 * Does something that is for no request, so that its lines have none of these fields. In Deno 2.9.6 an
 * import at run time leaves the fields of the request that it is in to what the event loop does next.
 */
export function ofNoRequest<T>(act: () => T): T {
  return storage === undefined ? act() : storage.run({}, act);
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  /** Other levels of some parts of the program. @default none */
  readonly parts?: Readonly<Partial<Record<string, LogLevel>>>;
  /** Whether an error's message is left out: where secrets are plain texts it may quote one. */
  readonly hidesMessages?: boolean;
  /** Takes finished lines; `flush` writes those that wait. @default {@link stderrWriter} */
  readonly write?: { (line: string, now?: boolean): void; flush?(): void };
}

let output: (LogOptions & Required<Pick<LogOptions, "write">>) | undefined;

/** Sends every line to one place. Until this is called nothing is logged. */
export function configureLog(options: LogOptions): void {
  flushLog();
  output = { ...options, write: options.write ?? stderrWriter() };
  globalThis.addEventListener("unload", flushLog); // the same one is there once
}

/** Writes what waits in the log. */
export function flushLog(): void {
  output?.write.flush?.();
}

/** Whether lines of this part and level are written: what makes one may be left out else. */
export function isLogged(part: string, level: LogLevel): boolean {
  if (output === undefined) return false;
  const { level: least, parts = {} } = output;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(parts[part] ?? least);
}

/** @param part of the program: "server", "kubectl", "write" … */
export function log(
  part: string,
  level: LogLevel,
  message: string,
  properties: LineFields = {},
): void {
  if (output === undefined || !isLogged(part, level)) return;
  const line = { timestamp: Date.now(), level, part, message };
  const all = { ...storage?.getStore(), ...properties };
  const format = output.format === "json" ? jsonLine : textLine;
  let text: string;
  try {
    text = format(line, all);
  } catch { // what JSON has no way to write; nothing that is logged may throw
    text = format(line, { unprintable: Object.keys(all) });
  }
  // What goes wrong is on record before anything that may follow from it.
  output.write(text + "\n", level === "warning" || level === "error");
}

/** What stands in each line before its properties. */
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

/** The same as one JSON object. */
function jsonLine({ timestamp, level, part, message }: Head, properties: LineFields): string {
  const line: Record<string, unknown> = { time: timeOf(timestamp), level, part, message };
  for (const key in properties) line[key] = shown(properties[key]);
  return safe(JSON.stringify(line));
}

let second = { start: NaN, text: "" };

/** ISO 8601 with milliseconds; what is the same for all lines of a second is made once. */
function timeOf(timestamp: number): string {
  const milliseconds = timestamp % 1000;
  const start = timestamp - milliseconds;
  if (second.start !== start) {
    second = { start, text: new Date(start).toISOString().slice(0, -"000Z".length) };
  }
  return `${second.text}${String(milliseconds).padStart(3, "0")}Z`;
}

/** An error as its name, message and where it was thrown, as one text. */
function shown(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return output?.hidesMessages ? framesOf(value) : value.stack ?? `${value.name}: ${value.message}`;
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
