import { z } from "@hono/zod-openapi";
import { PLACE_KINDS } from "../credentials/rotation/place_kind.ts";
import { Envelope } from "./error_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The wire shapes of what was looked for, and where it was found. */

export const Place = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string().describe("Of the secret"),
  place: z.string().openapi({
    description: "Where in the secret: a key of Argo CD's, or a registry",
    example: "ghcr.io",
  }),
  key: z.string().openapi({ description: "Of the secret's data", example: ".dockerconfigjson" }),
  kind: z.enum(PLACE_KINDS),
  registry: z.string().optional().describe("Of an entry of a pull secret"),
  url: z.string().optional().describe("Of all others; user information and tokens are masked"),
  username: z.string().optional().describe("Masked when it looks like a token"),
  managed: z.boolean().describe("Whether this program wrote the secret"),
  owner: z.string().nullable().describe("Another program that looks after it"),
  padded: z.literal(true).optional().describe(
    "It stands there with other white space around it than the value that was given, so a rotation leaves it",
  ),
  inside: z.literal(true).optional().describe(
    "It stands there as a part of a longer text, so a rotation leaves it",
  ),
}).openapi("Place");

export const NotSeen = z.object({
  cluster: z.string(),
  status: z.string().openapi({
    description:
      "Why it was not seen, or not all of it, in a word: `namespaces_not_listed` where " +
      "the cluster was seen, but not in all its namespaces",
    example: "cluster_unreachable",
  }),
  message: z.string(),
}).openapi("NotSeen");

const not_seen = z.array(NotSeen);
const fingerprints_end = z.string().optional().describe(
  "Of a fingerprint: why those made by another process are others; absent where they last",
);

/** What a stream has of one cluster. */
const FoundInCluster = z.object({
  cluster: z.string(),
  status: z.literal("success"),
  places: z.array(Place),
  not_seen: not_seen.optional(),
}).openapi("FoundInCluster");

const counted = {
  ...ofWhole,
  success: z.boolean().describe("Whether all of all clusters was seen"),
  not_seen: not_seen.describe("Where it may stand, too"),
  total: z.int().describe("In how many places it was found"),
  everywhere: z.boolean().describe(
    "Whether pull secrets without a docker label were looked into, too",
  ),
  fingerprints_end,
  hint: z.string().optional().describe("What to know of the value that was given"),
  ...ofNone,
};

export const FoundAnswer = z.object({
  places: z.array(Place).describe("Sorted by cluster, namespace and name"),
  ...counted,
}).openapi("Found");

export const FoundEventLine = eventLineOf(z.union([FoundInCluster, Envelope]), counted)
  .openapi("FoundEvent");
