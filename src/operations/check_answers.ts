import { z } from "@hono/zod-openapi";
import { CHECK_STATES } from "../credentials/checks/result.ts";
import { Envelope } from "./error_answers.ts";
import { NotSeen } from "./find_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The JSON of verified stored credentials. */

export const CheckStateAnswer = z.enum(CHECK_STATES).openapi({
  description:
    "`refused`: the server does not accept it. `unreachable`: no answer, or an error of the server. " +
    "`not_tried`: no server was contacted, or its answer is inconclusive, and `message` says why",
});

const CheckCell = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  key: z.string().describe("Argo CD's key, or the registry, as in the `fingerprints` of a cell"),
}).openapi("CheckCell");

const Check = z.object({
  fingerprint: z.string().optional().describe(
    "Fingerprint of the value; absent if it cannot be computed",
  ),
  place: z.string().openapi({
    description: "Where the credential is used: a registry's host, a repository's URL, a proxy",
    example: "ghcr.io",
  }),
  username: z.string().optional().describe("Masked if it looks like a token"),
  state: CheckStateAnswer,
  at: z.iso.datetime().describe("When it was verified"),
  message: z.string(),
  expires: z.iso.datetime().optional().describe("Present if the issuer reported it"),
  open: z.literal(true).optional().describe(
    "The place is public: the result only shows that the value was not refused",
  ),
  cached: z.literal(true).optional().describe(
    "A cached result: the login was refused within the last 24 hours, or the host was unreachable " +
      "seconds ago, so no server was contacted",
  ),
  skipped: z.literal(true).optional().describe(
    "The time limit was reached, or the request was stopped, before this check. The next request starts with " +
      "the values that were verified longest ago",
  ),
  cells: z.array(CheckCell).describe("Where the value is stored"),
}).openapi("CheckedPlace");

const counts = {
  accepted: z.int(),
  refused: z.int(),
  unreachable: z.int(),
  not_tried: z.int(),
};

const ofChecks = {
  checks: z.array(Check).describe("One per distinct value and place, sorted by place"),
  total: z.int().describe("Number of checks"),
  ...counts,
  not_seen: z.array(NotSeen).describe(
    "Clusters whose credentials, or some of them, could not be read",
  ),
  fingerprints_end: z.string().optional().describe(
    "Why fingerprints are only comparable until the server stops; absent if they are persistent",
  ),
};

export const Checks = z.object({ ...ofChecks, ...ofWhole, ...ofNone }).openapi("Checks");

const Read = z.object({
  cluster: z.string(),
  status: z.literal("success"),
  secrets: z.int().describe("Number of secrets that were read"),
  values: z.int().describe("Number of credentials in them"),
  warnings: z.array(z.string()).optional().describe("What could not be read"),
}).openapi("CredentialsRead");

export const ChecksEventLine = eventLineOf(z.union([Read, Envelope]), {
  ...ofChecks,
  ...ofWhole,
  ...ofNone,
})
  .openapi("ChecksEvent");

export type CheckedAnswer = z.output<typeof Check>;
export type ReadAnswer = z.output<typeof Read>;
