import { distance } from "fastest-levenshtein";
import type { SettingTable } from "./setting.ts";

/** Names of settings in the file and the environment, and suggestions for misspelled names. */

const ENV_PREFIX = "ARGOCD_CONFIGURER_";

/** `kubectl_timeout`: `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` */
export function envName(key: string): string {
  return ENV_PREFIX + key.replaceAll("-", "_").toUpperCase();
}

/** `kubectl_timeout`: `--kubectl-timeout` */
export function flagName(key: string): string {
  return `--${key.replaceAll("_", "-")}`;
}

/** Environment variable for the configuration file; a flag overrides it. */
export const CONFIG_VARIABLE = `${ENV_PREFIX}CONFIG`;

/** Environment variable for the folder of server.pid and server.log; a flag overrides it. */
export const RUN_DIR_VARIABLE = `${ENV_PREFIX}RUN_DIR`;

/** Environment variables that are not settings. */
const OTHER_VARIABLES = [
  "CONFIG",
  "RUN_DIR",
  "TOKEN",
  "PASSWORD",
  "SERVER",
  "SERVER_CA",
  "SERVER_TOKEN",
  // The self-extracting file sets it to its own path.
  "FILE",
].map((name) => ENV_PREFIX + name);

/** The known names of settings or environment variables. */
export interface Known {
  readonly all: readonly string[];
  /** Names of protective settings: a misspelled one is an error. */
  readonly protective: readonly string[];
  /** Common prefix of all names. */
  readonly prefix: string;
}

export function knownKeys(table: SettingTable): Known {
  const all = Object.keys(table);
  return { all, protective: all.filter((key) => table[key]!.protective), prefix: "" };
}

export function knownVariables(table: SettingTable): Known {
  const { all, protective } = knownKeys(table);
  return {
    all: [...all.map(envName), ...OTHER_VARIABLES],
    protective: [...protective.map(envName), `${ENV_PREFIX}TOKEN`, CONFIG_VARIABLE],
    prefix: ENV_PREFIX,
  };
}

/** Variables that Kubernetes sets for a service whose name starts with argocd-configurer. */
const SERVICE_LINK =
  /(^|_)(SERVICE_(HOST|PORT)($|_)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$)/;

const SERVICE_URL = /^(tcp|udp|sctp):\/\//i;

/** Whether Kubernetes set the variable for a service: `…_PORT` has the service's address. */
export function isServiceLink(name: string, value: string): boolean {
  if (name.endsWith("_PORT") && SERVICE_URL.test(value)) return true;
  return SERVICE_LINK.test(name.slice(ENV_PREFIX.length));
}

/** Unknown variables with the prefix of argocd-configurer, except those for tests and service links. */
export function unknownVariables(
  env: Readonly<Record<string, string>>,
  { all }: Known,
): string[] {
  return Object.keys(env).filter((name) =>
    folded(name).startsWith(folded(ENV_PREFIX)) && !all.includes(name) &&
    !name.startsWith(`${ENV_PREFIX}TEST_`) && !isServiceLink(name, env[name]!)
  ).sort();
}

/**
 * The known name that an unknown name may be a misspelling of.
 * @returns the nearest known name, `undefined` if none is near; and whether it is certainly that one and
 * protective
 */
export function meant(name: string, { all, protective, prefix }: Known) {
  const same = all.find((each) => folded(each) === folded(name));
  if (same !== undefined) return { nearest: same, isProtective: protective.includes(same) };
  const own = folded(name.slice(prefix.length));
  const [closest] = all
    .map((each) => ({ each, away: distance(own, folded(each.slice(prefix.length))) }))
    .sort((a, b) => a.away - b.away);
  const isNear = closest !== undefined && closest.away <= Math.min(4, own.length / 2);
  return { nearest: isNear ? closest.each : undefined, isProtective: false };
}

/** Equal for names that differ only in hyphens, underscores, white space and case. */
const folded = (name: string) => name.replaceAll(/[-_\s]/g, "").toLowerCase();
