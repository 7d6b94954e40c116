import { isClusterName } from "../../clusters/folder.ts";
import type { ClusterEntry, FleetEvent, FleetSummary } from "../../operations/fleet_answers.ts";
import { isObject, parsedObject } from "../../text/json.ts";
import { Failure } from "../failure.ts";
import type { Answer } from "./way.ts";

/** The events of a server about several clusters: one JSON text a line. */

const NDJSON = "application/x-ndjson";

/** Whether a response is a stream of events. */
export const isStream = ({ status, headers }: Response): boolean =>
  status === 200 && mediaType(headers) === NDJSON;

const mediaType = (headers: Headers) => headers.get("Content-Type")?.split(";", 1).join("").trim();

/** Characters of one line at most: a server that is none may send anything, without an end. */
const LONGEST_LINE = 256 * 1024 * 1024;

export interface Reading {
  /** Called whenever something came. */
  onRead(): void;
  /** Called once, however it ends. */
  onEnd(): void;
  /** What to say of what this program would not send. */
  strange(): Failure;
  /** Why it ended before `done`. */
  whyCut(error: unknown): Failure;
}

/**
 * Reads events up to `done`.
 * @throws {Failure} when the stream ends before that, or has something else in it
 */
export async function* readEvents(
  { body }: Response,
  { onRead, onEnd, strange, whyCut }: Reading,
): AsyncGenerator<FleetEvent> {
  try {
    for await (const line of linesOf(body!, onRead, strange)) {
      const event = eventIn(line);
      if (event === undefined) throw strange();
      yield event;
      if (event.event === "done") return;
    }
  } catch (error) {
    throw whyCut(error);
  } finally {
    onEnd();
  }
  throw whyCut(undefined);
}

async function* linesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onRead: () => void,
  strange: () => Failure,
): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    onRead();
    const [first = "", ...others] = text.split("\n");
    parts.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw strange();
    for (const next of others) {
      yield parts.join("");
      parts = [next];
      length = next.length;
    }
  }
  // What has no line end was cut.
}

/** `undefined` when it is none that this program sends. */
function eventIn(line: string): FleetEvent | undefined {
  const value = parsedObject(line);
  return value !== undefined && isEvent(value) ? value as unknown as FleetEvent : undefined;
}

/** Whether it may be shown as it is, and given as an argument. */
const isName = (name: unknown) => typeof name === "string" && isClusterName(name);

const areNames = (names: unknown) => Array.isArray(names) && names.every(isName);

function isEvent(value: Record<string, unknown>): boolean {
  switch (value.event) {
    case "started":
      return areNames(value.names);
    case "cluster":
      return isEntry(value);
    default:
      return value.event === "done";
  }
}

const isEntry = (
  { cluster, status_code: status, answer, transport = "", same_server_as: same = [] }: Record<
    string,
    unknown
  >,
): boolean =>
  isName(cluster) && Number.isInteger(status) && isObject(answer) &&
  typeof transport === "string" && areNames(same);

/**
 * The same events of an answer that came as one JSON text, as where a proxy drops the header that asks
 * for a stream.
 * @returns `undefined` where it does not tell of each cluster
 */
export function eventsIn({ body }: Answer): AsyncIterable<FleetEvent> | undefined {
  const { clusters, ...told } = body;
  if (!Array.isArray(clusters) || clusters.length === 0 || !clusters.every(isObject)) {
    return undefined;
  }
  const entries = clusters.map(entryIn);
  return entries.every(isEntry)
    ? eventsOf(entries as unknown as readonly ClusterEntry[], told)
    : undefined;
}

/** What is told of a cluster at its top level is its answer, where there is no other. */
function entryIn(each: Record<string, unknown>): Record<string, unknown> {
  const { cluster, status_code, transport, same_server_as, answer, ...own } = each;
  return { cluster, status_code, transport, same_server_as, answer: answer ?? own };
}

async function* eventsOf(
  entries: readonly ClusterEntry[],
  told: Record<string, unknown>,
): AsyncGenerator<FleetEvent> {
  const names = entries.map(({ cluster }) => cluster);
  yield { event: "started", clusters: names.length, names };
  for (const entry of entries) yield { ...entry, event: "cluster" };
  yield { ...told as FleetSummary, event: "done" };
}
