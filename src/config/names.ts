import { distance } from "fastest-levenshtein";
import type { SettingTable } from "./setting.ts";

/** Names of settings in a file and in the environment, and what is meant by one that is none. */

const ENV_PREFIX = "ARGOCD_CONFIGURER_";

/** `kubectl_timeout`: `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` */
export function envName(key: string): string {
  return ENV_PREFIX + key.replaceAll("-", "_").toUpperCase();
}

/** `kubectl_timeout`: `--kubectl-timeout` */
export function flagName(key: string): string {
  return `--${key.replaceAll("_", "-")}`;
}

/** Names the configuration file, where no flag does. */
export const CONFIG_VARIABLE = `${ENV_PREFIX}CONFIG`;

/** Names the folder of server.pid and server.log, where no flag does. */
export const RUN_DIR_VARIABLE = `${ENV_PREFIX}RUN_DIR`;

/** Variables of the program that are no settings. */
const OTHER_VARIABLES = [
  "CONFIG",
  "RUN_DIR",
  "TOKEN",
  "PASSWORD",
  "SERVER",
  "SERVER_CA",
  "SERVER_TOKEN",
  // The file that unpacks itself says with it where it is.
  "FILE",
].map((name) => ENV_PREFIX + name);

/** Names that are known. */
export interface Known {
  readonly all: readonly string[];
  /** Those of which one that is not taken must not go unnoticed. */
  readonly protective: readonly string[];
  /** With which all of them begin. */
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

/** Variables that Kubernetes sets for a service whose name begins with this program's. */
const SERVICE_LINK =
  /(^|_)(SERVICE_(HOST|PORT)($|_)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$)/;

const SERVICE_URL = /^(tcp|udp|sctp):\/\//i;

/** Whether it is the address of a service, as Kubernetes puts it into `…_PORT`. */
export function isServiceLink(name: string, value: string): boolean {
  if (name.endsWith("_PORT") && SERVICE_URL.test(value)) return true;
  return SERVICE_LINK.test(name.slice(ENV_PREFIX.length));
}

/**
 * Variables that begin as the program's do and are none of them: but for those that the tests take,
 * and the links to services.
 */
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
 * What a name that is not known may stand for.
 * @returns the nearest known one, `undefined` when none is near; and whether it can be nothing but
 * that one, which protects something
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

/** The same for names that differ in hyphens, underscores, blanks and case only. */
const folded = (name: string) => name.replaceAll(/[-_\s]/g, "").toLowerCase();
