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

const ROWS: [server: string | undefined, itself: string | undefined, shown: string | undefined][] =
  [
    [undefined, undefined, undefined],
    [early, undefined, early],
    [undefined, early, early],
    [early, late, early],
    [late, early, early],
  ];

for (const [server, itself, shown] of ROWS) {
  Deno.test(`the earlier of ${server} (server) and ${itself} (credential) is shown as expiry`, () => {
    const [answer] = verifiedAnswers([
      { at: "a", verdict: { ...verdict, expires: server }, expires: itself },
    ], "v1");
    assert.equal(answer!.expires, shown);
  });
}

const may = ["read a", "read b"];

Deno.test("below /api/v1 permissions are in `permissions` and equally in `may`", () => {
  const [answer] = verifiedAnswers([{ at: "a", verdict: { ...verdict, may } }], "v1");
  assert.deepEqual(answer!.permissions, may);
  assert.deepEqual(answer!.may, may);
});

for (const face of ["root", "seed"] as const) {
  Deno.test(`on a ${face} path permissions are in \`may\` only`, () => {
    const [answer] = verifiedAnswers([{ at: "a", verdict: { ...verdict, may } }], face);
    assert.deepEqual(answer!.may, may);
    assert.ok(!Object.hasOwn(answer!, "permissions"));
  });
}
