import assert from "node:assert/strict";
import fc from "fast-check";
import { Failure } from "./failure.ts";
import { flagsOf, settingArguments, type SettingFlags, withWholePaths } from "./setting_flags.ts";

const text = fc.string({ minLength: 1 });
const ANY_FLAGS = fc.record({
  config: text,
  host: text,
  port: fc.nat(),
  clustersFolder: text,
  kubectlTimeout: fc.double({ min: 0, max: 3600, noNaN: true }).map(Math.abs),
  transport: text,
  argocdNamespace: text,
  tokensFile: text,
  tlsCert: text,
  tlsKey: text,
  behindProxy: fc.constant(true),
  logFormat: text,
  logLevel: text,
}, { requiredKeys: [] }) as fc.Arbitrary<SettingFlags>;

Deno.test("flags are parsed back from the arguments made of them", () => {
  fc.assert(fc.property(ANY_FLAGS, (flags) => {
    const read = flagsOf(settingArguments(flags));
    assert.deepEqual({ ...read }, { ...flags });
  }));
});

Deno.test("an unknown flag of another version is reported by name, without its value", () => {
  for (const arg of ["--colour=red", "--to-string=1", "--behind-proxy=x", "--port", "red"]) {
    assert.throws(() => flagsOf([arg]), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /^This version has no flag /);
      assert.ok(!error.message.includes("="), error.message);
      return true;
    });
  }
});

Deno.test("only paths are made absolute", () => {
  assert.deepEqual(
    withWholePaths(
      { config: "c.yaml", tokensFile: "../t", tlsCert: "/abs", host: "h", port: 1 },
      "/a/b",
    ),
    { config: "/a/b/c.yaml", tokensFile: "/a/t", tlsCert: "/abs", host: "h", port: 1 },
  );
});
