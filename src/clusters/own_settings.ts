import { labelNameErrors } from "../kube/formats.ts";

/** The prefix of labels that configure argocd-configurer. */
const PREFIX = "argocd-configurer.io/";

/** Labels that override a setting for one cluster. */
export const OWN_LABELS = {
  argocdNamespace: `${PREFIX}argocd-namespace`,
  timeout: `${PREFIX}timeout`,
  transport: `${PREFIX}transport`,
} as const;

/** The value of {@link OWN_LABELS.argocdNamespace} for a cluster without Argo CD. */
export const NO_ARGOCD = "none";

/** How clusters are reached: by kubectl processes, or by HTTPS requests to the API server. */
export type TransportName = "kubectl" | "api";

/** Settings of one cluster; a missing one has the program's default. */
export interface OwnSettings {
  /** `null` when the cluster has no Argo CD. */
  readonly argocdNamespace?: string | null;
  /** The timeout of one request. */
  readonly seconds?: number;
  readonly transport?: TransportName;
}

/** Argo CD's namespace on a cluster; `undefined` when it has none. @param usual the program's default */
export function argocdNamespaceOf(own: OwnSettings, usual: string): string | undefined {
  return own.argocdNamespace === undefined ? usual : own.argocdNamespace ?? undefined;
}

/** The maximum timeout in seconds, as for the setting `kubectl_timeout`. */
const LONGEST = 3600;

/**
 * The settings in a cluster's labels, or why they are invalid. A misspelled label is an error: ignoring it
 * might write a secret to the wrong namespace.
 */
export function ownSettings(
  labels: Readonly<Record<string, string>>,
): { readonly own: OwnSettings } | { readonly why: string } {
  const own: { -readonly [Key in keyof OwnSettings]: OwnSettings[Key] } = {};
  for (const [key, value] of Object.entries(labels)) {
    if (!key.startsWith(PREFIX)) continue;
    const rule = take(key, value, own);
    if (rule !== undefined) return { why: `label ${key}${rule}` };
  }
  return { own };
}

/** Applies one label to `own`, or returns what is wrong with it. */
function take(
  key: string,
  value: string,
  own: { argocdNamespace?: string | null; seconds?: number; transport?: TransportName },
): string | undefined {
  switch (key) {
    case OWN_LABELS.argocdNamespace:
      if (labelNameErrors(value).length > 0) {
        return ` is '${value}' and must be a namespace, or '${NO_ARGOCD}' for a cluster without Argo CD`;
      }
      own.argocdNamespace = value === NO_ARGOCD ? null : value;
      return undefined;
    case OWN_LABELS.timeout: {
      const seconds = /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : 0;
      if (seconds <= 0 || seconds > LONGEST) {
        return ` is '${value}' and must be a number of seconds above 0, at most ${LONGEST}`;
      }
      own.seconds = seconds;
      return undefined;
    }
    case OWN_LABELS.transport:
      if (value !== "kubectl" && value !== "api") {
        return ` is '${value}' and must be 'kubectl' or 'api'`;
      }
      own.transport = value;
      return undefined;
    default:
      return ` is unknown; known labels: ${Object.values(OWN_LABELS).join(", ")}`;
  }
}
