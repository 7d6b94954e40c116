import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { joined } from "../text/bytes.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Reading } from "./read_budget.ts";

/**
 * An answer's body, unpacked where it is packed.
 * @param max bytes; of a longer one no more is read
 * @param reading what it is taken from, as it is unpacked
 * @param headOnly whether of a longer one the first `max` bytes are what is asked for
 * @throws {NoAnswer} when it is longer, and not only its head is asked for, or more than may be read;
 * else what broke
 */
export function bodyOf(
  answer: IncomingMessage,
  max: number,
  signal: AbortSignal,
  reading: Reading,
  headOnly = false,
): Promise<string> {
  const isPacked = answer.headers["content-encoding"] === "gzip";
  const body: Readable = isPacked ? answer.pipe(createGunzip()) : answer;
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isOver = false;
    const stop = () => {
      isOver = true;
      chunks.length = 0;
      signal.removeEventListener("abort", broken);
      answer.destroy();
      body.destroy();
    };
    const end = (why: unknown) => {
      stop();
      reject(why);
    };
    const text = () => new TextDecoder().decode(joined(chunks));
    const broken = () => end(new Error("the body ends before its end"));
    signal.addEventListener("abort", broken);
    if (signal.aborted) broken();
    body.on("data", (chunk: Uint8Array) => {
      if (isOver) return; // of what was under way
      size += chunk.length;
      if (size > max && !headOnly) {
        return end(
          new NoAnswer(`its answer is larger than the ${max / 1024 / 1024} MiB that are read`),
        );
      }
      const read = chunk.subarray(0, chunk.length - Math.max(0, size - max));
      const why = reading.take(read.length);
      if (why !== undefined) {
        return end(new NoAnswer(`its answer was not read to its end: ${why}`));
      }
      chunks.push(read);
      if (size <= max) return;
      resolve(text());
      stop();
    });
    body.on("end", () => {
      signal.removeEventListener("abort", broken);
      resolve(text());
    });
    body.on("error", broken);
    answer.on("error", broken);
    answer.on("close", () => {
      if (!answer.complete) broken();
    });
  });
}
