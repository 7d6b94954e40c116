import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import type { Verdict } from "../../src/verify/verdict.ts";
import { folder } from "../cli/support.ts";
import { startHelmServer } from "./helm_server.ts";

/** The trusted certificate authorities, set by the same environment variables as Deno's. */

/** Names of files, each with the certificate of one authority. */
const FILES = ["server", "other"] as const;
type File = typeof FILES[number];

const ROWS: [env: Readonly<Record<string, File | "system" | "mozilla">>, isTrusted: boolean][] = [
  [{}, false],
  [{ DENO_CERT: "server" }, true],
  [{ DENO_CERT: "other" }, false],
  [{ NODE_EXTRA_CA_CERTS: "server" }, true],
  [{ NODE_EXTRA_CA_CERTS: "other" }, false],
  [{ NODE_EXTRA_CA_CERTS: "other", DENO_CERT: "server" }, true],
  [{ NODE_EXTRA_CA_CERTS: "server", DENO_CERT: "other" }, true],
  [{ SSL_CERT_FILE: "server" }, false],
  [{ SSL_CERT_FILE: "server", DENO_TLS_CA_STORE: "mozilla" }, false],
  [{ SSL_CERT_FILE: "server", DENO_TLS_CA_STORE: "system" }, true],
  [
    { SSL_CERT_FILE: "server", DENO_TLS_CA_STORE: "system", NODE_EXTRA_CA_CERTS: "other" },
    true,
  ],
  [{ SSL_CERT_FILE: "other", DENO_TLS_CA_STORE: "system", DENO_CERT: "server" }, true],
];

/** No access to system information, as in `deno task start`. */
const FLAGS = ["--no-check", "--no-prompt", "--allow-net=127.0.0.1", "--allow-read", "--allow-env"];

/** The verdict of a program with only these variables and the indispensable ones. */
async function verdictOf(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Verdict> {
  const usual = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const program = join(import.meta.dirname!, "trusting_program.ts");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...FLAGS, program, ...args],
    clearEnv: true,
    env: { ...Object.fromEntries(usual), ...env },
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.ok(said.startsWith("{"), new TextDecoder().decode(stderr));
  return JSON.parse(said);
}

const authorities = { server: makeAuthority("server"), other: makeAuthority("other") };
const tls = authorities.server.issue({ commonName: "x", for: "server", hosts: ["127.0.0.1"] });

/** A server whose authority is only in a file, and a folder with the files. */
async function withServer(
  use: (url: string, pathOf: (word: string) => string) => Promise<void>,
): Promise<void> {
  await using server = startHelmServer({ visitors: ["*"], tls });
  await using here = await folder();
  for (const file of FILES) await here.write(file, authorities[file].certificate);
  const isFile = (word: string) => FILES.some((file) => file === word);
  await use(server.url, (word) => isFile(word) ? join(here.path, word) : word);
}

for (const [env, isTrusted] of ROWS) {
  const words = Object.entries(env).map((pair) => pair.join("=")).join(" ") || "no variable";
  Deno.test(`with ${words} a server is ${isTrusted ? "trusted" : "not trusted"}`, async () => {
    await withServer(async (url, pathOf) => {
      const paths = Object.entries(env).map(([name, word]) => [name, pathOf(word)]);
      const { reachable, why } = await verdictOf(Object.fromEntries(paths), [url]);
      assert.equal(reachable, isTrusted, why);
      if (!isTrusted) {
        assert.match(
          why,
          /: its certificate is not trusted \(x509: certificate signed by unknown authority\)$/,
        );
      }
    });
  });
}

Deno.test("a credential's own certificate authorities replace those of the environment", async () => {
  await withServer(async (url, pathOf) => {
    const [server, other] = [pathOf("server"), pathOf("other")];
    const env = (path: string) => ({ DENO_CERT: path, NODE_EXTRA_CA_CERTS: path });
    const refused = await verdictOf(env(server), [url, other]);
    assert.match(
      refused.why,
      /: its certificate is not trusted \(x509: certificate signed by unknown authority\)$/,
    );
    const { reachable, why } = await verdictOf(env(other), [url, server]);
    assert.equal(reachable, true, why);
  });
});
