import { type ErrorKind, kind, plain } from "./error_kind.ts";

/** What is wrong with a request before it gets to an operation, and what the server has of its own. */

/** Where a value stands in a request. */
export type Part = "field" | "parameter";

/** How a sentence begins that is about one value; what follows it is a rule. */
export function subject(part: Part, field: string): string {
  const what = part === "field" ? "Field" : "Parameter";
  return field === "" ? `${what} ` : `${what} '${field}' `;
}

export interface MissingFields {
  readonly kind: Part;
  /** Dotted paths of all that are missing, in the order of the schema. */
  readonly fields: readonly string[];
  /** What the first version's paths say of the first, where it is one inside an object. */
  readonly rule?: string;
  /** Fields of which any would do in place of the first. */
  readonly instead?: readonly string[];
}

export interface InvalidField {
  readonly kind: Part;
  /** Dotted path; empty for the request as a whole. */
  readonly field: string;
  /** Completes the sentence "Field 'x' …"; it quotes nothing. */
  readonly rule: string;
}

export interface UnknownField {
  readonly kind: Part;
  /** Absent where it may be a misplaced value. */
  readonly name?: string;
  /** That it looks like. */
  readonly nearest?: string;
  /** The names that there are. */
  readonly known: readonly string[];
  /** Path of the object that has it; absent for the request itself. */
  readonly at?: string;
}

export interface Misplaced {
  /** Of a parameter that looks like one. */
  readonly field?: string;
  readonly name?: string;
  readonly why: "in_path" | "in_body" | "like_field" | "no_query";
  /** The fields of the body. */
  readonly known?: readonly string[];
}

export type TooManyRequests =
  | { readonly full: "count"; readonly count: number }
  | {
    /** What has no room for the request; nothing has when the server is about to stop. */
    readonly full: "server" | "cluster" | "token" | "stopping";
    /** Of the cluster or the token. */
    readonly name?: string;
    /** After which there may be a place. */
    readonly seconds: number;
  };

function inWords(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

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
    return `No cluster selected: set ${one}'clusters' (${all} for all) or 'cluster_selector'` +
      (others.length === 0 ? "" : `; also missing: ${others.join(", ")}`);
  }, { fields: ({ fields }) => fields }),
  invalid_field: kind<InvalidField>(
    400,
    ({ kind, field, rule }) => subject(kind, field) + rule,
    { fields: ({ field }) => field === "" ? [] : [field] },
  ),
  unknown_field: kind<UnknownField>(400, ({ kind, name, nearest, known, at }) => {
    if (at !== undefined) {
      return nearest === undefined
        ? `${subject("field", at)}has an unknown field`
        : `Unknown ${kind} '${at}.${name}'; did you mean '${nearest}'?`;
    }
    if (known.length === 0) return `Unknown ${kind}; there is none here`;
    return nearest === undefined
      ? `Unknown ${kind}; the ${kind}s are ${known.join(", ")}`
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
        return `${subject("parameter", field!)}stands in the path`;
      case "in_body":
        return `Parameter '${field}' belongs in the JSON body, as a field; there is no query`;
      case "like_field":
        return `Unknown parameter '${name}'; did you mean the field '${field}' of the JSON body?`;
      case "no_query":
        return "Unknown parameter; there is no query, and the fields of the JSON body are " +
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
      `${method} takes no body; the query's parameters are ${parameters.join(", ")}`,
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
    "Pages must send the body as Content-Type: application/json",
  ),
  invalid_host: kind<{ readonly isMissing: boolean }>(
    400,
    ({ isMissing }) => `Header 'Host' is ${isMissing ? "missing" : "not one host name"}`,
  ),
  host_not_allowed: plain(
    421,
    "This server does not answer to that host name; add it to the setting allowed-hosts",
    { setting: "allowed-hosts" },
  ),
  cross_site: plain(403, "Requests from pages of other sites are refused"),
  origin_not_allowed: plain(
    403,
    "Requests from pages of this origin are refused; add it to the setting cors-origins",
    { setting: "cors-origins" },
  ),
  token_missing: plain(401, "Token missing: send it as 'Authorization: Bearer TOKEN'"),
  token_malformed: plain(401, "Header 'Authorization' is not 'Bearer TOKEN'"),
  token_unknown: plain(401, "The token is not known"),
  token_expired: kind<{ readonly token: string }>(
    401,
    ({ token }) => `The token '${token}' has expired`,
  ),
  tokens_unavailable: plain(503, "Tokens cannot be checked; the server's log says why"),
  role_required: kind<{ readonly token: string; readonly role: string; readonly needed: string }>(
    403,
    ({ token, role, needed }) => `Token '${token}' has the role ${role}; this needs ${needed}`,
    { remedy: ({ needed }) => ({ role: needed }) },
  ),
  cluster_not_allowed: kind<
    { readonly token: string; readonly cluster: string; readonly clusters: readonly string[] }
  >(
    403,
    ({ token, cluster, clusters }) =>
      `Token '${token}' is not for cluster '${cluster}', only for ${clusters.join(", ")}`,
  ),
  /** `what` is what there was too much of. */
  rate_limited: kind<{ readonly what: string }>(429, ({ what }) => `Too many ${what}`),
  too_many_requests: kind<TooManyRequests>(503, (details) => {
    if (details.full === "count") return `More than ${details.count} requests at once`;
    const { full, name, seconds } = details;
    const who = {
      server: "The server",
      cluster: `Cluster '${name}'`,
      token: `Token '${name}'`,
    };
    return full === "stopping"
      ? `The server is shutting down; try again in ${inWords(seconds)}`
      : `${who[full]} has too many requests at once; try again in ${inWords(seconds)}`;
  }),
  shutting_down: plain(503, "The server is shutting down"),
  path_not_found: plain(404, "No such path; GET / names the endpoints"),
  method_not_allowed: kind<{ readonly path: string; readonly methods: readonly string[] }>(
    405,
    ({ path, methods }) => `Use ${methods.join(" or ")} on ${path}`,
    { remedy: ({ methods }) => ({ methods }) },
  ),
  no_audit_log: plain(404, "There is no audit log: the setting audit-log names its file", {
    setting: "audit-log",
  }),
  /** `why`: they are made, but by a key that is new with this call. */
  fingerprints_unavailable: kind<{ readonly why?: string | undefined }>(
    503,
    ({ why }) =>
      why === undefined
        ? "Fingerprints cannot be made: the key for them cannot be read; the server's log says why. Look " +
          "for the value itself, or mend the key"
        : `A fingerprint made elsewhere cannot be found: ${why}. Look for the value itself, or set ` +
          "fingerprint-key-file to the file by which it was made",
  ),
  audit_log_unreadable: plain(503, "The audit log cannot be read"),
} as const satisfies Record<string, ErrorKind<never>>;
