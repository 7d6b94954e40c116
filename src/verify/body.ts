import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { NoAnswer } from "./no_answer.ts";

/**
 * An answer's body, unpacked where it is packed.
 * @param max bytes; of a longer one no more is read
 * @param headOnly whether of a longer one the first `max` bytes are what is asked for
 * @throws {NoAnswer} when it is longer, and not only its head is asked for; else what broke
 */
export function bodyOf(
  answer: IncomingMessage,
  max: number,
  signal: AbortSignal,
  headOnly = false,
): Promise<string> {
  const isPacked = answer.headers["content-encoding"] === "gzip";
  const body: Readable = isPacked ? answer.pipe(createGunzip()) : answer;
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const stop = () => {
      signal.removeEventListener("abort", broken);
      answer.destroy();
      body.destroy();
    };
    const end = (why: unknown) => {
      stop();
      reject(why);
    };
    const text = () => new TextDecoder().decode(Buffer.concat(chunks));
    const broken = () => end(new Error("the body ends before its end"));
    signal.addEventListener("abort", broken);
    body.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= max) return void chunks.push(chunk);
      if (headOnly) {
        chunks.push(chunk.subarray(0, chunk.length - (size - max)));
        resolve(text());
        return stop();
      }
      end(new NoAnswer(`its answer is larger than the ${max / 1024 / 1024} MiB that are read`));
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
