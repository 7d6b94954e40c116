import { type ErrorKind, kind, plain, sentences } from "./error_kind.ts";

/** Errors of requests that do not reach an operation, and of the server itself. */

/** Where a request has a value: in the body or in the query. */
export type Part = "field" | "parameter";

/** The beginning of a sentence about one value; a rule follows it. */
export function subject(part: Part, field: string): string {
  const what = part === "field" ? "Field" : "Parameter";
  return field === "" ? `${what} ` : `${what} '${field}' `;
}

export interface MissingFields {
  readonly kind: Part;
  /** Dotted paths of all missing fields, in the order of the schema. */
  readonly fields: readonly string[];
  /** The rule that the seed's paths show, if the first field is inside an object. */
  readonly rule?: string;
  /** Alternatives to the first field. */
  readonly instead?: readonly string[];
}

export interface InvalidField {
  readonly kind: Part;
  /** Dotted path; empty for the request as a whole. */
  readonly field: string;
  /** Completes the sentence "Field 'x' …"; never quotes a value. */
  readonly rule: string;
  /** In place of the sentence, where the field's value is not the reason or the field is absent. */
  readonly whole?: string;
}

/** The message about a selection where there is no cluster at all. */
export const NO_CLUSTERS = "No clusters are configured";

export interface UnknownField {
  readonly kind: Part;
  /** Absent if it may be a misplaced value. */
  readonly name?: string;
  /** A known field with a similar name. */
  readonly nearest?: string;
  /** All known names. */
  readonly known: readonly string[];
  /** Path of the object with the field; absent for the request itself. */
  readonly at?: string;
}

export interface Misplaced {
  /** The field that a parameter looks like. */
  readonly field?: string;
  readonly name?: string;
  readonly why: "in_path" | "in_body" | "like_field" | "no_query";
  /** The fields of the body. */
  readonly known?: readonly string[];
}

export type TooManyRequests =
  | { readonly full: "count"; readonly count: number }
  | {
    /** Whose limit is reached; `stopping` when the server is about to stop. */
    readonly full: "server" | "cluster" | "token" | "stopping";
    /** The name of the cluster or the token. */
    readonly name?: string;
    /** Seconds until a slot may be free. */
    readonly seconds: number;
  };

export const REQUEST_ERRORS = {
  missing_field: kind<MissingFields>(400, ({ kind, fields, rule, instead = [] }, face) => {
    if (instead.length > 0) {
      return `Missing one of the fields ${[fields[0], ...instead].join(", ")}`;
    }
    if (face === "seed" && rule !== undefined) return subject(kind, fields[0]!) + rule;
    const named = face === "seed" ? fields.slice(0, 1) : fields;
    const s = named.length > 1 ? "s" : "";
    return kind === "field"
      ? `Missing required field${s}: ${named.join(", ")}`
      : `Missing required parameter${s} ${named.map((name) => `'${name}'`).join(", ")}`;
  }, { fields: ({ fields }) => fields }),
  selection_required: kind<MissingFields>(400, ({ kind, fields }) => {
    const all = kind === "field" ? '["*"]' : "*";
    const one = fields.includes("cluster") ? "'cluster', " : "";
    const others = fields.filter((field) => field !== "cluster" && field !== "clusters");
    return sentences(
      `No cluster selected: set ${one}'clusters' (${all} for all) or 'cluster_selector'`,
      others.length === 0 ? undefined : `Also missing: ${others.join(", ")}`,
    );
  }, { fields: ({ fields }) => fields }),
  invalid_field: kind<InvalidField>(
    400,
    ({ kind, field, rule, whole }) => whole ?? subject(kind, field) + rule,
    { fields: ({ field }) => field === "" ? [] : [field] },
  ),
  unknown_field: kind<UnknownField>(400, ({ kind, name, nearest, known, at }) => {
    if (at !== undefined) {
      return nearest === undefined
        ? `${subject("field", at)}has an unknown field`
        : `Unknown ${kind} '${at}.${name}'; did you mean '${nearest}'?`;
    }
    if (known.length === 0) return `Unknown ${kind}. This path takes no ${kind}s`;
    return nearest === undefined
      ? `Unknown ${kind}. Known ${kind}s: ${known.join(", ")}`
      : `Unknown ${kind} '${name}'; did you mean '${nearest}'?`;
  }, {
    fields: ({ name, at }) =>
      name === undefined && at === undefined ? [] : [[at ?? [], name ?? []].flat().join(".")],
    remedy: ({ nearest, at }) =>
      nearest === undefined
        ? undefined
        : { field: at === undefined ? nearest : `${at}.${nearest}` },
  }),
  misplaced_field: kind<Misplaced>(400, ({ field, name, why, known = [] }) => {
    switch (why) {
      case "in_path":
        return `${subject("parameter", field!)}is part of the path and not allowed in the query`;
      case "in_body":
        return `Parameter '${field}' is a field of the JSON body and not allowed in the query`;
      case "like_field":
        return `Unknown parameter '${name}'; did you mean the field '${field}' of the JSON body?`;
      case "no_query":
        return "Unknown parameter. This path takes no parameters. Fields of the JSON body: " +
          known.join(", ");
    }
  }, {
    fields: ({ field, name = field }) => name === undefined ? [] : [name],
    remedy: ({ field, name }) => name === undefined ? undefined : { field },
  }),
  invalid_body: kind<{ readonly why: string }>(400, ({ why }) => `Request body ${why}`),
  body_not_allowed: kind<{ readonly method: string; readonly parameters: readonly string[] }>(
    400,
    ({ method, parameters }) =>
      `${method} takes no request body. Parameters of the query: ${parameters.join(", ")}`,
  ),
  body_too_large: kind<{ readonly max: number }>(
    413,
    ({ max }) => `Request body is larger than ${max} bytes`,
  ),
  body_timeout: kind<{ readonly seconds: number }>(
    408,
    ({ seconds }) => `Request body was not complete within ${seconds} seconds`,
  ),
  unsupported_content_type: plain(
    415,
    "Web pages must send the body as Content-Type: application/json",
  ),
  invalid_host: kind<{ readonly isMissing: boolean }>(
    400,
    ({ isMissing }) => `Header 'Host' is ${isMissing ? "missing" : "not a single host name"}`,
  ),
  host_not_allowed: plain(
    421,
    "Host name not allowed. Add it to the setting allowed-hosts",
    { setting: "allowed-hosts" },
  ),
  cross_site: plain(403, "Requests from web pages of other sites are not allowed"),
  origin_not_allowed: plain(
    403,
    "Requests from web pages of this origin are not allowed. Add the origin to the setting cors-origins",
    { setting: "cors-origins" },
  ),
  token_missing: plain(401, "Token missing. Send the header 'Authorization: Bearer TOKEN'"),
  token_malformed: plain(401, "Header 'Authorization' is not 'Bearer TOKEN'"),
  token_unknown: plain(
    401,
    "Unknown token. It was mistyped or removed, or belongs to another server",
  ),
  token_expired: kind<{ readonly token: string }>(
    401,
    ({ token }) =>
      `Token '${token}' has expired. Create a new one with 'argocd-configurer token create'`,
  ),
  tokens_unavailable: plain(503, "Cannot verify tokens. The reason is in the server's log"),
  role_required: kind<{ readonly token: string; readonly role: string; readonly needed: string }>(
    403,
    ({ token, role, needed }) =>
      `Token '${token}' has role ${role}. This operation requires role ${needed}`,
    { remedy: ({ needed }) => ({ role: needed }) },
  ),
  cluster_not_allowed: kind<
    { readonly token: string; readonly cluster: string; readonly clusters: readonly string[] }
  >(
    403,
    ({ token, cluster, clusters }) =>
      `Token '${token}' is not allowed on cluster '${cluster}'. Allowed clusters: ${
        clusters.join(", ")
      }`,
  ),
  /** `what` names the requests that are limited. */
  rate_limited: kind<{ readonly what: string }>(429, ({ what }) => `Too many ${what}`),
  too_many_requests: kind<TooManyRequests>(503, (details) => {
    if (details.full === "count") return `Busy: more than ${details.count} concurrent requests`;
    const { full, name, seconds } = details;
    const whose = {
      server: "the server",
      cluster: `cluster '${name}'`,
      token: `token '${name}'`,
    };
    return full === "stopping"
      ? `The server is shutting down; retry in ${seconds} s`
      : `Busy: the request limit of ${whose[full]} is reached; retry in ${seconds} s`;
  }),
  shutting_down: plain(503, "The server is shutting down"),
  path_not_found: plain(404, "No such path. GET / lists the endpoints"),
  method_not_allowed: kind<{ readonly path: string; readonly methods: readonly string[] }>(
    405,
    ({ path, methods }) => `Method not allowed. Use ${methods.join(" or ")} on ${path}`,
    { remedy: ({ methods }) => ({ methods }) },
  ),
  no_audit_log: plain(
    404,
    "No audit log is configured. Set audit-log in the configuration file, such as audit-log: audit.log",
    {
      setting: "audit-log",
    },
  ),
  /** `why` is present if the key was created by this process. */
  fingerprints_unavailable: kind<{ readonly why?: string | undefined }>(
    503,
    ({ why }) =>
      why === undefined
        ? "Cannot create fingerprints: their key cannot be read. The reason is in the server's log. " +
          "Search by the value itself, or repair the key"
        : `Cannot search by a fingerprint of another key: ${why}. Search by the value itself, or set ` +
          "fingerprint-key-file to the file of that key",
  ),
  audit_log_unreadable: plain(503, "Cannot read the audit log"),
} as const satisfies Record<string, ErrorKind<never>>;
