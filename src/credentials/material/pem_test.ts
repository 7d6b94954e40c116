import assert from "node:assert/strict";
import fc from "fast-check";
import { readPem } from "./pem.ts";

const block = (label: string, ...lines: string[]) =>
  [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");

function read(text: string) {
  const blocks = readPem(text);
  assert.ok(blocks.ok, blocks.ok ? "" : blocks.why);
  return blocks.value;
}

Deno.test("a text without a PEM block has no blocks", () => {
  for (const text of ["", "a", "-----", "-----BEGIN -----", "---- BEGIN SSH2 PUBLIC KEY ----"]) {
    assert.deepEqual(read(text), []);
  }
});

Deno.test("blocks are in order, without the text around them", () => {
  const [first, second] = [block("A", "AAAA"), block("PRIVATE KEY 2", "/+8=")];
  const blocks = read(`about A\n${first}between\r\n${second}behind`);
  assert.deepEqual(blocks.map(({ label, text }) => [label, text]), [
    ["A", first],
    ["PRIVATE KEY 2", second],
  ]);
  assert.deepEqual(blocks.map(({ bytes }) => [...bytes]), [[0, 0, 0], [0xff, 0xef]]);
});

Deno.test("headers are dropped, and show whether the block is encrypted", () => {
  const encrypted = block("A", "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", "", "AAAA");
  const plain = block("A", "Comment: two", "", "AAAA");
  for (const [given, is] of [[encrypted, true], [plain, false]] as const) {
    for (const text of [given, given.replaceAll("\n", "\r\n"), given.replaceAll("\n", " \n")]) {
      const [{ encrypted, text: normalised, bytes }] = read(text) as [ReturnType<typeof read>[0]];
      assert.deepEqual([encrypted, normalised, [...bytes]], [is, block("A", "AAAA"), [0, 0, 0]]);
    }
  }
  assert.equal(read(encrypted.replaceAll("\n", " "))[0]!.encrypted, true);
});

const REFUSED: [what: string, text: string, why: RegExp][] = [
  [
    "only a BEGIN line",
    "-----BEGIN A-----\nAAAA\n",
    /^is incomplete: the last line, /,
  ],
  ["only an END line", "AAAA\n-----END A-----\n", /^is incomplete: the first line, /],
  [
    "another END line",
    block("A", "AAAA").replace("END A", "END B"),
    /^is incomplete: the last line, /,
  ],
  ["a BEGIN line in a block", block("A", "-----BEGIN A-----", "AAAA"), /^is incomplete: the /],
  [
    "invalid base64",
    block("A", "AA*A"),
    /^is damaged: the text below the line -----BEGIN … is not base64$/,
  ],
  ["too few letters", block("A", "AAA"), /not base64$/],
  ["bits after its bytes", block("A", "/+9="), /not base64$/],
  ["base64url", block("A", "__-_"), /not base64$/],
  ["lines ended by \\n", "-----BEGIN A-----\\nAAAA\\n-----END A-----\\n", /^must have line breaks/],
];

for (const [what, text, why] of REFUSED) {
  Deno.test(`a block with ${what} is rejected with the reason`, () => {
    const blocks = readPem(text);
    assert.match(blocks.ok ? "" : blocks.why, why);
  });
}

Deno.test("bytes are read back unchanged, and the text has lines of the usual length", () => {
  const label = fc.constantFrom(["OPENSSH PRIVATE KEY", 70] as const, ["PRIVATE KEY", 64] as const);
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), label, (bytes, [label, width]) => {
    const [{ text, bytes: read1 }] = read(block(label, bytes.toBase64())) as [
      ReturnType<typeof read>[0],
    ];
    assert.deepEqual([...read1], [...bytes]);
    const lines = text.split("\n").slice(1, -2);
    assert.equal(lines.join(""), bytes.toBase64());
    assert.ok(lines.slice(0, -1).every(({ length }) => length === width));
    assert.equal(read(text)[0]!.text, text);
  }));
});
