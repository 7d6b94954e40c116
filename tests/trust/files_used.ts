import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { AuditLog } from "../../src/audit/audit_log.ts";
import { keyBeside, takeKey } from "../../src/audit/key.ts";
import { vetKubeconfig, vetRules } from "../../src/clusters/vet.ts";
import { checkCertificate } from "../../src/server/listen/tls.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { loadConfig } from "../../src/config/load.ts";
import { claim } from "../../src/daemon/pid_file.ts";
import { logFile } from "../../src/log/line_writer.ts";
import { readTokenFile } from "../../src/tokens/token_file.ts";

/** A file that affects the program's behaviour, and how the program uses it. */
export interface Decisive {
  readonly name: string;
  /** A valid content; `undefined` for a file that the program creates. */
  readonly content?: string;
  /** @default 0o600 */
  readonly mode?: number;
  /**
   * Uses the one at this path as the program does.
   * @param beside a folder of the test's own, in which nothing is wrong
   * @throws {Error} says why it is not used
   */
  use(path: string, beside: string): Promise<void>;
}

const rules = vetRules(settingsOf({}), {
  user: Deno.uid()!,
  group: Deno.gid()!,
  kubectlEnv: { PATH: Deno.env.get("PATH")! },
  hasKubectl: true,
});

const kubeconfig = (cluster: object, user: object) =>
  JSON.stringify({
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443", ...cluster } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user }],
  });

/** A file named in an otherwise valid kubeconfig. */
function named(
  name: string,
  content: string,
  fields: (path: string) => { cluster?: object; user?: object },
  mode?: number,
): Decisive {
  return {
    name: `${name} that a kubeconfig names`,
    content,
    mode,
    async use(path, beside) {
      const { cluster = {}, user = { token: "a-fake-token" } } = fields(path);
      const file = join(beside, "c.kubeconfig");
      await Deno.writeTextFile(file, kubeconfig(cluster, user), { mode: 0o600 });
      await vetKubeconfig(file, rules);
    },
  };
}

const { certificate: CERT, key: KEY } = makeAuthority("an-authority").issue({
  commonName: "localhost",
  for: "server",
  hosts: ["127.0.0.1"],
});

export const READ: readonly Decisive[] = [
  {
    name: "the configuration",
    content: "port: 0\n",
    async use(file) {
      await loadConfig({ file, env: {}, flags: {}, fileRequired: true });
    },
  },
  {
    name: "a kubeconfig",
    content: kubeconfig({}, { token: "a-fake-token" }),
    use: async (path) => void await vetKubeconfig(path, rules),
  },
  named("the authority", CERT, (path) => ({ cluster: { "certificate-authority": path } })),
  named("the certificate", CERT, (path) => ({
    user: { "client-certificate": path, "client-key-data": btoa(KEY) },
  })),
  named("the key", KEY, (path) => ({
    user: { "client-certificate-data": btoa(CERT), "client-key": path },
  })),
  named("the token", "a-fake-token\n", (path) => ({ user: { tokenFile: path } })),
  named("the program", "#!/bin/sh\n", (path) => ({
    user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: path } },
  }), 0o700),
  {
    name: "the tokens",
    content: "tokens: []\n",
    use: (path) => Promise.try(() => void readTokenFile(path)),
  },
  {
    name: "the TLS certificate",
    content: CERT,
    async use(cert, beside) {
      const key = join(beside, "tls.key");
      await Deno.writeTextFile(key, KEY, { mode: 0o600 });
      await checkCertificate({ cert, key });
    },
  },
  {
    name: "the TLS key",
    content: KEY,
    async use(key, beside) {
      const cert = join(beside, "tls.crt");
      await Deno.writeTextFile(cert, CERT, { mode: 0o600 });
      await checkCertificate({ cert, key });
    },
  },
];

const ATTEMPT = {
  writeId: "r1.12345678",
  requestId: "r1",
  actor: { name: "alice", from: "10.0.0.1" },
  cluster: "c",
  kind: "docker",
  names: ["pull"],
  namespaces: ["a"],
  upsert: true,
  force: false,
} as const;

export const WRITTEN: readonly Decisive[] = [
  {
    name: "the pid file",
    async use(path) {
      const claimed = await claim(path, {
        pid: Deno.pid,
        version: "1.2.3",
        started: new Date(),
        cwd: "/",
        args: [],
      });
      if (claimed === undefined) throw new Error("it is held");
      claimed.release();
    },
  },
  {
    name: "the log",
    use: (path) =>
      Promise.try(() => {
        const log = logFile(path);
        log("a line\n", true);
        log.close();
      }),
  },
  {
    name: "the audit log",
    async use(path) {
      const log = new AuditLog(path);
      try {
        const begun = await log.begin(ATTEMPT);
        if (begun.kind === "unwritable") throw new Error(begun.why);
        await begun.end({ outcome: "created" });
      } finally {
        await log.close();
      }
    },
  },
  {
    name: "the key of the audit log",
    async use(path) {
      (await takeKey(path)).release();
      await keyBeside(path);
    },
  },
];
