import assert from "node:assert/strict";
import { checkTlsPair } from "../../src/credentials/material/tls_pair.ts";
import { selfSigned } from "../../src/demo/certificate.ts";

Deno.test("the program accepts the demo's certificate, which expires at the given time", () => {
  const notAfter = new Date("2040-01-02T03:04:05.000Z");
  const { certificate, key } = selfSigned("demo-robot", notAfter);
  const checked = checkTlsPair(certificate, key, new Date("2039-06-01T00:00:00.000Z"));
  assert.ok(checked.ok, JSON.stringify(checked));
  assert.equal(checked.value.notAfter, notAfter.toISOString());
  assert.equal(checked.value.subject, "CN=demo-robot");
  assert.deepEqual(checked.value.warnings, []);
});
