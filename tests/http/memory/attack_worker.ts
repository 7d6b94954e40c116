import { attacks } from "../attacks.ts";
import { stage } from "../stage.ts";

/** Sends the attacks one by one in a worker, and reports each before it is sent. */

/** The report. */
export type Said = { begin: string } | { failed: string } | { end: number };

const { postMessage } = globalThis as unknown as { postMessage(said: Said): void };
const say = (said: Said) => postMessage.call(globalThis, said);

const all = await attacks();
let { app } = stage();
for (const [i, { what, request }] of all.entries()) {
  if (i % 100 === 0) ({ app } = stage());
  const ready = request();
  say({ begin: what });
  const { status, body } = await app.fetch(ready);
  await body?.cancel();
  if (status >= 500) say({ failed: `${what} is ${status}` });
}
say({ end: all.length });
