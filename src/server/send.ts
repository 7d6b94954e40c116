import type { Context } from "hono";
import { observe } from "../observe/observe.ts";
import type { Env } from "./env.ts";
import { ndjson } from "./ndjson.ts";
import type { Json, Reply, Static, Stream } from "../operations/reply.ts";
import { bodyText, JSON_HEADERS, STATIC_HEADERS, STREAM_HEADERS } from "./headers.ts";

/** Turns a reply into a response. This starts a stream, unless the request is a HEAD. */
export function sendReply(c: Context<Env>, reply: Reply): Response {
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

/** Answers 304 if the client already has the content. */
function sendStatic(c: Context<Env>, { contentType, body, etag, headers }: Static): Response {
  const usual = { ...STATIC_HEADERS, ETag: etag, ...headers };
  if (hasAlready(c.req.header("If-None-Match"), etag)) return c.body(null, 304, usual);
  return c.body(body, 200, { ...usual, "Content-Type": contentType, ...lengthFor(c, body) });
}

/** Content-Length for HEAD: Hono drops the body and would report its length as 0. */
function lengthFor(c: Context<Env>, body: string | Uint8Array): Record<string, string> {
  if (!isHead(c)) return {};
  const { length } = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { "Content-Length": String(length) };
}

/**
 * Uses the weak comparison: a proxy that compresses the response adds `W/` to the tag.
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
  const { body, ended } = ndjson(startEvents(events, gone.signal, onOver), {
    signal: c.req.raw.signal, // Deno.serve does not cancel the body if the client left before it started
    onGone: () => gone.abort(),
    onError: (error) => observe("server.stream_error", { id, error }),
    onProduced: onOver,
  });
  c.set("bodyEnd", ended);
  return c.body(body, 200, all);
}

/** Starts the events; an error thrown before the first event is answered like any other. */
function startEvents(events: Stream["events"], gone: AbortSignal, onOver?: () => void) {
  try {
    return events({ gone });
  } catch (error) {
    onOver?.();
    throw error;
  }
}

const isHead = (c: Context<Env>) => c.req.method === "HEAD";
