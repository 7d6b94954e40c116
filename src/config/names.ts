import { distance } from "fastest-levenshtein";
import { SETTING_KEYS, type SettingKey } from "./schema.ts";

/** Names of settings in a file and in the environment, and what is meant by one that is none. */

const ENV_PREFIX = "ARGOCD_CONFIGURER_";

/** `kubectl_timeout`: `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` */
export function envName(key: string): string {
  return ENV_PREFIX + key.replaceAll("-", "_").toUpperCase();
}

/** Variables of the program that are no settings. */
const OTHER_VARIABLES = [
  "TOKEN",
  "PASSWORD",
  "SERVER",
  "SERVER_CA",
  "SERVER_TOKEN",
  // The file that unpacks itself says with it where it is.
  "FILE",
].map((name) => ENV_PREFIX + name);

const VARIABLES: readonly string[] = [...SETTING_KEYS.map(envName), ...OTHER_VARIABLES];

/**
 * Settings without which more is allowed or less is recorded, so that one that is not taken must not
 * go unnoticed.
 */
const PROTECTIVE: readonly SettingKey[] = [
  "tokens-file",
  "tls-cert",
  "tls-key",
  "allow-exec-plugins",
  "audit-log",
];

const PROTECTIVE_VARIABLES: readonly string[] = [
  ...PROTECTIVE.map(envName),
  `${ENV_PREFIX}TOKEN`,
];

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
export function unknownVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env).filter((name) =>
    folded(name).startsWith(folded(ENV_PREFIX)) && !VARIABLES.includes(name) &&
    !name.startsWith(`${ENV_PREFIX}TEST_`) && !isServiceLink(name, env[name]!)
  ).sort();
}

/** Variables that are there, and empty, where that leaves the API open or something unrecorded. */
export function emptyVariables(env: Readonly<Record<string, string>>): string[] {
  return PROTECTIVE_VARIABLES.filter((name) => env[name] === "");
}

/** What a name that is not known may stand for. */
export interface Meant {
  /** The nearest known one; `undefined` when none is near. */
  readonly nearest: string | undefined;
  /** Whether it can be nothing but that one, which protects something. */
  readonly isProtective: boolean;
}

export function meantKey(key: string): Meant {
  return meant(key, SETTING_KEYS, PROTECTIVE);
}

export function meantVariable(name: string): Meant {
  return meant(name, VARIABLES, PROTECTIVE_VARIABLES, ENV_PREFIX.length);
}

/** @param prefix characters that all of them have in common */
function meant(
  name: string,
  known: readonly string[],
  protective: readonly string[],
  prefix = 0,
): Meant {
  const same = known.find((each) => folded(each) === folded(name));
  if (same !== undefined) return { nearest: same, isProtective: protective.includes(same) };
  const own = folded(name.slice(prefix));
  const [closest] = known
    .map((each) => ({ each, away: distance(own, folded(each.slice(prefix))) }))
    .sort((a, b) => a.away - b.away);
  const isNear = closest !== undefined && closest.away <= Math.min(4, own.length / 2);
  return { nearest: isNear ? closest.each : undefined, isProtective: false };
}

/** The same for names that differ in hyphens, underscores, blanks and case only. */
const folded = (name: string) => name.replaceAll(/[-_\s]/g, "").toLowerCase();
