import { type Command, InvalidArgumentError } from "commander";
import denoConfig from "../../deno.json" with { type: "json" };
import { ConfigError, loadConfig } from "../config/load.ts";
import type { SettingKey, Settings } from "../config/schema.ts";
import { configureLog, loggerOf } from "../log/logger.ts";
import { wire } from "../wire.ts";
import { listen } from "./listen.ts";
import { surroundings } from "./surroundings.ts";

const DEFAULT_CONFIG = "configs/defaults.yaml";

/** The flags of `serve`, by the setting that each one sets. */
interface ServeFlags {
  config?: string;
  host?: string;
  port?: number;
  clustersFolder?: string;
  kubectlTimeout?: number;
  transport?: string;
  argocdNamespace?: string;
  logFormat?: string;
  logLevel?: string;
}

/** Adds `serve`, which is also what runs without a subcommand. */
export function addServe(program: Command, finish: (exitCode: number) => void): void {
  program.command("serve", { isDefault: true })
    .description("Serve the HTTP API")
    .option("--config <file>", `configuration file (default: ${DEFAULT_CONFIG})`)
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on; 0 for any free one", numberOption)
    .option("--clusters-folder <folder>", "folder of kubeconfigs")
    .option("--kubectl-timeout <seconds>", "time for the commands of one request", numberOption)
    .option("--transport <transport>", "how clusters are reached: auto, kubectl or api")
    .option("--argocd-namespace <namespace>", "namespace of Argo CD")
    .option("--log-format <format>", "text or json")
    .option("--log-level <level>", "debug, info, warning or error")
    .action(async (flags: ServeFlags) => finish(await serve(flags)));
}

export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Not a number.");
  }
  return value;
}

async function serve(flags: ServeFlags): Promise<number> {
  const settings: Partial<Record<SettingKey, unknown>> = {
    host: flags.host,
    port: flags.port,
    "clusters-folder": flags.clustersFolder,
    kubectl_timeout: flags.kubectlTimeout,
    transport: flags.transport,
    "argocd-namespace": flags.argocdNamespace,
    "log-format": flags.logFormat,
    "log-level": flags.logLevel,
  };
  const config = await loadConfig({
    flags: settings,
    env: Deno.env.toObject(),
    file: flags.config ?? DEFAULT_CONFIG,
    fileRequired: flags.config !== undefined,
  });
  configureLog({ format: config.settings["log-format"], level: config.settings["log-level"] });
  const log = loggerOf("config");
  log.info("configuration", {
    file: flags.config ?? DEFAULT_CONFIG,
    clusters: config.settings["clusters-folder"],
    timeout: config.settings.kubectl_timeout,
  });
  for (const warning of config.warnings) log.warn(warning);
  checkExposure(config.settings);
  const here = await surroundings();
  sayTransport(config.settings.transport, here.hasKubectl);
  return await listen(wire(config.settings, here, denoConfig.version), {
    hostname: config.settings.host,
    port: config.settings.port,
  });
}

/** Without tokens whoever reaches the port may write credentials. */
function checkExposure({ host }: Settings): void {
  if (["127.0.0.1", "::1", "localhost"].includes(host)) return;
  throw new ConfigError(
    `Cannot listen on '${host}': the API has no authentication yet, so it serves this machine ` +
      "only. Use --host 127.0.0.1, and reach it from elsewhere through ssh -L",
  );
}

/** Without kubectl, `auto` goes on without it and `kubectl` cannot do anything. */
export function sayTransport(transport: Settings["transport"], hasKubectl: boolean): void {
  if (hasKubectl || transport === "api") return;
  const log = loggerOf("kubectl");
  if (transport === "auto") log.info("kubectl cannot be run; clusters are reached directly");
  else log.warn("kubectl cannot be run; install it and have it on PATH, or use --transport api");
}
