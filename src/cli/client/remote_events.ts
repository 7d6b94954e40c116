import { isClusterName } from "../../clusters/folder.ts";
import type { ClusterEntry, FleetEvent, FleetSummary } from "../../operations/fleet_answers.ts";
import { isObject, parsedObject } from "../../text/json.ts";
import { Failure } from "../failure.ts";
import type { Answer } from "./backend.ts";

/** Reads a server's events about several clusters: one JSON object per line. */

const NDJSON = "application/x-ndjson";

/** Whether a response is a stream of events. */
export const isStream = ({ status, headers }: Response): boolean =>
  status === 200 && mediaType(headers) === NDJSON;

const mediaType = (headers: Headers) => headers.get("Content-Type")?.split(";", 1).join("").trim();

/** Longest line in characters: some other server may send anything, without end. */
const LONGEST_LINE = 256 * 1024 * 1024;

export interface StreamCallbacks {
  /** Called whenever something was received. */
  onRead(): void;
  /** Called once, at the end or failure of the stream. */
  onEnd(): void;
  /** The failure for what argocd-configurer would not send. */
  unexpected(): Failure;
  /** The failure for a stream that breaks before `done`. */
  whyCut(error: unknown): Failure;
}

/**
 * Reads events up to `done`.
 * @throws {Failure} when the stream breaks before that, or contains anything else
 */
export async function* readEvents(
  { body }: Response,
  { onRead, onEnd, unexpected, whyCut }: StreamCallbacks,
): AsyncGenerator<FleetEvent> {
  try {
    for await (const line of linesOf(body!, onRead, unexpected)) {
      const event = eventIn(line);
      if (event === undefined) throw unexpected();
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
  unexpected: () => Failure,
): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    onRead();
    const [first = "", ...others] = text.split("\n");
    parts.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw unexpected();
    for (const next of others) {
      yield parts.join("");
      parts = [next];
      length = next.length;
    }
  }
  // Text without a line end was cut off.
}

/** The event in a line; `undefined` when argocd-configurer would not send it. */
function eventIn(line: string): FleetEvent | undefined {
  const value = parsedObject(line);
  return value !== undefined && isEvent(value) ? value as unknown as FleetEvent : undefined;
}

/** Whether it is safe to print, and to pass as an argument. */
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
 * The same events for an answer in one JSON object, which comes if a proxy drops the header `Accept`.
 * @returns `undefined` when it has no entry per cluster
 */
export function eventsIn({ body }: Answer): AsyncIterable<FleetEvent> | undefined {
  const { clusters, ...fields } = body;
  if (!Array.isArray(clusters) || clusters.length === 0 || !clusters.every(isObject)) {
    return undefined;
  }
  const entries = clusters.map(entryIn);
  return entries.every(isEntry)
    ? eventsOf(entries as unknown as readonly ClusterEntry[], fields)
    : undefined;
}

/** An entry without `answer` has the answer's fields at its top level. */
function entryIn(each: Record<string, unknown>): Record<string, unknown> {
  const { cluster, status_code, transport, same_server_as, answer, ...own } = each;
  return { cluster, status_code, transport, same_server_as, answer: answer ?? own };
}

async function* eventsOf(
  entries: readonly ClusterEntry[],
  fields: Record<string, unknown>,
): AsyncGenerator<FleetEvent> {
  const names = entries.map(({ cluster }) => cluster);
  yield { event: "started", clusters: names.length, names };
  for (const entry of entries) yield { ...entry, event: "cluster" };
  yield { ...fields as FleetSummary, event: "done" };
}
