// Not zod, as for what comes over HTTP: a start waits for what is imported here.
import * as v from "valibot";
import { parseNetwork } from "../net/address.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const namespace = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a namespace"),
);
const labelKey = v.pipe(
  v.string(),
  v.regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, "is not a label key"),
);
const labelValue = v.pipe(
  v.string(),
  v.regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, "is not a label value"),
);
const origin = v.pipe(v.string(), v.regex(/^https?:\/\/[^/\s]+$/, "is not an origin"));
/** A host, an address or a network, as what a credential is verified at. */
const place = v.pipe(v.string(), v.check(isPlace, "is not a host, an address or a network"));
const network = v.pipe(
  v.string(),
  v.check((text) => parseNetwork(text) !== undefined, "is not an address or a network"),
);
const id = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Bytes for which every line of an audit log has room. */
const MIN_AUDIT_LOG = 1024 * 1024;

/**
 * Every setting with its default, in the file's spelling. `configs/defaults.yaml` and the README's
 * table are written by hand from it.
 */
const ENTRIES = {
  /** Address to listen on. */
  host: v.optional(text, "127.0.0.1"),
  /** Port to listen on; 0 for any free one. */
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)), 8091),
  /** Certificate chain and key in PEM, by which HTTPS is served. */
  "tls-cert": v.optional(text),
  "tls-key": v.optional(text),
  /**
   * A proxy in front does TLS, so that addresses besides this machine's are allowed without it, and
   * says who the client is: at these addresses and networks, or, if `true`, on this machine and in
   * private networks.
   */
  "behind-proxy": v.optional(
    v.union(
      [v.boolean(), v.array(network)],
      "must be true, false, or a list of addresses and networks",
    ),
    false,
  ),
  /** Requests that may be under way at once; one more is refused. */
  "max-requests": v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 256),
  /** Seconds that a client may take to send the body of a request. */
  "body-timeout": v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(3600)), 10),
  /** File of the tokens that are accepted. */
  "tokens-file": v.optional(text),
  /** File in which every attempt to write is recorded; none when absent. */
  "audit-log": v.optional(text),
  /** Bytes beyond which a new audit log is begun; 0 for one file that grows. */
  "audit-log-max-size": v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.check((bytes) => bytes === 0 || bytes >= MIN_AUDIT_LOG, "must be 0 or at least 1048576"),
    ),
    64 * 1024 * 1024,
  ),
  /** Older audit logs that are kept. */
  "audit-log-files": v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
    10,
  ),
  /** Folder of kubeconfigs. */
  "clusters-folder": v.optional(text, "clusters"),
  /** Seconds that the commands of one request may take together. */
  kubectl_timeout: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(3600)), 30),
  /** Seconds in which a connection to a cluster has to be made, over the transport api. */
  "connect-timeout": v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(3600)), 5),
  /** How clusters are reached. */
  transport: v.optional(v.picklist(["auto", "kubectl", "api"]), "auto"),
  /** Namespace of Argo CD. */
  "argocd-namespace": v.optional(namespace, "argocd"),
  /** Labels that a docker secret gets and is found by. */
  "docker-labels": v.optional(
    v.pipe(
      v.record(labelKey, labelValue),
      v.check((labels) => Object.keys(labels).length > 0, "needs at least one label"),
    ),
    { "jjo.finance/secret-type": "docker-creds", "mcops.tech/secret-type": "docker-creds" },
  ),
  /** Namespaces to list when the right to list all is missing. */
  "docker-namespaces": v.optional(v.array(namespace)),
  /** Origins of web pages that may use the API, besides this machine's. */
  "cors-origins": v.optional(v.array(origin), []),
  /** Host names that are answered, besides this machine's. */
  "allowed-hosts": v.optional(v.array(text), []),
  /** User ids that may own a kubeconfig, besides the server's and root. */
  "trusted-owners": v.optional(v.array(id), []),
  /** Whether a kubeconfig may run programs for its credentials. */
  "allow-exec-plugins": v.optional(v.boolean(), true),
  /** Hosts, addresses and networks of this machine's that credentials may be verified at. */
  "verify-allow": v.optional(v.array(place), []),
  /** What a line of the log looks like. */
  "log-format": v.optional(v.picklist(["text", "json"]), "text"),
  /** Least level that is logged. */
  "log-level": v.optional(v.picklist(["debug", "info", "warning", "error"]), "info"),
};

function isPlace(text: string): boolean {
  const [, host = "", length] = /^([A-Za-z0-9.:_-]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const isV6 = host.includes(":");
  const isAddress = isV6 || /^[0-9.]+$/.test(host);
  if (host === "" || !URL.canParse(`http://${isV6 ? `[${host}]` : host}`)) return false;
  return length === undefined || (isAddress && Number(length) <= (isV6 ? 128 : 32));
}

const SCHEMA = v.object(ENTRIES);

/** The settings in effect. */
export type Settings = v.InferOutput<typeof SCHEMA>;

export type SettingKey = keyof Settings;

export const SETTING_KEYS = Object.keys(ENTRIES) as SettingKey[];

/** Whether a text is a value of this setting; others are numbers, booleans, lists or maps. */
export function isTextSetting(key: SettingKey): boolean {
  const entry: v.GenericSchema = ENTRIES[key];
  const [first] = v.safeParse(entry, "").issues ?? [];
  return first?.kind !== "schema" || first.type === "picklist";
}

/** A value that is none of its setting. */
export class SettingInvalid extends Error {
  override readonly name = "SettingInvalid";

  /** @param path of the value: `docker-namespaces.1`, whose setting is `docker-namespaces` */
  constructor(readonly path: string, message: string) {
    super(message);
  }

  get key(): string {
    return this.path.split(".", 1)[0]!;
  }
}

/**
 * Settings with what is given, and defaults for the others.
 * @throws {SettingInvalid}
 */
export function settingsOf(given: Readonly<Record<string, unknown>>): Settings {
  const parsed = v.safeParse(SCHEMA, given);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SettingInvalid(v.getDotPath(issue) ?? "", issue.message);
}
