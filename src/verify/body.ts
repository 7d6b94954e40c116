import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { joined } from "../text/bytes.ts";
import { NoAnswer } from "./no_answer.ts";
import type { ReadMeter } from "./read_budget.ts";

/**
 * Reads and decompresses a response's body.
 * @param max the most bytes that are read
 * @param reading counts the decompressed bytes
 * @param headOnly whether to return the first `max` bytes of a longer body
 * @throws {NoAnswer} when the body is longer than `max` and `headOnly` is not set, or a read budget is exceeded; other
 * errors when the connection breaks
 */
export function bodyOf(
  answer: IncomingMessage,
  max: number,
  signal: AbortSignal,
  reading: ReadMeter,
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
    const broken = () => end(new Error("the body is incomplete"));
    signal.addEventListener("abort", broken);
    if (signal.aborted) broken();
    body.on("data", (chunk: Uint8Array) => {
      if (isOver) return; // a buffered chunk
      size += chunk.length;
      if (size > max && !headOnly) {
        return end(
          new NoAnswer(`the response is larger than the limit of ${max / 1024 / 1024} MiB`),
        );
      }
      const read = chunk.subarray(0, chunk.length - Math.max(0, size - max));
      const why = reading.take(read.length);
      if (why !== undefined) {
        return end(new NoAnswer(`cannot read the whole response: ${why}`));
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
