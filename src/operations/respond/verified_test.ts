import assert from "node:assert/strict";
import { verifiedAnswers } from "./verified.ts";

const verdict = {
  reachable: true,
  accepted: true,
  may: [],
  asked: "https://a/",
  why: "It is fine",
};
const [early, late] = ["2030-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z"];

const ROWS: [server: string | undefined, itself: string | undefined, told: string | undefined][] = [
  [undefined, undefined, undefined],
  [early, undefined, early],
  [undefined, early, early],
  [early, late, early],
  [late, early, early],
];

for (const [server, itself, told] of ROWS) {
  Deno.test(`of ${server} by the server and ${itself} by the credential the first end is told`, () => {
    const [answer] = verifiedAnswers([
      { at: "a", verdict: { ...verdict, expires: server }, expires: itself },
    ]);
    assert.equal(answer!.expires, told);
  });
}
