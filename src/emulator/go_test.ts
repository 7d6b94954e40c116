import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { canonicalBase64 } from "./base64.ts";
import { goJsonSyntaxError } from "./go_json.ts";
import { goQuote } from "./status.ts";

Deno.test("invalid JSON is reported as Go reports it", () => {
  const rows: [string, string][] = [
    ["", "unexpected end of JSON input"],
    ["{", "unexpected end of JSON input"],
    ['{"a', "unexpected end of JSON input"],
    ["{}x", "invalid character 'x' after top-level value"],
    ["01", "invalid character '1' after top-level value"],
    ["x", "invalid character 'x' looking for beginning of value"],
    ["\0", "invalid character '\\x00' looking for beginning of value"],
    ["\xc3\xbc", "invalid character 'Ã' looking for beginning of value"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a":1]', "invalid character ']' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["nul", "invalid character ' ' in literal null (expecting 'l')"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":"\n"}', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["-", "invalid character ' ' in numeric literal"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ];
  for (const [text, message] of rows) strictEqual(goJsonSyntaxError(text), message, text);
});

Deno.test("base64 is decoded as Go decodes it", () => {
  const rows: [string, ReturnType<typeof canonicalBase64>][] = [
    ["", ""],
    ["YWJj", "YWJj"],
    ["YWJj\nZGVm", "YWJjZGVm"],
    ["YR==", "YQ=="],
    ["***", { invalidAt: 0 }],
    ["YQ", { invalidAt: 0 }],
    ["YWJjYQ", { invalidAt: 4 }],
    ["YQ=", { invalidAt: 3 }],
    ["YQ==YQ==", { invalidAt: 4 }],
    ["YWJ-", { invalidAt: 3 }],
  ];
  for (const [text, expected] of rows) deepStrictEqual(canonicalBase64(text), expected, text);
});

Deno.test("a text is quoted as Go quotes it", () => {
  strictEqual(goQuote('a"\\\n\t\u0001\x7fü'), '"a\\"\\\\\\n\\t\\x01\\x7fü"');
});
