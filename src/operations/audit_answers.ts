import { z } from "@hono/zod-openapi";
import { CUT_ORDER, PHASES } from "../audit/entry.ts";

/** The JSON of the audit log. */

const AuditEntry = z.object({
  time: z.iso.datetime(),
  phase: z.enum(PHASES).describe(
    "`started`: the server started to write this log. A write has a `begin` and an `end`; a write that a " +
      "crash interrupted has no `end`, but an `interrupted` at a later start. `refused`: the request was " +
      "rejected, or the server was busy. What changes nothing (`dry_run`, `verify`, `find`, `check`) is " +
      "never `interrupted`",
  ),
  write: z.string().optional().describe("ID of the write, also in the annotation of its secrets"),
  request: z.string().optional().describe("The request's `X-Request-Id`"),
  who: z.string().optional().describe(
    "Name of the token, or `anonymous`; for the command line, the user of the system",
  ),
  from: z.string().optional().describe("Address of the client, or `command line`"),
  cluster: z.string().optional(),
  clusters: z.array(z.string()).optional().describe(
    "Names of the clusters, if the entry is about several",
  ),
  kind: z.string().optional().describe(
    "`docker`, `git`, `helm`, `oci`, `delete` or `rotate`. `verify`, `find`, `check`: a credential was " +
      "verified or searched for, and nothing was changed",
  ),
  rotation: z.string().optional().describe("ID of the rotation that the write is part of"),
  names: z.array(z.string()).optional().describe("Names of the requested secrets"),
  namespaces: z.array(z.string()).optional(),
  service_accounts: z.array(
    z.object({ namespace: z.string(), name: z.string() }).openapi("AuditServiceAccount"),
  ).optional().describe("Service accounts that get the secret; for `delete`, those that used it"),
  upsert: z.boolean().optional(),
  force: z.boolean().optional(),
  dry_run: z.boolean().optional().describe("`true` for a dry run"),
  credential: z.string().optional().describe(
    "Fingerprint of the credential's value, made with the key of this log",
  ),
  credentials: z.record(z.string(), z.string()).optional().describe(
    "In place of `credential` if there are several: the fingerprint of each, by registry or URL",
  ),
  replaces: z.array(z.string()).optional().describe(
    "Fingerprints of the values that a rotation replaces",
  ),
  replaces_of: z.array(z.string()).optional().describe(
    "For a rotation as a whole: clusters where `replaces` is the complete list",
  ),
  about: z.string().optional().describe(
    "For a rotation by registry, URL or name: a fingerprint of these, equal for equal requests",
  ),
  everywhere: z.boolean().optional().describe(
    "`true` for a rotation that includes pull secrets without a docker label",
  ),
  key: z.string().optional().describe(
    "For a rotation as a whole: identifies the key of its fingerprints, by the fingerprint of a constant text",
  ),
  outcome: z.string().optional().describe(
    "`created`, `replaced`, `unchanged`, `mixed`, `deleted`, `refused`, `failed` or `unable`. For `verify`: " +
      "`accepted`, `not_accepted` or `not_tried`. For `find`: `found`, `not_found` or `not_all_seen`. For a " +
      "rotation as a whole: `rotated`, `unchanged`, `not_found`, `mixed`, `failed` or `planned`",
  ),
  counts: z.record(z.string(), z.int()).optional().describe(
    "Number of secrets that were `created`, `replaced`, `unchanged` or `deleted`. For `find`: number of " +
      "`places` found, and of clusters or parts `not_seen`",
  ),
  written: z.array(z.string()).optional().describe(
    "Names of the secrets that were written, if they differ from `names`",
  ),
  refusals: z.array(z.string()).optional().describe(
    "Why the write was rejected; for a finished rotation, why the old value was not safe to revoke",
  ),
  error: z.string().optional().describe("The code of the error"),
  safe_to_revoke: z.boolean().optional().describe(
    "For a rotation as a whole: whether the old value was safe to revoke when it finished",
  ),
  not_restored: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string().optional().describe("`serviceaccount`; absent for a secret"),
      state: z.string().describe("`new`, `missing`, `changed` or `unknown`"),
    }).openapi("AuditNotRestored"),
  ).optional().describe("What the failed write did not roll back"),
  namespaces_created: z.array(z.string()).optional(),
  action: z.string().optional().describe("Method and path of a rejected request"),
  reason: z.string().optional().describe("Why the request was rejected, as a sentence"),
  left_out: z.int().optional().describe(
    "Number of rejected attempts, by any client, that were not recorded since the previous recorded one " +
      "because there were too many. A separate entry without `who` when the server stopped",
  ),
  more: z.partialRecord(
    z.enum(CUT_ORDER),
    z.int(),
  ).optional().describe(
    "Number of items that were cut off each list because the entry would have been too long: " +
      '`{"namespaces": 900}`',
  ),
}).openapi("AuditEntry");

const AuditChain = z.object({
  state: z.enum(["unbroken", "broken", "unchained", "unknown"]).describe(
    "`unbroken`: no line is missing, changed or moved between the lines that were read. `unchained`: no line " +
      "has a link, as in the log of an earlier version. `unknown`: the log's key cannot be read",
  ),
  checked: z.int().describe("Number of lines that follow the line before them"),
  broken_at: z.array(z.iso.datetime()).optional().describe(
    "Times of entries that do not follow the line before them, newest first, at most ten: the entry was " +
      "changed or inserted, or the one before is missing or changed",
  ),
  why: z.string().optional().describe("Why the state is unknown"),
}).openapi("AuditChain");

export const AuditAnswer = z.object({
  entries: z.array(AuditEntry).describe("Newest first"),
  total: z.int().describe("Number of entries in this response"),
  truncated: z.boolean().describe("Whether older entries match, too"),
  damaged: z.int().describe("Number of lines skipped because a crash truncated them"),
  chain: AuditChain.describe(
    "Whether the lines that were read, including those that do not match, follow each other. Lines after the " +
      "newest or before the oldest one are not covered",
  ),
}).openapi("Audit");
