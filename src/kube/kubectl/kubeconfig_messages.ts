import { FAILURES, type Reported, unusable } from "../reasons.ts";

/**
 * What kubectl says of a kubeconfig that it does not take, and why that is. Read off kubectl 1.35 and
 * client-go 0.35: tools/clientcmd/validation.go, transport/transport.go, rest/url_utils.go, and
 * plugin/pkg/client/auth. Most kubeconfigs of the kind are refused before kubectl gets them.
 */
const SENTENCES: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^error: The (gcp|azure) auth plugin has been removed/,
    "kubectl no longer has its auth provider",
  ],
  [/^error: no Auth Provider found/, "its auth provider is none that kubectl has"],
  [/^error: Must provide (idp-issuer-url|client-id)/, "its auth provider lacks an entry"],
  [/with the insecure flag is not allowed/, "it has an authority beside insecure-skip-tls-verify"],
  [/unable to load root certificates/, "its certificate authority is no certificate in PEM"],
  [
    /are both specified for|more than one authentication method|may be set, but not both/,
    "it has two entries of which only one may be there",
  ],
  [/ to use the clientCert authentication method/, "it has a client certificate without its key"],
  [
    /tls: (failed to (find|parse)|private key )/,
    "its client certificate and key are no pair in PEM",
  ],
  [/^error: invalid 'proxy-url'/, "its 'proxy-url' is none"],
  [
    /unsupported protocol scheme|invalid URL escape|: invalid port|" in host name/,
    "its 'server' is no http or https URL",
  ],
  [/without impersonating a user/, "it has 'as-uid', 'as-groups' … without 'as'"],
  [
    /to use exec authentication plugin|authProvider cannot be provided|invalid interactiveMode/,
    "the 'exec' of its user is not as it should be",
  ],
  [/exec plugin: invalid apiVersion/, "the 'exec' of its user has an unknown apiVersion"],
  [/exec plugin cannot support interactive mode/, "its credential plugin asks for a terminal"],
  [
    /getting credentials: exec: executable [^ ]{1,255} not found/,
    "its credential plugin is not on PATH",
  ],
  [/getting credentials: exec: fork\/exec /, "its credential plugin is no file that may be run"],
];

/** Why kubectl does not take the kubeconfig, by a line of its; `undefined` when it says no such. */
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
