import assert from "node:assert/strict";
import { clientAddress } from "./client_address.ts";

const ROWS: [header: string | undefined, address: string][] = [
  [undefined, "10.0.0.1"],
  ["", "10.0.0.1"],
  ["203.0.113.7", "203.0.113.7"],
  ["198.51.100.9, 203.0.113.7", "203.0.113.7"],
  ["made up by the client, 203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:4711", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
  ["[2001:db8::7]:4711", "2001:db8::7"],
  ["203.0.113.7, unknown", "10.0.0.1"],
  ["999.0.0.1", "10.0.0.1"],
  ["::g", "10.0.0.1"],
  [`${":".repeat(60)}`, "10.0.0.1"],
];

for (const [header, address] of ROWS) {
  Deno.test(`behind a proxy, ${header ?? "no header"} means the client ${address}`, () => {
    const headers = new Headers(header === undefined ? {} : { "X-Forwarded-For": header });
    assert.equal(clientAddress(headers, "10.0.0.1"), address);
  });
}
