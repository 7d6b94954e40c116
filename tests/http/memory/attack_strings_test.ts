import assert from "node:assert/strict";
import { attacks } from "../attacks.ts";
import type { Said } from "./attack_worker.ts";

/** Milliseconds after which an attack, or the preparation of the first, counts as blocked for ever. */
const STUCK = { attack: 10_000, start: 40_000 };

Deno.test("no string in any field of any operation blocks the event loop", async () => {
  // In a worker, which this thread terminates if it hangs.
  const worker = new Worker(import.meta.resolve("./attack_worker.ts"), { type: "module" });
  const failed: string[] = [];
  let now = "the start";
  let since = performance.now();
  const ended = new Promise<number>((resolve, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`${now}: ${event.message}`));
    };
    worker.onmessage = ({ data }: MessageEvent<Said>) => {
      since = performance.now();
      if ("begin" in data) now = data.begin;
      else if ("failed" in data) failed.push(data.failed);
      else resolve(data.end);
    };
  });
  const stuck = Promise.withResolvers<never>();
  const watching = setInterval(() => {
    const limit = now === "the start" ? STUCK.start : STUCK.attack;
    if (performance.now() - since > limit) stuck.reject(new Error(`${now} blocks the event loop`));
  }, 100);
  try {
    const sent = await Promise.race([ended, stuck.promise]);
    assert.deepEqual(failed, []);
    assert.ok(sent > 1000, `only ${sent} attacks were sent`);
  } finally {
    clearInterval(watching);
    worker.terminate();
  }
});

Deno.test("the attacked inputs include parameters and fields in lists and objects", async () => {
  const places = new Set(
    (await attacks()).map(({ what }) => what.slice(0, what.lastIndexOf(": "))),
  );
  for (
    const place of [
      "POST /secrets/add_docker namespace_selector",
      "POST /secrets/add_docker registries.0.password",
      "POST /secrets/add_docker exclude_namespaces.0",
      "POST /secrets/add_repo github_app.private_key",
      "POST /secrets/verify proxy",
      "GET /secrets/{name} name",
      "DELETE /secrets namespaces",
      "GET /audit since",
    ]
  ) assert.ok(places.has(place), place);
});
