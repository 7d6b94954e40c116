import { z } from "@hono/zod-openapi";
import { PLACE_KINDS } from "../credentials/rotation/place_kind.ts";
import { Envelope } from "./error_answers.ts";
import { eventLineOf, ofNone, ofWhole } from "./fleet_answers.ts";

/** The JSON of a search for a credential. */

export const Place = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string().describe("Name of the secret"),
  place: z.string().openapi({
    description: "Place in the secret: a key of Argo CD, or a registry",
    example: "ghcr.io",
  }),
  key: z.string().openapi({
    description: "Key of the secret's data",
    example: ".dockerconfigjson",
  }),
  kind: z.enum(PLACE_KINDS),
  registry: z.string().optional().describe("Registry of an entry of a pull secret"),
  url: z.string().optional().describe(
    "URL of any other secret; user information and tokens are masked",
  ),
  username: z.string().optional().describe("Masked if it looks like a token"),
  managed: z.boolean().describe("Whether argocd-configurer wrote the secret"),
  owner: z.string().nullable().describe("Another tool that manages the secret"),
  padded: z.literal(true).optional().describe(
    "Stored with other white space around it than the value that was sent; a rotation skips it",
  ),
  inside: z.literal(true).optional().describe(
    "Stored as a part of a longer text; a rotation skips it",
  ),
}).openapi("Place");

export const NotSeen = z.object({
  cluster: z.string(),
  status: z.string().openapi({
    description:
      "Why the cluster was not read, or not completely. `namespaces_not_listed`: not all namespaces of " +
      "the cluster were read",
    example: "cluster_unreachable",
  }),
  message: z.string(),
}).openapi("NotSeen");

const not_seen = z.array(NotSeen);
const fingerprints_end = z.string().optional().describe(
  "Why fingerprints are only comparable until the server stops; absent if they are persistent",
);

/** One cluster of a stream. */
const FoundInCluster = z.object({
  cluster: z.string(),
  status: z.literal("success"),
  places: z.array(Place),
  not_seen: not_seen.optional(),
}).openapi("FoundInCluster");

const counted = {
  ...ofWhole,
  success: z.boolean().describe("Whether all clusters were read completely"),
  not_seen: not_seen.describe("Where it may also be stored"),
  total: z.int().describe("Number of places where it was found"),
  everywhere: z.boolean().describe(
    "Whether pull secrets without a docker label were searched, too",
  ),
  fingerprints_end,
  hint: z.string().optional().describe("A note on the value that was sent"),
  ...ofNone,
};

export const FoundAnswer = z.object({
  places: z.array(Place).describe("Sorted by cluster, namespace and name"),
  ...counted,
}).openapi("Found");

export const FoundEventLine = eventLineOf(z.union([FoundInCluster, Envelope]), counted)
  .openapi("FoundEvent");
