import type { REQUEST_ERRORS } from "../../src/operations/request_kinds.ts";
import { type Advice, advice, LOG, WAIT } from "./advice.ts";

/** Advice for errors before an operation starts, and for errors of the server itself. */
export const REQUEST_ADVICE: Readonly<Record<keyof typeof REQUEST_ERRORS, Advice>> = {
  missing_field: advice(
    "A required field or parameter is missing.",
    "Add it. `fields` lists all that are missing.",
  ),
  selection_required: advice(
    "The request does not say which clusters it is for.",
    'Set one of the fields that the message names. Every cluster is `clusters: ["*"]`.',
  ),
  invalid_field: advice(
    "A value has the wrong type or form.",
    "Correct the field in `field`. The message has the rule and never the value. For `No clusters are " +
      "configured`: run `argocd-configurer clusters import`.",
  ),
  unknown_field: advice(
    "The field or parameter does not exist. Unknown names are never ignored.",
    "Use the name in `remedy.field`, or see `GET /openapi.json`.",
  ),
  misplaced_field: advice(
    "The field exists, but elsewhere: a POST takes fields in the body, a GET or DELETE in the query.",
    "Move it, as the message says.",
  ),
  invalid_body: advice(
    "The body is empty, not JSON, not UTF-8, not an object, or was cut off.",
    "Send a JSON object. Check the shell's quotes, or send a file with `curl -d @request.json`.",
  ),
  body_not_allowed: advice(
    "A GET or DELETE has a body.",
    "Move its fields to the query.",
  ),
  body_too_large: advice(
    "The body is over 1 MiB.",
    "Split the request, for example by namespaces.",
  ),
  body_timeout: advice(
    "The client did not send the whole body within `body-timeout`.",
    "Check the client and its proxies, or raise `body-timeout`.",
  ),
  unsupported_content_type: advice(
    "A web page sent a body that is not JSON.",
    "Set `Content-Type: application/json`.",
  ),
  invalid_host: advice(
    "The `Host` header is missing, repeated, or not a host name.",
    "Check the client or its proxy.",
  ),
  host_not_allowed: advice(
    "The request uses a host name that the server does not serve.",
    "Add the name to `allowed-hosts` and reload.",
  ),
  cross_site: advice(
    "A web page of another site sent the request, and the browser marked it as such.",
    "Open a page of this server, or use `curl` or the command line.",
  ),
  origin_not_allowed: advice(
    "A web page of an origin that is not allowed sent the request.",
    "Add the origin to `cors-origins` if you trust it.",
  ),
  token_missing: advice(
    "The server requires a token, and the request has none.",
    "Send `Authorization: Bearer TOKEN`. Create one with `argocd-configurer token create`.",
  ),
  token_malformed: advice(
    "The `Authorization` header is not `Bearer TOKEN`.",
    "Correct the header. Look for a line break or quotes in the token.",
  ),
  token_unknown: advice(
    "The token is not in `tokens-file`: mistyped, removed, or of another server.",
    "Compare with `argocd-configurer token list`, or create a new token.",
  ),
  token_expired: advice("The token has expired.", "Create a new token and remove the old one."),
  tokens_unavailable: advice(
    "`tokens-file` cannot be read or is not valid, so every token is rejected.",
    "Correct the file, its owner or its mode. " + LOG,
  ),
  role_required: advice(
    "The token's role does not allow this operation.",
    "Use a token with the role in `remedy.role`.",
  ),
  cluster_not_allowed: advice(
    "The token is limited to other clusters.",
    "Use another token, or create one with `--clusters`.",
  ),
  rate_limited: advice(
    "More wrong tokens, dry runs, verified credentials or searches than one client may send in a minute.",
    WAIT,
  ),
  too_many_requests: advice(
    "The limit of concurrent requests of the server, the cluster or the token is reached. Nothing was " +
      "started.",
    `${WAIT} See [Limits](operations.md#limits-timeouts-and-the-circuit-breaker).`,
  ),
  shutting_down: advice(
    "The server is stopping. Requests under way are finished.",
    "Send the request again when the server is running.",
  ),
  path_not_found: advice(
    "There is no such path.",
    "See the list in `GET /`.",
  ),
  method_not_allowed: advice(
    "The path exists, but not with this method.",
    "Use a method in `remedy.methods`.",
  ),
  no_audit_log: advice(
    "The server keeps no audit log.",
    "Set `audit-log` and reload. Earlier writes are not recorded.",
  ),
  fingerprints_unavailable: advice(
    "The key for fingerprints cannot be read.",
    "Correct `fingerprint-key-file` or `PATH.key` of the audit log, or search by the value itself.",
  ),
  audit_log_unreadable: advice(
    "The audit log exists, but cannot be read.",
    "Check the owner and mode of the file and its folder. " + LOG,
  ),
};
