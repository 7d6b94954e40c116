import type { SettingKey } from "../config/schema.ts";

/** The configuration that is read unless another one is named. */
export const DEFAULT_CONFIG = "configs/defaults.yaml";

/** Flags that are settings, and where the others stand. */
export type SettingFlags = {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly clustersFolder?: string;
  readonly kubectlTimeout?: number;
  readonly transport?: string;
  readonly argocdNamespace?: string;
  readonly tokensFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: boolean;
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
    "tokens-file": flags.tokensFile,
    "tls-cert": flags.tlsCert,
    "tls-key": flags.tlsKey,
    "behind-proxy": flags.behindProxy,
    "log-format": flags.logFormat,
    "log-level": flags.logLevel,
  };
}

/** The arguments that give `serve` the same flags. */
export function settingArguments(flags: SettingFlags): string[] {
  return Object.entries({ config: flags.config, ...settingsGiven(flags) }).flatMap(
    ([key, value]) => {
      const flag = `--${key.replaceAll("_", "-")}`;
      if (value === undefined || value === false) return [];
      return value === true ? [flag] : [`${flag}=${value}`];
    },
  );
}

/** All that a server has in effect, by key, and the configuration file as `config`: for its pid file. */
export function inEffect(
  settings: object,
  { config }: SettingFlags,
): Readonly<Record<string, unknown>> {
  return { config: config ?? DEFAULT_CONFIG, ...settings };
}
