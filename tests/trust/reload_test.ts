import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { folder, program } from "../cli/support.ts";
import { within } from "../crash/within.ts";

/** A reload is checked against the current listener, not against a new start. */

/** A server of all addresses behind a proxy, with tokens. */
const SAFE = ["host: 0.0.0.0", "behind-proxy: true", "tokens-file: TOKENS"];

/** Settings that would be safe after a start, and why they are not for the current listener. */
const RELOADED: [what: string, settings: string[], why: RegExp][] = [
  ["another host without tokens", ["host: 127.0.0.1"], /'0\.0\.0\.0' without tokens/],
  [
    "TLS instead of a proxy's",
    ["host: 0.0.0.0", "tokens-file: TOKENS", "tls-cert: CERT", "tls-key: KEY"],
    /'0\.0\.0\.0' without TLS/,
  ],
];

for (const [what, settings, why] of RELOADED) {
  Deno.test(`a reload with ${what} is rejected if it is unsafe for the current listener`, async () => {
    await using here = await folder();
    const { certificate, key } = makeAuthority("a-test-authority").issue({
      commonName: "server",
      for: "server",
    });
    const files: Record<string, string> = {
      TOKENS: await here.write("tokens.yaml", "tokens: []\n"),
      CERT: await here.write("server.crt", certificate),
      KEY: await here.write("server.key", key),
    };
    const written = (lines: readonly string[]) =>
      here.write(
        "config.yaml",
        lines.map((line) => line.replace(/[A-Z]+$/, (name) => files[name]!) + "\n").join(""),
      );
    const config = await written(SAFE);
    await using running = program(["--port", "0", "--config", config]);
    const [, port] = await within("it listens", running.line(/listening url=http:.*:(\d+)/));
    await written(settings);
    running.kill("SIGHUP");
    const [said] = await within(
      "the reload is over",
      running.line(/configuration (?:reload failed|reloaded).*/),
    );
    assert.match(said, /configuration reload failed; keeping the previous one/);
    assert.match(said, why);
    const answer = await fetch(`http://127.0.0.1:${port}/clusters`);
    await answer.body?.cancel();
    assert.equal(answer.status, 401);
  });
}
