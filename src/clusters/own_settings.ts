import { labelNameErrors } from "../kube/formats.ts";

/** What all labels begin with that this program itself reads. */
const PREFIX = "argocd-configurer.io/";

/** Labels that hold for one cluster in place of a setting. */
export const OWN_LABELS = {
  argocdNamespace: `${PREFIX}argocd-namespace`,
  timeout: `${PREFIX}timeout`,
  transport: `${PREFIX}transport`,
} as const;

/** The value of {@link OWN_LABELS.argocdNamespace} that says that a cluster has no Argo CD. */
export const NO_ARGOCD = "none";

/** How clusters are reached: by kubectl processes or by connections to the API server. */
export type TransportName = "kubectl" | "api";

/** What holds for one cluster; the settings of the program hold for what is absent. */
export interface OwnSettings {
  /** Of Argo CD; `null` when the cluster has none. */
  readonly argocdNamespace?: string | null;
  /** For what it is asked in one request, in all. */
  readonly seconds?: number;
  readonly transport?: TransportName;
}

/** Argo CD's namespace on a cluster; `undefined` when it has none. @param usual of the program */
export function argocdNamespaceOf(own: OwnSettings, usual: string): string | undefined {
  return own.argocdNamespace === undefined ? usual : own.argocdNamespace ?? undefined;
}

/** Longest time, in seconds: as of the setting `kubectl_timeout`. */
const LONGEST = 3600;

/**
 * What a cluster's labels say of how it is used, or why that cannot be told. One that is misspelled
 * is refused, since without it a secret might be written where it was not to be.
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

/** Takes one label over into `own`, or gives what is wrong with it. */
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
      return ` is not known; those that are: ${Object.values(OWN_LABELS).join(", ")}`;
  }
}
