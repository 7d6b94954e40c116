import type { ForMachines } from "./answers.ts";
import { PASSWORD_VARIABLE } from "./secret_input.ts";

/** The API's messages in the words of who has given flags and not fields. */

/** Fields whose flag is not called like them. */
const FLAGS: Readonly<Record<string, string>> = {
  password: "the password",
  urls: "--url",
  registries: "--registries-file",
  proxy: "--proxy",
  ssh_private_key: "--ssh-private-key-file",
  bearer_token: "the bearer token",
  github_app: "--github-app-…",
  "github_app.id": "--github-app-id",
  "github_app.installation_id": "--github-app-installation-id",
  "github_app.private_key": "--github-app-private-key-file",
  "github_app.enterprise_url": "--github-app-enterprise-url",
  gcp_service_account_key: "--gcp-service-account-key-file",
  tls_client_cert: "--tls-client-cert-file",
  tls_client_key: "--tls-client-key-file",
};

/** What is told of a field that is missing, where its flag alone does not tell. */
const MISSING: Readonly<Record<string, string>> = {
  password:
    `a password: give --password-stdin, --password-file FILE or the variable ${PASSWORD_VARIABLE}`,
  namespaces: "--namespaces, --namespace-selector or --all-namespaces",
  github_app: "--github-app-id",
};

/** The fields of a request, which a message may mention. */
export interface Fields {
  readonly names: readonly string[];
  /** Those that are no flags, but arguments by their place. */
  readonly places?: Readonly<Record<string, string>>;
}

/** @param field its path: `registries.0.username` */
function flagOf(field: string, places: Fields["places"] = {}): string {
  const known = places[field] ?? FLAGS[field];
  if (known !== undefined) return known;
  const [, first = field, place = ""] = /^([a-z_]+)(\.\d.*)$/.exec(field) ?? [];
  if (place !== "") return `${flagOf(first)} (at ${place.slice(1)})`;
  return `--${field.replaceAll("_", "-")}`;
}

/** That nothing was given for these fields: first the flags, then what takes more words. */
export function missing(fields: readonly string[], places?: Fields["places"]): string {
  const words = fields.map((field) => MISSING[field] ?? flagOf(field, places));
  const isFlag = (word: string) => /^--\S+$/.test(word);
  const flags = words.filter(isFlag).join(", ");
  return `Missing ${[flags, ...words.filter((word) => !isFlag(word))].filter(Boolean).join("; ")}`;
}

export interface Said {
  readonly message: string;
  /** Whether it is about what was given, and nothing else has been looked at. */
  readonly isUsage: boolean;
}

/** Errors about what was given, before anything else is looked at. */
const USAGE: readonly ForMachines["code"][] = ["unknown_field", "misplaced_field"];

/**
 * What a message says.
 * @param told the same for machines; where there is none it is read out of the message
 */
export function inFlagWords(
  message: string,
  { names, places }: Fields,
  { code, field: first, fields = first === undefined ? [] : [first] }: ForMachines = {},
): Said {
  if (code === "missing_field") return { message: missing(fields, places), isUsage: true };
  const lacking = /^Missing required (?:field: |parameter ')([\w.]+)'?$/.exec(message)?.[1] ??
    /^Field '([\w.]+)' is missing$/.exec(message)?.[1];
  if (lacking !== undefined) return { message: missing([lacking], places), isUsage: true };
  const [, field, rest = ""] = /^(?:Field|Parameter) '([\w.]+)' (.*)$/s.exec(message) ?? [];
  if (field !== undefined) {
    const said = rest.replaceAll(/'([a-z_]+)'/g, (quoted, name) => {
      return names.includes(name) ? flagOf(name, places) : quoted;
    });
    const flag = flagOf(field, places);
    const message = `${flag[0]!.toUpperCase()}${flag.slice(1)} ${inAdvice(said)}`;
    return { message, isUsage: true };
  }
  const isUsage = code === undefined
    ? /^Unknown (field|parameter)\b/.test(message)
    : USAGE.includes(code);
  return { message: inAdvice(message), isUsage };
}

/** `send "upsert": true` becomes `give --upsert`, and so does `send upsert=true`. */
export function inAdvice(text: string): string {
  const field = /(?:"([a-z_]{1,40})": (true|"[^"\\]{0,99}")|\b([a-z_]{1,40})=true\b)/g;
  const send = /\bsend (?=(?:"([a-z_]{1,40})": (true|"[^"\\]{0,99}")|\b([a-z_]{1,40})=true\b))/g;
  if (text.search(send) < 0) return text;
  return text.replaceAll(send, "give ").replaceAll(field, (_, inBody, value = "true", inQuery) => {
    const flag = flagOf(inBody ?? inQuery);
    return value === "true" ? flag : `${flag} ${value.slice(1, -1)}`;
  });
}
