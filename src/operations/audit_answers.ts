import { z } from "@hono/zod-openapi";
import { CUT_ORDER, PHASES } from "../audit/entry.ts";

/** The wire shapes of the audit log. */

const AuditEntry = z.object({
  time: z.iso.datetime(),
  phase: z.enum(PHASES).describe(
    "`started`: the server begins to write this log. A write has a `begin` and an " +
      "`end`; one that a crash interrupted has no `end`, but an `interrupted` of a later start. " +
      "`refused`: it was not allowed, or there was no place for it. What changes nothing (`dry_run`, `verify`, `find`, `check`) is never " +
      "`interrupted`",
  ),
  write: z.string().optional().describe("Id of the write, as on its secrets"),
  request: z.string().optional().describe("The request's `X-Request-Id`"),
  who: z.string().optional().describe(
    "Name of the token, or `anonymous`; of the command line the system's user",
  ),
  from: z.string().optional().describe("Address of the client, or `command line`"),
  cluster: z.string().optional(),
  clusters: z.array(z.string()).optional().describe(
    "Of one line about several clusters: their names",
  ),
  kind: z.string().optional().describe(
    "`docker`, `git`, `helm`, `oci`, `delete` or `rotate`; `verify`, `find`, `check`: a credential was " +
      "tried or looked for, and nothing written",
  ),
  rotation: z.string().optional().describe("Id of the rotation that it is part of"),
  names: z.array(z.string()).optional().describe("Of the secrets asked for"),
  namespaces: z.array(z.string()).optional(),
  service_accounts: z.array(
    z.object({ namespace: z.string(), name: z.string() }).openapi("AuditServiceAccount"),
  ).optional().describe("Those that were to be given the secret, or, of `delete`, that used it"),
  upsert: z.boolean().optional(),
  force: z.boolean().optional(),
  dry_run: z.boolean().optional().describe("`true` where it was only asked what a write would do"),
  credential: z.string().optional().describe(
    "Fingerprint of the credential's value, by a key of this log",
  ),
  credentials: z.record(z.string(), z.string()).optional().describe(
    "In its place where there are several: the fingerprint of each, by registry or URL",
  ),
  replaces: z.array(z.string()).optional().describe(
    "Fingerprints of the values that a rotation replaces",
  ),
  replaces_of: z.array(z.string()).optional().describe(
    "Of a rotation as a whole: clusters of which all that is replaced is among these",
  ),
  about: z.string().optional().describe(
    "Of a rotation by a registry, URL or name: a fingerprint that is the same where these are",
  ),
  everywhere: z.boolean().optional().describe(
    "`true` of a rotation that also meant pull secrets without a docker label",
  ),
  key: z.string().optional().describe(
    "Of a rotation as a whole: which key its fingerprints are made by, by the fingerprint of a text that is " +
      "always the same",
  ),
  outcome: z.string().optional().describe(
    "`created`, `replaced`, `unchanged`, `mixed`, `deleted`, `refused`, `failed` or " +
      "`unable`; of `verify` `accepted`, `not_accepted` or `not_tried`; of `find` `found`, `not_found` or " +
      "`not_all_seen`",
  ),
  counts: z.record(z.string(), z.int()).optional().describe(
    "How many secrets were `created`, `replaced`, `unchanged` or `deleted`; of `find` how many `places` " +
      "were found, and how often something was `not_seen`",
  ),
  written: z.array(z.string()).optional().describe(
    "Names of the secrets that were written, where they are others than `names`",
  ),
  refusals: z.array(z.string()).optional().describe(
    "Why it was refused, each once; of a rotation that has ended why the old value was not safe to revoke",
  ),
  error: z.string().optional().describe("Why it failed, in one word"),
  safe_to_revoke: z.boolean().optional().describe(
    "Of a rotation as a whole: whether the old value was safe to revoke when it ended",
  ),
  not_restored: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string().optional().describe("`serviceaccount`; absent of a secret"),
      state: z.string().describe("`new`, `missing`, `changed` or `unknown`"),
    }).openapi("AuditNotRestored"),
  ).optional().describe("What is not as it was before the write failed"),
  namespaces_created: z.array(z.string()).optional(),
  action: z.string().optional().describe("Method and path of what was refused"),
  reason: z.string().optional().describe("Why that was refused, in a sentence"),
  left_out: z.int().optional().describe(
    "How many refused attempts since the one recorded before it, of anybody, were too " +
      "many to be recorded one by one. An entry of its own without `who` when the server ended",
  ),
  more: z.partialRecord(
    z.enum(CUT_ORDER),
    z.int(),
  ).optional().describe(
    "How many there are of a list beside those told, where all of them would have " +
      'made the entry too long: `{"namespaces": 900}`',
  ),
}).openapi("AuditEntry");

const AuditChain = z.object({
  state: z.enum(["unbroken", "broken", "unchained", "unknown"]).describe(
    "`unbroken`: between the lines that were read none is missing, changed or in " +
      "another place. `unchained`: none of them has a link, as an earlier version wrote them. " +
      "`unknown`: the log's key cannot be had",
  ),
  checked: z.int().describe("How many lines were seen to follow the one before"),
  broken_at: z.array(z.iso.datetime()).optional().describe(
    "Times of entries that do not follow the line before them, newest first, ten at most: " +
      "they were changed or put there, or what was before them is missing or changed",
  ),
  why: z.string().optional().describe("Why it is unknown"),
}).openapi("AuditChain");

export const AuditAnswer = z.object({
  entries: z.array(AuditEntry).describe("Newest first"),
  total: z.int().describe("How many entries these are"),
  truncated: z.boolean().describe("Whether older ones match, too"),
  damaged: z.int().describe("Lines passed over, as a crash has cut them"),
  chain: AuditChain.describe(
    "Whether the lines that were read, those that do not match too, follow each other. " +
      "It tells nothing of what came after the newest one or before the oldest one",
  ),
}).openapi("Audit");
