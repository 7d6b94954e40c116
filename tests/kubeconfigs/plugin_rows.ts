import {
  credentials,
  type Draft,
  fails,
  type Parts,
  refused,
  type Row,
  userOf,
  works,
} from "./row.ts";

const V1 = "client.authentication.k8s.io/v1";
const V1BETA1 = `${V1}beta1`;

/** A user with a plugin that prints the administrator's token. */
function plugin(draft: Draft, { plugin }: Parts, more: Draft = {}): void {
  const exec = { apiVersion: V1, command: plugin, args: ["get-token"], interactiveMode: "Never" };
  credentials(draft, { exec: { ...exec, ...more } });
}

const with_ = (more: Draft): Row["make"] => (draft, parts) => plugin(draft, parts, more);

/** A plugin that prints this. */
const answering = (answer: object): Pick<Row, "files"> => ({
  files: () => ({ "plugin.sh": `#!/bin/sh\ncat <<'EOF'\n${JSON.stringify(answer)}\nEOF\n` }),
});

const beside = with_({ command: "./plugin.sh" });
const PLUGIN_GIVES_NOTHING = /getting credentials|exec plugin/;

/** Plugins and auth providers of the current user. */
export const PLUGIN_ROWS: readonly Row[] = [
  works("a plugin", with_({})),
  works("a plugin with interactiveMode IfAvailable", with_({ interactiveMode: "IfAvailable" })),
  works("a plugin with provideClusterInfo", with_({ provideClusterInfo: true })),
  works(
    "a plugin beside the kubeconfig, in v1beta1 and without 'interactiveMode'",
    with_({ command: "./plugin.sh", apiVersion: V1BETA1, interactiveMode: undefined }),
    {
      files: ({ token }) =>
        answering({ apiVersion: V1BETA1, kind: "ExecCredential", status: { token } }).files!(
          {} as Parts,
        ),
    },
  ),
  works("a plugin relative to a symbolic link", beside, {
    files: ({ token }) =>
      answering({ apiVersion: V1, kind: "ExecCredential", status: { token } }).files!({} as Parts),
    isLink: true,
  }),
  works("a plugin that returns a certificate", beside, {
    files: ({ client }) =>
      answering({
        apiVersion: V1,
        kind: "ExecCredential",
        status: { clientCertificateData: client.certificate, clientKeyData: client.key },
      }).files!({} as Parts),
  }),
  works("a token beside a plugin, which is not run", (draft, parts) => {
    plugin(draft, parts, { command: parts.failingPlugin });
    userOf(draft).token = parts.token;
  }),
  works("a token beside a plugin that does not exist", (draft, parts) => {
    plugin(draft, parts, { command: "no-such-plugin" });
    userOf(draft).token = parts.token;
  }),
  works("a certificate beside a plugin, which is not run", (draft, parts) => {
    const { client: { certificate, key } } = parts;
    plugin(draft, parts, { command: parts.failingPlugin });
    userOf(draft)["client-certificate-data"] = btoa(certificate);
    userOf(draft)["client-key-data"] = btoa(key);
  }),
  works("plain HTTP with a plugin, which is not run", (draft, parts) => {
    plugin(draft, parts, { command: "no-such-plugin", apiVersion: "v0", interactiveMode: "Never" });
    draft.clusters[0].cluster = { server: `http://${parts.plain}` };
  }),
  works("a null plugin beside a token", (draft) => {
    userOf(draft).exec = null;
  }),
  refused(
    "v1 without 'interactiveMode'",
    with_({ interactiveMode: undefined }),
    /^the 'exec' of its current user needs an 'interactiveMode' of Never, IfAvailable or Always$/,
    /interactiveMode must be specified/,
  ),
  refused(
    "v1 without 'interactiveMode', beside a token",
    (draft, parts) => {
      plugin(draft, parts, { interactiveMode: undefined });
      userOf(draft).token = parts.token;
    },
    /needs an 'interactiveMode'/,
    /interactiveMode must be specified/,
  ),
  refused(
    "another 'interactiveMode'",
    with_({ interactiveMode: "Sometimes" }),
    /needs an 'interactiveMode'/,
    /invalid interactiveMode/,
  ),
  refused(
    "a plugin that requires a terminal",
    with_({ interactiveMode: "Always" }),
    /^the credential plugin of its current user requires a terminal \(interactiveMode: Always\)$/,
    /standard input is not a terminal/,
  ),
  refused(
    "v1alpha1",
    with_({ apiVersion: `${V1}alpha1` }),
    /^the 'exec' of its current user has an 'apiVersion' that kubectl does not support$/,
    /exec plugin: invalid apiVersion/,
  ),
  refused(
    "v1alpha1 beside a token",
    (draft, parts) => {
      plugin(draft, parts, { apiVersion: `${V1}alpha1` });
      userOf(draft).token = parts.token;
    },
    /has an 'apiVersion' that kubectl does not support$/,
    /exec plugin: invalid apiVersion/,
  ),
  refused(
    "a plugin without 'apiVersion'",
    with_({ apiVersion: "" }),
    /^the 'exec' of its current user has no 'apiVersion'$/,
    /apiVersion must be specified/,
  ),
  refused(
    "a plugin without 'command'",
    with_({ command: "" }),
    /^the 'exec' of its current user has no 'command'$/,
    /command must be specified/,
  ),
  refused(
    "an 'env' without a name",
    with_({ env: [{ value: "x" }] }),
    /^the 'exec' of its current user has an 'env' without a 'name'$/,
    /env variable name must be specified/,
  ),
  refused(
    "an 'env' that is a mapping",
    with_({ env: { A: "b" } }),
    /^its 'users\[0\]\.user\.exec\.env' is not a list$/,
    /error loading config file/,
  ),
  refused(
    "a plugin that is not on PATH",
    with_({ command: "no-such-plugin" }),
    /^the credential plugin 'no-such-plugin' of its current user is not on the server's PATH \(executable not found\)$/,
    /executable no-such-plugin not found/,
  ),
  refused(
    "a plugin that does not exist beside the kubeconfig",
    beside,
    /^the credential plugin 'plugin\.sh' of its current user is not an executable file$/,
    /exec: fork\/exec .*no such file/,
  ),
  refused(
    "a plugin that is a directory",
    with_({ command: "/tmp" }),
    /^the credential plugin 'tmp' of its current user is not an executable file$/,
    /permission denied/,
  ),
  fails(
    "a plugin that answers in another apiVersion",
    beside,
    "invalid_kubeconfig",
    /exec plugin is configured to use API version/,
    {
      files: ({ token }) =>
        answering({ apiVersion: V1BETA1, kind: "ExecCredential", status: { token } }).files!(
          {} as Parts,
        ),
    },
  ),
  fails(
    "a plugin that answers in an unknown apiVersion",
    beside,
    "unauthorized",
    /decoding stdout/,
    answering({ apiVersion: `${V1}alpha1`, kind: "ExecCredential", status: { token: "x" } }),
  ),
  fails(
    "a plugin that answers with a key and no certificate",
    beside,
    "unauthorized",
    /only certificate or key, not both/,
    answering({
      apiVersion: V1,
      kind: "ExecCredential",
      status: { token: "x", clientKeyData: "y" },
    }),
  ),
  fails(
    "a plugin that answers with a token of two lines",
    beside,
    "invalid_kubeconfig",
    /invalid header field value/,
    answering({ apiVersion: V1, kind: "ExecCredential", status: { token: "a\nb" } }),
  ),
  fails(
    "a plugin that fails",
    (draft, parts) => plugin(draft, parts, { command: parts.failingPlugin }),
    "unauthorized",
    PLUGIN_GIVES_NOTHING,
  ),
  refused(
    "both a plugin and an auth provider",
    (draft, parts) => {
      plugin(draft, parts);
      userOf(draft)["auth-provider"] = { name: "oidc" };
    },
    /^its current user has both 'exec' and 'auth-provider'$/,
    /authProvider cannot be provided in combination with an exec plugin/,
  ),
  ...["gcp", "azure"].map((name) =>
    refused(
      `the auth provider ${name}`,
      (draft) => credentials(draft, { "auth-provider": { name } }),
      new RegExp(
        `^the 'auth-provider' of its current user is ${name}, which kubectl no longer supports`,
      ),
      new RegExp(`The ${name} auth plugin has been removed`),
    )
  ),
  refused(
    "the auth provider gcp beside a token",
    (draft) => {
      userOf(draft)["auth-provider"] = { name: "gcp" };
    },
    /which kubectl no longer supports/,
    /The gcp auth plugin has been removed/,
  ),
  refused(
    "an unknown auth provider",
    (draft, { canary }) => credentials(draft, { "auth-provider": { name: canary } }),
    /^the 'auth-provider' of its current user is not supported by kubectl$/,
    /no Auth Provider found/,
  ),
  refused(
    "the auth provider oidc without an issuer",
    (draft) => credentials(draft, { "auth-provider": { name: "oidc" } }),
    /^the 'auth-provider' of its current user has no 'idp-issuer-url'$/,
    /Must provide idp-issuer-url/,
  ),
  works("a token beside the auth provider oidc, which is not used", (draft) => {
    const config = { "idp-issuer-url": "https://127.0.0.1:1", "client-id": "x" };
    userOf(draft)["auth-provider"] = { name: "oidc", config };
  }),
  fails(
    "the auth provider oidc without a token",
    (draft) => {
      const config = { "idp-issuer-url": "https://127.0.0.1:1", "client-id": "x" };
      credentials(draft, { "auth-provider": { name: "oidc", config } });
    },
    "unauthorized",
    /No valid id-token/,
  ),
];
