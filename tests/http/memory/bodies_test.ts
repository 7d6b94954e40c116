import assert from "node:assert/strict";
import {
  CANARY,
  DOCKER,
  DOCKER_BODY,
  HELM,
  HELM_BODY,
  post,
  refused,
  testsOf,
} from "../support.ts";

/** Bodies that are not a JSON object, are too large, or have hidden content. */

const MIB = 1024 * 1024;
const VALID = JSON.stringify(DOCKER_BODY);

/** A valid body of exactly this size in bytes. */
const sized = (bytes: number) => VALID + " ".repeat(bytes - VALID.length);

const nested = (open: string, inside: string, close: string, depth = 100_000) =>
  open.repeat(depth) + inside + close.repeat(depth);

const EMPTY = /^Request body is empty\. Send a JSON object$/;
const NO_OBJECT = /^Request body must be a JSON object$/;
/** The expected reason, in our own words and not the parser's. */
const noJson = (why: string) =>
  new RegExp(`^Request body is not valid JSON at line \\d+, column \\d+: ${why}$`);
const NO_VALUE = noJson(
  "expected a string in double quotes, a number, true, false or null",
);
const NO_NAME = noJson("expected a field name in double quotes");
const NO_QUOTE = noJson("missing closing quote of a string");
const NO_COMMA = noJson("expected a comma, a closing brace or a closing bracket");
const NO_COMMENT = noJson("comments are not allowed in JSON");
const TWICE = /^Request body has a duplicate field at line 1, column \d+$/;
const TOO_DEEP = /^Request body is nested too deeply$/;

/** @param valid a body that would be accepted */
function malformed(valid: string): [what: string, body: string | Uint8Array, message: RegExp][] {
  const begunWith = (field: string) => valid.replace("{", `{${field},`);
  return [
    ["nothing", "", EMPTY],
    ["white space", " \r\n\t", EMPTY],
    ["a byte order mark only", "\ufeff", EMPTY],
    ["an empty array", "[]", NO_OBJECT],
    ["an array around the object", `[${valid}]`, NO_OBJECT],
    ["a string", `"${CANARY}"`, NO_OBJECT],
    ["a number", "1", NO_OBJECT],
    ["true", "true", NO_OBJECT],
    ["null", "null", NO_OBJECT],
    [
      "a byte that is not UTF-8",
      new Uint8Array([0x7b, 0xff, 0x7d]),
      /^Request body is not valid UTF-8$/,
    ],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), /^Request body is not valid UTF-8$/],
    [
      "a lone surrogate encoded in UTF-8",
      new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
      /not valid UTF-8$/,
    ],
    ["invalid JSON with the password in it", `{"password": "${CANARY}", x}`, NO_VALUE],
    ["invalid JSON that is the password", CANARY, NO_VALUE],
    ["an unterminated password", `{"password": "${CANARY}`, NO_QUOTE],
    ["a form", `password=${CANARY}&username=x`, NO_VALUE],
    ["a comment", begunWith("/* x */").replace("/,", "/"), NO_COMMENT],
    ["a line comment", `// ${CANARY}\n${valid}`, NO_COMMENT],
    ["a trailing comma", valid.replace(/}$/, ",}"), NO_NAME],
    ["two objects", valid + valid, noJson("unexpected text after the end of the JSON")],
    ["single quotes", valid.replaceAll('"', "'"), NO_VALUE],
    ["an unquoted name", begunWith("x: 1"), NO_VALUE],
    ["NaN", begunWith('"x": NaN'), NO_VALUE],
    ["a hexadecimal number", begunWith('"x": 0x1'), NO_VALUE],
    ["a leading zero", begunWith('"x": 01'), NO_COMMA],
    [
      "an unknown escape",
      begunWith('"x": "\\x"'),
      noJson("invalid escape sequence"),
    ],
    ["a raw line break in a string", begunWith('"x": "\n"'), NO_QUOTE],
    ["a truncated object", valid.slice(0, -1), noJson("expected a closing brace")],
    ["a truncated array", `[${valid}`, noJson("expected a closing bracket")],
    ["no colon", valid.replace(":", " "), noJson("expected a colon after the field name")],
    ["no comma", valid.replace(",", " "), NO_COMMA],
    ["no value", begunWith('"x":'), noJson("expected a value")],
    ["a truncated number", begunWith('"x": 1.'), noJson("incomplete number")],
    [
      "a truncated escape",
      begunWith('"x": "\\u12"'),
      noJson("expected four hexadecimal digits after \\\\u"),
    ],
    [
      "a raw control character in a string",
      begunWith('"x": "\u0001"'),
      noJson("control character in a string is not escaped"),
    ],
    ["a no-break space before the object", `\u00a0${valid}`, NO_VALUE],
    ["a duplicate field", begunWith('"username": "x"'), TWICE],
    ["a duplicate password", begunWith('"password": "x"'), TWICE],
    ["a duplicate field, one of them escaped", begunWith('"user\\u006eame": "x"'), TWICE],
    ["a duplicate field in a nested object", begunWith('"x": {"y": 1, "y": 2}'), TWICE],
    ["__proto__ twice", begunWith('"__proto__": {}, "__proto__": {}'), TWICE],
    [
      "__proto__",
      begunWith('"__proto__": {"upsert": true}'),
      /^Unknown field\. Known fields: /,
    ],
    [
      "constructor",
      begunWith('"constructor": {"prototype": {}}'),
      /^Unknown field\. Known fields: /,
    ],
    ["arrays nested 100,000 deep", nested("[", "1", "]"), TOO_DEEP],
    ["objects nested 100,000 deep", nested('{"a":', "1", "}"), TOO_DEEP],
    ["unterminated arrays nested 100,000 deep", nested("[", "", ""), TOO_DEEP],
    [
      "a password of arrays nested 100,000 deep",
      begunWith(`"x":${nested("[", "", "]")}`),
      TOO_DEEP,
    ],
  ];
}

const writes: [endpoint: string, path: string, valid: object][] = [
  ["add_docker", DOCKER, DOCKER_BODY],
  ["add_helm_repo", HELM, HELM_BODY],
];

for (
  const test of testsOf(
    writes.flatMap(([endpoint, path, valid]) =>
      malformed(JSON.stringify(valid)).map(([what, body, message]) =>
        refused(
          `${endpoint} rejects an invalid body: ${what}`,
          () => post(path, body),
          400,
          message,
        )
      )
    ),
  )
) Deno.test(test);

const accepted = (name: string, body: () => unknown, path = DOCKER, headers = {}) => ({
  name,
  request: () => post(path, body(), headers),
  status: 200,
  changes: true,
});

const tooLarge = (name: string, body: () => unknown, headers = {}) =>
  refused(name, () => post(DOCKER, body(), headers), 413, {
    error: true,
    message: "Request body is larger than 1048576 bytes",
    status_code: 413,
  });

const stream = (text: string) => new Blob([text]).stream();

/** Fails after its first chunk, as when a client disconnects. */
const cut = () =>
  new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(VALID)),
    pull: (controller) => controller.error(new Error(CANARY)),
  });

const ENDED = /^Request body ended before it was complete$/;

for (
  const test of testsOf([
    accepted("a body of exactly 1 MiB is accepted", () => sized(MIB)),
    accepted(
      "a body of exactly 1 MiB with Content-Length is accepted",
      () => sized(MIB),
      DOCKER,
      { "Content-Length": String(MIB) },
    ),
    accepted("a chunked body of exactly 1 MiB is accepted", () => stream(sized(MIB))),
    accepted("a byte order mark before the object is ignored", () => `\ufeff${VALID}`),
    accepted("a helm repository with a byte order mark is accepted", () => {
      return `\ufeff${JSON.stringify(HELM_BODY)}`;
    }, HELM),
    accepted("white space around the object is ignored", () => `\r\n\t ${VALID} \n`),
    accepted("escapes in field names are decoded", () => {
      return VALID.replace('"username"', '"user\\u006eame"');
    }),
    tooLarge("a body of 1 MiB and one byte is rejected", () => sized(MIB + 1)),
    tooLarge("a body that declares 1 MiB and one byte is rejected unread", () => VALID, {
      "Content-Length": String(MIB + 1),
    }),
    tooLarge("a chunked body of 1 MiB and one byte is rejected", () => stream(sized(MIB + 1))),
    tooLarge("a body of emoji over 1 MiB is rejected by its size in bytes", () => {
      return sized(MIB - 1).replace(/ {2}$/, "") + "😀";
    }),
    refused(
      "a truncated body is rejected and not treated as a bug",
      () => post(DOCKER, cut()),
      400,
      ENDED,
      {
        after: ({ logged }) =>
          assert.equal(logged.filter((line) => line.includes("error")).length, 0),
      },
    ),
    refused(
      "a truncated body with Content-Length is rejected and not treated as a bug",
      () => post(DOCKER, cut(), { "Content-Length": "1000" }),
      400,
      ENDED,
      {
        after: ({ logged }) =>
          assert.equal(logged.filter((line) => line.includes("error")).length, 0),
      },
    ),
  ])
) Deno.test(test);

Deno.test("__proto__ in a body changes no object of the program", () => {
  assert.equal(({} as Record<string, unknown>).upsert, undefined);
});
