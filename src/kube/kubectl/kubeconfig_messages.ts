import { FAILURES, type Reported, unusable } from "../reasons.ts";

/**
 * kubectl's errors about invalid kubeconfigs, and our words for them. From kubectl 1.35 and client-go
 * 0.35: tools/clientcmd/validation.go, transport/transport.go, rest/url_utils.go, and
 * plugin/pkg/client/auth. Most of these kubeconfigs are rejected before kubectl runs.
 */
const SENTENCES: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^error: The (gcp|azure) auth plugin has been removed/,
    "kubectl no longer supports its auth provider",
  ],
  [/^error: no Auth Provider found/, "kubectl does not support its auth provider"],
  [/^error: Must provide (idp-issuer-url|client-id)/, "its auth provider lacks a required entry"],
  [
    /with the insecure flag is not allowed/,
    "it sets both a certificate authority and insecure-skip-tls-verify",
  ],
  [/unable to load root certificates/, "its certificate authority is not a PEM certificate"],
  [
    /are both specified for|more than one authentication method|may be set, but not both/,
    "it sets two fields of which only one is allowed",
  ],
  [/ to use the clientCert authentication method/, "it has a client certificate without its key"],
  [
    /tls: (failed to (find|parse)|private key )/,
    "its client certificate and key are not a PEM pair",
  ],
  [/^error: invalid 'proxy-url'/, "its 'proxy-url' is invalid"],
  [
    /unsupported protocol scheme|invalid URL escape|: invalid port|" in host name/,
    "its 'server' is not an http or https URL",
  ],
  [/without impersonating a user/, "it has 'as-uid', 'as-groups', … without 'as'"],
  [
    /to use exec authentication plugin|authProvider cannot be provided|invalid interactiveMode/,
    "the 'exec' of its user is invalid",
  ],
  [/exec plugin: invalid apiVersion/, "the 'exec' of its user has an unknown apiVersion"],
  [/exec plugin cannot support interactive mode/, "its credential plugin requires a terminal"],
  [
    /getting credentials: exec: executable [^ ]{1,255} not found/,
    "its credential plugin is not on PATH",
  ],
  [/getting credentials: exec: fork\/exec /, "its credential plugin is not an executable file"],
];

/** Why kubectl rejects the kubeconfig, by a line of its output; `undefined` when it does not. */
export function kubeconfigRefused(line: string): Reported | undefined {
  if (/exec plugin is configured to use API version/.test(line)) return FAILURES.pluginVersion;
  if (/invalid header field value/.test(line)) return FAILURES.noHeader;
  const why = SENTENCES.find(([pattern]) => pattern.test(line))?.[1];
  if (why !== undefined) return unusable(why);
  return /^(error: )?(error loading config file|invalid configuration|Error in configuration|no configuration has been provided|context "|stat |unable to read|open |host must be a URL)/i
      .test(line)
    ? FAILURES.unusable
    : undefined;
}
