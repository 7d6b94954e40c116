import assert from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import { passwordHint, usernameHint } from "./password.ts";

const PASSWORDS: [password: string, hint: RegExp | undefined][] = [
  ["x", undefined],
  ["a b", undefined],
  ["a\nb", undefined],
  ["x\n", /^The password ends with a line break/],
  ["x\r\n", /^The password ends with a line break/],
  ["\nx\n", /^The password ends with a line break/],
  ["x ", /^The password ends with white space/],
  ["x\t", /^The password ends with white space/],
  [" x", /^The password begins with white space/],
  ["\nx", /^The password begins with white space/],
  ['{"type": "service_account"}\n', undefined],
  ["123\n", /^The password ends with a line break/],
  ["\n", /^The password ends with a line break/],
];

for (const [password, hint] of PASSWORDS) {
  Deno.test(`the password ${JSON.stringify(password)} gives ${hint ? "a" : "no"} hint`, () => {
    const said = passwordHint(seal(password));
    if (hint === undefined) assert.equal(said, undefined);
    else assert.match(said ?? "", hint);
  });
}

Deno.test("a user name gives a hint for white space around it, and none for white space inside", () => {
  assert.match(usernameHint("me ") ?? "", /white space/);
  assert.match(usernameHint(" me") ?? "", /white space/);
  assert.equal(usernameHint("robot me"), undefined);
});
