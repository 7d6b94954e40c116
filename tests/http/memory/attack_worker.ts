import { attacks } from "../attacks.ts";
import { stage } from "../stage.ts";

/** Sends the attacks one by one in a worker, and reports each before it is sent. */

/** How long the event loop may be blocked, in milliseconds. */
const MOST = 2000;

/** A busy machine may stall for seconds, which delays one of these attempts. */
const ATTEMPTS = 3;

/** The report. */
export type Said = { begin: string } | { failed: string } | { end: number };

const { postMessage } = globalThis as unknown as { postMessage(said: Said): void };
const say = (said: Said) => postMessage.call(globalThis, said);

const all = await attacks();
let { app } = stage();
for (const [i, { what, request }] of all.entries()) {
  if (i % 100 === 0) ({ app } = stage());
  let took = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && took > MOST; attempt++) {
    const ready = request();
    say({ begin: what });
    const began = performance.now();
    const { status, body } = await app.fetch(ready);
    await body?.cancel();
    took = performance.now() - began;
    if (status >= 500) say({ failed: `${what} is ${status}` });
  }
  if (took > MOST) say({ failed: `${what} took ${Math.round(took)} ms` });
}
say({ end: all.length });
