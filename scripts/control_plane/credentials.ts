/** Certificates, tokens and plugins that kubeconfigs of a control plane name. */
import { join } from "node:path";
import { type Certified, makeAuthority } from "./certificates.ts";

/** Files and tokens of the server. */
export interface ServerCertificates {
  /** The authority of the server's and the clients' certificates, in PEM. */
  ca: string;
  serving: Certified;
  /** The certificate for this server name, signed by another authority. */
  extraName: Certified & { ca: string; host: string };
}

export interface Credentials {
  client: Certified;
  expired: Certified;
  extraName: { ca: string; host: string };
  /** An authority with the name of the server's authority that signed nothing, in PEM. */
  otherCa: string;
  files: typeof files;
  /** The absolute path of one of `files`. */
  path(file: string): string;
}

/** Below the control plane's folder. */
const files = {
  ca: "credentials/ca.crt",
  clientCertificate: "credentials/client.crt",
  clientKey: "credentials/client.key",
  token: "credentials/administrator.token",
  plugin: "credentials/plugin.sh",
  hangingPlugin: "credentials/hanging_plugin.sh",
  failingPlugin: "credentials/failing_plugin.sh",
} as const;

const authorityName = "control plane of the tests";
const day = 24 * 3_600_000;
const extraHost = "kube.test.invalid";

const pluginRunsFile = (dir: string): string => join(dir, "plugin_runs");

/**
 * The number of runs of the plugin of `exec-plugin`.
 * @param dir the control plane's folder
 */
export async function execPluginRuns(dir: string): Promise<number> {
  const text = await Deno.readTextFile(pluginRunsFile(dir));
  return text.split("\n").length - 1;
}

/** Some parts are needed before the server starts; the rest is made during its start. */
export function makeCertificates(): {
  server: ServerCertificates;
  writeCredentials: (dir: string, token: string) => Promise<Credentials>;
} {
  const authority = makeAuthority(authorityName);
  const extra = makeAuthority("authority of the extra name");
  const hosts = ["127.0.0.1", "localhost", "kubernetes.default.svc", extraHost];
  const server: ServerCertificates = {
    ca: authority.certificate,
    serving: authority.issue({ commonName: "kube-apiserver", for: "server", hosts }),
    extraName: {
      ...extra.issue({ commonName: extraHost, for: "server", hosts: [extraHost] }),
      ca: extra.certificate,
      host: extraHost,
    },
  };
  const administrator = {
    commonName: "admin-by-certificate",
    organization: "system:masters",
    for: "client",
  } as const;

  async function writeCredentials(dir: string, token: string): Promise<Credentials> {
    const path = (file: string) => join(dir, file);
    const write = (file: string, text: string, mode = 0o600) =>
      Deno.writeTextFile(path(file), text, { mode });
    const inFiles = authority.issue({ ...administrator, keyType: "RSA" });
    await Deno.mkdir(path("credentials"), { mode: 0o700 });
    await Deno.writeTextFile(pluginRunsFile(dir), "");
    await write(files.ca, server.ca);
    await write(files.clientCertificate, inFiles.certificate);
    await write(files.clientKey, inFiles.key);
    await write(files.token, `${token}\n`);
    await write(files.plugin, plugin(path(files.token), pluginRunsFile(dir)), 0o700);
    await write(files.hangingPlugin, hangingPlugin, 0o700);
    await write(files.failingPlugin, failingPlugin, 0o700);
    return {
      client: authority.issue(administrator),
      expired: authority.issue({
        ...administrator,
        notBefore: new Date(Date.now() - 8 * day),
        notAfter: new Date(Date.now() - day),
      }),
      extraName: server.extraName,
      otherCa: makeAuthority(authorityName).certificate,
      files,
      path,
    };
  }
  return { server, writeCredentials };
}

/** Writes a line for each run; EXEC_PLUGIN_SECONDS is the validity of the token. */
const plugin = (tokenFile: string, runsFile: string) =>
  `#!/bin/sh
[ "$1" = get-token ] || { echo "plugin: unknown command: $1" >&2; exit 2; }
echo "run by $PPID" >>'${runsFile}'
expires=$(date -u -d "@$(($(date +%s) + \${EXEC_PLUGIN_SECONDS:-600}))" +%Y-%m-%dT%H:%M:%SZ)
cat <<EOF
{
  "apiVersion": "client.authentication.k8s.io/v1",
  "kind": "ExecCredential",
  "status": { "expirationTimestamp": "$expires", "token": "$(cat '${tokenFile}')" }
}
EOF
`;

/**
 * Its child has the standard output open, too, so that killing the first process is not enough. Both exit
 * after ten minutes, and when the control plane's folder is gone.
 */
const hangingPlugin = `#!/bin/sh
trap '' TERM
[ "$2" = child ] || "$0" "$1" child &
left=600
while [ "$left" -gt 0 ] && [ -e "$0" ]; do sleep 1; left=$((left - 1)); done
`;

const failingPlugin = `#!/bin/sh
echo "no credentials today" >&2
exit 1
`;
