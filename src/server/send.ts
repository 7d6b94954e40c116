import type { Context } from "hono";
import { observe } from "../observe/observe.ts";
import type { Env } from "./env.ts";
import { ndjson } from "./ndjson.ts";
import type { Json, Reply, Static, Stream } from "../operations/reply.ts";
import { bodyText, JSON_HEADERS, STATIC_HEADERS, STREAM_HEADERS } from "./headers.ts";

/** Makes the answer of a reply; a stream begins with this, and what asks for its head alone runs none. */
export function send(c: Context<Env>, reply: Reply): Response {
  switch (reply.kind) {
    case "stream":
      return sendStream(c, reply);
    case "static":
      return sendStatic(c, reply);
    default:
      return sendJson(c, reply);
  }
}

function sendJson(c: Context<Env>, { status, body, headers }: Json): Response {
  const text = bodyText(body);
  return c.body(text, status as 200, { ...JSON_HEADERS, ...headers, ...lengthFor(c, text) });
}

/** A client that has it already is told so. */
function sendStatic(c: Context<Env>, { contentType, body, etag, headers }: Static): Response {
  const usual = { ...STATIC_HEADERS, ETag: etag, ...headers };
  if (hasAlready(c.req.header("If-None-Match"), etag)) return c.body(null, 304, usual);
  return c.body(body, 200, { ...usual, "Content-Type": contentType, ...lengthFor(c, body) });
}

/** The body is taken off an answer to HEAD, and without this its length would be told as 0. */
function lengthFor(c: Context<Env>, body: string | Uint8Array): Record<string, string> {
  if (!isHead(c)) return {};
  const { length } = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { "Content-Length": String(length) };
}

/**
 * By the weak comparison: what is compressed on its way has the same tag with `W/` before it.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.2
 */
function hasAlready(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" ||
    header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

function sendStream(c: Context<Env>, { events, headers, onOver }: Stream): Response {
  const all = { ...STREAM_HEADERS, ...headers };
  if (isHead(c)) {
    onOver?.();
    return c.body(null, 200, all);
  }
  const id = c.get("requestId");
  const gone = new AbortController();
  const { body, ended } = ndjson(begun(events, gone.signal, onOver), {
    signal: c.req.raw.signal, // Deno.serve cancels no body of a client that left before it began
    onGone: () => gone.abort(),
    onError: (error) => observe("server.stream_error", { id, error }),
    onProduced: onOver,
  });
  c.set("bodyEnd", ended);
  return c.body(body, 200, all);
}

/** What is thrown before there are events is an ordinary error, after which nothing is done any more. */
function begun(events: Stream["events"], gone: AbortSignal, onOver?: () => void) {
  try {
    return events({ gone });
  } catch (error) {
    onOver?.();
    throw error;
  }
}

const isHead = (c: Context<Env>) => c.req.method === "HEAD";
