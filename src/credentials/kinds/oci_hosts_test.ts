import assert from "node:assert/strict";
import { OCI_HOSTS, servesOnlyOci } from "./oci_hosts.ts";

Deno.test("each OCI-only registry has sources, and a pattern for the whole host", () => {
  for (const { what, host, sources } of OCI_HOSTS) {
    assert.ok(sources.length > 0, what);
    for (const source of sources) assert.match(source, /^https:\/\/[^ ]+$/, what);
    // The pattern matches the whole host: a host that only starts or ends with it is another one.
    assert.match(host.source, /^\^.*\$$/s, what);
    assert.equal(host.flags, "", what);
  }
});

Deno.test("an OCI-only registry with a port is not recognized", () => {
  assert.deepEqual([servesOnlyOci("ghcr.io"), servesOnlyOci("ghcr.io:443")], [true, false]);
});
