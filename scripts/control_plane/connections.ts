/** Kubeconfigs with all forms of credentials, trust and connections. */
import type { Credentials } from "./credentials.ts";
import { closedPortUrl, type Entry, kubeconfig } from "./kubeconfig_text.ts";
import type { Tokens } from "./tokens.ts";

/** The user is the administrator, unless noted otherwise. */
export const connectionNames = [
  /** User admin-by-certificate, group system:masters, the certificate embedded; an EC key. */
  "client-certificate",
  /** The same in files, by paths relative to the kubeconfig; an RSA key. */
  "client-certificate-files",
  /** Expired yesterday: Unauthorized. */
  "expired-certificate",
  /** A plugin that gives the administrator's token for ten minutes; see `execPluginRuns`. */
  "exec-plugin",
  /** A plugin that hangs for ten minutes and ignores SIGTERM, with a child that does the same. */
  "exec-plugin-hangs",
  /** A plugin that exits with code 1 and "no credentials today" on standard error. */
  "exec-plugin-fails",
  /** `tokenFile`, by an absolute path. */
  "token-file",
  /** The current context is the second of three; the others lead to closed ports. */
  "several-contexts",
  /**
   * `kube.test.invalid`: for this name the server has a certificate for that name alone, signed by another
   * authority, which is the trusted one here.
   */
  "tls-server-name",
  /** A name that is not in the server's certificate, so that the client refuses it. */
  "wrong-tls-server-name",
  /** An authority with the same name that did not sign the server's certificate. */
  "wrong-ca",
  /** No authority, which stands for the system's, so that the client refuses the server. */
  "no-ca",
  /** `insecure-skip-tls-verify`. */
  "insecure",
  /** `certificate-authority`, by a path relative to the kubeconfig. */
  "ca-file",
  /** The administrator as `reader`: may get and list secrets and namespaces only. */
  "impersonation",
  /** Through the proxy; see `proxyTargets`. */
  "proxy",
] as const;

export type ConnectionName = typeof connectionNames[number];

/** The parts of the kubeconfigs. */
export interface Wiring {
  url: string;
  /** The authority of the server, in PEM. */
  ca: string;
  tokens: Tokens;
  credentials: Credentials;
  /** http://127.0.0.1:PORT */
  proxyUrl: string;
}

/** A text in the command line of `exec-plugin-hangs` and of its child. */
export const hangingPluginMarker = "hanging-plugin-of-the-tests";

export function connections(wiring: Wiring): Record<ConnectionName, string> {
  const { url, ca, tokens, credentials, proxyUrl } = wiring;
  const { files } = credentials;
  const authority = (pem: string) => ({ "certificate-authority-data": btoa(pem) });
  const certificate = ({ certificate, key }: { certificate: string; key: string }) => ({
    "client-certificate-data": btoa(certificate),
    "client-key-data": btoa(key),
  });
  const plugin = (command: string, more: Entry = {}) => ({
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      interactiveMode: "Never",
      provideClusterInfo: false,
      ...more,
    },
  });
  const server = { server: url, ...authority(ca) };
  const token = { token: tokens.administrator };
  const only = (name: ConnectionName, cluster: Entry, user: Entry) => ({
    [name]: kubeconfig([{ name, cluster, user }]),
  });
  const elsewhere = { server: closedPortUrl, ...authority(ca) };

  const texts = {
    ...only("client-certificate", server, certificate(credentials.client)),
    ...only("client-certificate-files", server, {
      "client-certificate": `../${files.clientCertificate}`,
      "client-key": `../${files.clientKey}`,
    }),
    ...only("expired-certificate", server, certificate(credentials.expired)),
    ...only(
      "exec-plugin",
      server,
      plugin(credentials.path(files.plugin), {
        args: ["get-token"],
        env: [{ name: "EXEC_PLUGIN_SECONDS", value: "600" }],
      }),
    ),
    ...only(
      "exec-plugin-hangs",
      server,
      plugin(credentials.path(files.hangingPlugin), { args: [hangingPluginMarker] }),
    ),
    ...only("exec-plugin-fails", server, plugin(credentials.path(files.failingPlugin))),
    ...only("token-file", server, { tokenFile: credentials.path(files.token) }),
    "several-contexts": kubeconfig([
      { name: "first", cluster: elsewhere, user: { token: "of-the-first" } },
      { name: "second", cluster: server, user: token },
      { name: "third", cluster: elsewhere, user: { token: "of-the-third" } },
    ], "second"),
    ...only("tls-server-name", {
      server: url,
      ...authority(credentials.extraName.ca),
      "tls-server-name": credentials.extraName.host,
    }, token),
    ...only("wrong-tls-server-name", { ...server, "tls-server-name": "other.test.invalid" }, token),
    ...only("wrong-ca", { server: url, ...authority(credentials.otherCa) }, token),
    ...only("no-ca", { server: url }, token),
    ...only("insecure", { server: url, "insecure-skip-tls-verify": true }, token),
    ...only("ca-file", { server: url, "certificate-authority": `../${files.ca}` }, token),
    ...only("impersonation", server, { ...token, as: "reader" }),
    ...only("proxy", { ...server, "proxy-url": proxyUrl }, token),
  };
  return texts as Record<ConnectionName, string>;
}
