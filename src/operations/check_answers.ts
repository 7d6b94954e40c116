import { z } from "@hono/zod-openapi";
import { CHECK_STATES } from "../credentials/checks/result.ts";
import { Envelope } from "./error_answers.ts";
import { NotSeen } from "./find_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The wire shapes of what came of trying stored credentials. */

export const CheckStateAnswer = z.enum(CHECK_STATES).openapi({
  description:
    "`refused`: the server does not take it; `unreachable`: no answer, or one that tells of trouble; " +
    "`not_tried`: nobody was asked, or the answer does not tell, and `message` says why",
});

const CheckCell = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  key: z.string().describe("As in the `fingerprints` of a cell: Argo CD's key, or the registry"),
}).openapi("CheckCell");

const Check = z.object({
  fingerprint: z.string().optional().describe("Of the value; absent where none can be made"),
  place: z.string().openapi({
    description: "Where it is used: a registry's host, a repository's URL, a proxy",
    example: "ghcr.io",
  }),
  username: z.string().optional().describe("Masked when it looks like a token"),
  state: CheckStateAnswer,
  at: z.iso.datetime().describe("When it was tried"),
  message: z.string(),
  expires: z.iso.datetime().optional().describe("Where the issuer said so"),
  open: z.literal(true).optional().describe(
    "What is there is for everybody, so that nothing is told but that the value was not refused",
  ),
  remembered: z.literal(true).optional().describe(
    "From memory: nobody was asked now, since the login was refused within the last 24 hours or the " +
      "host could not be reached a moment ago",
  ),
  cells: z.array(CheckCell).describe("Where the value stands that is used there"),
}).openapi("CheckedPlace");

const counts = {
  accepted: z.int(),
  refused: z.int(),
  unreachable: z.int(),
  not_tried: z.int(),
};

const ofChecks = {
  checks: z.array(Check).describe("One for each distinct value and place, sorted by place"),
  total: z.int().describe("How many there are"),
  ...counts,
  not_seen: z.array(NotSeen).describe(
    "Clusters whose credentials, or some of them, could not be read",
  ),
  fingerprints_end: z.string().optional().describe(
    "Why fingerprints end with the process that made them; absent where they last",
  ),
};

export const Checks = z.object({ ...ofChecks, ...ofWhole, ...ofNone }).openapi("Checks");

const Read = z.object({
  cluster: z.string(),
  status: z.literal("success"),
  secrets: z.int().describe("How many secrets were read"),
  values: z.int().describe("How many credentials they hold"),
  warnings: z.array(z.string()).optional().describe("What could not be seen of it"),
}).openapi("CredentialsRead");

export const ChecksEventLine = eventLineOf(z.union([Read, Envelope]), {
  ...ofChecks,
  ...ofWhole,
  ...ofNone,
})
  .openapi("ChecksEvent");

export type CheckedAnswer = z.output<typeof Check>;
export type ReadAnswer = z.output<typeof Read>;
