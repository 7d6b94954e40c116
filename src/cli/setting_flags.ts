import type { SettingKey } from "../config/schema.ts";

/** Flags that are settings, and where the others stand. */
export type SettingFlags = {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly clustersFolder?: string;
  readonly kubectlTimeout?: number;
  readonly transport?: string;
  readonly argocdNamespace?: string;
  readonly logFormat?: string;
  readonly logLevel?: string;
};

/** What they set, by key; `undefined` where there is no such flag. */
export function settingsGiven(flags: SettingFlags): Partial<Record<SettingKey, unknown>> {
  return {
    host: flags.host,
    port: flags.port,
    "clusters-folder": flags.clustersFolder,
    kubectl_timeout: flags.kubectlTimeout,
    transport: flags.transport,
    "argocd-namespace": flags.argocdNamespace,
    "log-format": flags.logFormat,
    "log-level": flags.logLevel,
  };
}

/** The arguments that give `serve` the same flags. */
export function settingArguments(flags: SettingFlags): string[] {
  return Object.entries({ config: flags.config, ...settingsGiven(flags) }).flatMap(
    ([key, value]) => value === undefined ? [] : [`--${key.replaceAll("_", "-")}=${value}`],
  );
}
