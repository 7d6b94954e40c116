import assert from "node:assert/strict";
import { coloredMessage, colors, visibleWidth } from "./color.ts";

type Row = [
  what: string,
  args: string,
  env: Record<string, string>,
  isTerminal: boolean,
  on: boolean,
];

const ROWS: Row[] = [
  ["a terminal has colours", "secrets one", {}, true, true],
  ["a pipe has none", "secrets one", {}, false, false],
  ["NO_COLOR turns colours off on a terminal", "", { NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR has no effect", "", { NO_COLOR: "" }, true, true],
  ["a dumb terminal has none", "", { TERM: "dumb" }, true, false],
  ["CLICOLOR_FORCE turns colours on in a pipe", "", { CLICOLOR_FORCE: "1" }, false, true],
  ["CLICOLOR_FORCE=0 has no effect", "", { CLICOLOR_FORCE: "0" }, false, false],
  [
    "NO_COLOR overrides CLICOLOR_FORCE",
    "",
    { NO_COLOR: "1", CLICOLOR_FORCE: "1" },
    true,
    false,
  ],
  ["--color=always overrides NO_COLOR", "a --color=always", { NO_COLOR: "1" }, false, true],
  ["--color never as two words", "a --color never", {}, true, false],
  ["the last --color counts", "--color=always --color=never", {}, true, false],
  ["after -- there is no flag", "a -- --color=always", {}, false, false],
];

for (const [what, args, env, isTerminal, isOn] of ROWS) {
  Deno.test(`colour: ${what}`, () => {
    const world = { args: args.split(" "), isTerminal, env: (name: string) => env[name] };
    const paint = colors("stdout", world);
    assert.equal(paint.isOn, isOn);
    assert.equal(paint.bad("x"), isOn ? "\x1b[31mx\x1b[39m" : "x");
  });
}

const paint = (isTerminal: boolean) =>
  colors("stdout", { args: [], isTerminal, env: () => undefined });

Deno.test("a state has its colour, whatever follows it", () => {
  const codes: [state: string, code: string][] = [
    ["unchanged", "32"],
    ["created (dry run)", "33"],
    ["created_and_attached", "33"],
    ["failed", "31"],
    ["cluster_unreachable", "31"],
    ["not written", "31"],
    ["nothing known", ""],
  ];
  for (const [state, code] of codes) {
    const expected = code === "" ? state : `\x1b[${code}m${state}\x1b[39m`;
    assert.equal(paint(true).state(state), expected);
    assert.equal(paint(false).state(state), state);
  }
});

Deno.test("the width of a coloured text is its visible width", () => {
  assert.equal(visibleWidth(paint(true).state("failed")), "failed".length);
  assert.equal(visibleWidth("naïve 🔑"), 7);
});

Deno.test("only the prefix of a message is coloured", () => {
  const text = "error: no error: here\nhint: see\nwarning: w\nother\n";
  assert.equal(
    coloredMessage(text, paint(true)),
    "\x1b[31merror:\x1b[39m no error: here\n\x1b[2mhint:\x1b[22m see\n\x1b[33mwarning:\x1b[39m w\nother\n",
  );
  assert.equal(coloredMessage(text, paint(false)), text);
});
