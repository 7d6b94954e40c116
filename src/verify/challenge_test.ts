import assert from "node:assert/strict";
import { parseChallenges } from "./challenge.ts";

type Parsed = [scheme: string, parameters: Record<string, string>];

const ROWS: [header: string, challenges: Parsed[]][] = [
  ["", []],
  ["Basic", [["basic", {}]]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
    [["bearer", { realm: "https://auth.docker.io/token", service: "registry.docker.io" }]],
  ],
  [
    'Bearer realm="https://a/token", Basic realm="a, Bearer realm=\\"b\\""',
    [["bearer", { realm: "https://a/token" }], ["basic", { realm: 'a, Bearer realm="b"' }]],
  ],
  [
    'Negotiate, NTLM TlRMTVNTUAAB==, BASIC Realm = x , charset="UTF-8"',
    [["negotiate", {}], ["ntlm", {}], ["basic", { realm: "x", charset: "UTF-8" }]],
  ],
  ['Bearer realm="a", realm="b"', [["bearer", { realm: "a" }]]],
  ['Bearer realm="never closed', [["bearer", {}]]],
  [', ,realm="nobody\'s", Basic', [["basic", {}]]],
];

for (const [header, challenges] of ROWS) {
  Deno.test(`a header of ${header || "nothing"} is parsed`, () => {
    const parsed = parseChallenges(header).map(({ scheme, parameters }): Parsed => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    assert.deepEqual(parsed, challenges);
  });
}

Deno.test("parsing a malicious header takes no longer than any other", () => {
  const start = performance.now();
  for (const part of ['"\\', "a=", ",", "a ", 'a="', "=", "\\"]) {
    parseChallenges(part.repeat(20_000));
  }
  assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
});
