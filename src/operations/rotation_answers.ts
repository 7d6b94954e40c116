import { z } from "@hono/zod-openapi";
import { CLUSTER_STATES, OLD_VALUE_STATES, REASON_CODES } from "../fleet/rotation/shapes.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { NotSeen, Place } from "./find_answers.ts";
import { ofNone, ofWhole } from "./fleet_answers.ts";

/** The wire shapes of rotations; their types are in `fleet/rotation/shapes.ts`. */

const secret = {
  namespace: z.string(),
  name: z.string(),
  keys: z.array(z.string()).openapi({
    description: "Where in it the value stands: Argo CD's keys, or registries",
    example: ["ghcr.io"],
  }),
};

const Change = z.record(z.string(), z.unknown());

const RotatedSecret = z.object({
  ...secret,
  output: z.string().openapi({ example: "secret/ghcr replaced" }),
  changes: z.array(Change).optional().describe("What would change; of a dry run"),
}).openapi("RotatedSecret");

const LeftSecret = z.object({
  ...secret,
  reason: z.string().openapi({
    description: "Why it keeps the old value, in a word that stays the same",
    example: "owned",
  }),
  message: z.string(),
  remedy: z.string().describe("What to do about it"),
}).openapi("LeftSecret");

const ofCluster = {
  cluster: z.string().describe("Its name, the first by alphabet where several have one API server"),
  status: z.enum(CLUSTER_STATES).describe(
    "`rotated`, or what would be of a dry run; `unchanged`: what is to be rotated holds the new value " +
      "already; `not_found`: there is nothing that may be rotated, and `left` says what keeps the old " +
      "value; `failed`: nothing of it is half done; `not_begun`: nothing was asked of it",
  ),
  first: z.literal(true).optional().describe("It was one of those that go first"),
  secrets: z.array(RotatedSecret),
  left: z.array(LeftSecret).describe("Secrets that keep the old value; no failure"),
  hints: z.array(z.string()).optional().describe("What to know of what was written"),
};

const RotationCluster = z.object({
  ...ofCluster,
  status_code: z.int().describe("200, or that of the error"),
  answer: z.record(z.string(), z.unknown()).optional().describe(
    "The error, of one that `failed` or was `not_begun`",
  ),
  written: z.object({
    names: z.array(z.string()),
    namespaces: z.array(z.string()),
    counts: z.record(z.string(), z.int()).optional(),
  }).optional().describe(
    "In place of `secrets`, where only the audit log remembers them: their names and namespaces, each once",
  ),
  transport: z.enum(["kubectl", "api"]).optional().describe("Transport used"),
  same_server_as: z.array(z.string()).optional().describe(
    "Others of the selection with the same API server: they are this one cluster",
  ),
}).openapi("RotationCluster");

const OldValue = z.object({
  state: z.enum(OLD_VALUE_STATES).describe(
    "`gone`: it was found once, everything was looked at, and it is nowhere any more",
  ),
  fingerprints: z.array(z.string()).describe(
    "Of the old value; of several where the values were found by something else",
  ),
  places: z.array(Place).describe("Where it still stands, in any cluster"),
  not_seen: z.array(NotSeen).describe("Clusters, or parts of them, that could not be looked at"),
}).openapi("OldValue");

const Reason = z.object({
  code: z.enum(REASON_CODES),
  message: z.string(),
  clusters: z.array(z.string()).optional(),
}).openapi("NotSafeReason");

const Tried = z.object({
  at: z.string().describe("A registry, or a URL"),
  state: z.enum(["accepted", "refused", "unreachable", "not_tried"]),
  message: z.string(),
  expires: z.string().optional().describe("When the new value ends, as its issuer says"),
  open: z.literal(true).optional().describe("The place asks nobody for a credential"),
  remembered: z.literal(true).optional().describe("It was refused earlier, and not asked again"),
  untriable: z.literal(true).optional().describe(
    "Of a dry run: the new value could not be tried here, so that a rotation needs `allow_untried`",
  ),
}).openapi("TriedPlace");

const ofRotation = {
  rotation: z.string().openapi({
    description: "Its id, which is in every line of the audit log and in the secrets' annotations",
    example: "rotation-0f3b2c1d4e5f6a7b",
  }),
  state: z.enum(["planned", "running", "done", "interrupted"]).describe(
    "`planned` is a dry run; `interrupted`: it did not get to its end, and the same request again " +
      "continues it",
  ),
  dry_run: z.literal(true).optional(),
  started: z.iso.datetime(),
  ended: z.iso.datetime().optional(),
  by: z.string().optional().describe("Name of the token, or who asked; shown to admins only"),
  selected: z.int().describe("How many clusters the selection has"),
  rotated: z.int().describe("How many clusters were rotated, or would be"),
  unchanged: z.int(),
  not_found: z.int(),
  old_value: OldValue.optional().describe("Absent while it is not known"),
  safe_to_revoke: z.boolean().optional().describe(
    "Whether the old value may be revoked: it was found at least once, every cluster was seen with " +
      "all its namespaces, and no place holds it; absent while it is not known",
  ),
  reasons: z.array(Reason).optional().describe("Why it may not; absent where it may"),
  verified: z.array(Tried).optional().describe("Where the new value was tried, each place once"),
  never_looked_at: z.array(z.string()).describe("Where the old value may stand besides"),
  undo: z.object({
    message: z.string(),
    find: z.object({ fingerprint: z.string() }).describe("What finds the new value"),
    fingerprints_end: z.string().optional().describe(
      "Why it finds it only as long as this process runs; absent where it does for longer",
    ),
  }).optional().describe("How to go back"),
  hint: z.string().optional(),
  message: z.string(),
};

export const Rotation = z.object({
  ...ofWhole,
  ...ofRotation,
  clusters: z.array(RotationCluster).describe("Those of the selection, sorted by name"),
  ...ofNone,
  message: ofRotation.message,
}).openapi("Rotation");

const ClusterNotRotated = Envelope.extend({
  ...WriteFailed.pick({ cluster: true, results: true, rolled_back: true, not_restored: true })
    .partial().shape,
  left: ofCluster.left,
}).openapi("ClusterNotRotated");

/** One line of a stream. */
export const RotationEventLine = z.union([
  z.object({
    event: z.literal("started"),
    rotation: ofRotation.rotation,
    clusters: z.int().describe("How many `cluster` events will come"),
    names: z.array(z.string()).describe("Of which clusters, sorted"),
  }),
  z.object({
    event: z.literal("cluster"),
    ...RotationCluster.pick({
      cluster: true,
      status_code: true,
      transport: true,
      same_server_as: true,
    })
      .shape,
    answer: z.union([z.object(ofCluster), ClusterNotRotated])
      .describe("What came of it; the error, where it failed or was not begun"),
  }),
  z.object({
    event: z.literal("done"),
    ...ofWhole,
    ...ofRotation,
    ...ofNone,
    message: ofRotation.message,
  }),
]).openapi("RotationEvent");

/** Of a rotation that was refused because of clusters. */
export const NotSeenAnswer = Envelope.extend({ not_seen: z.array(NotSeen) })
  .openapi("ClustersNotSeen");

export const FirstNotFoundAnswer = Envelope.extend({
  first: z.array(z.string()).describe("Clusters of `first` in which there is nothing to rotate"),
}).openapi("FirstNotFound");

/** Because of what it is to write. */
export const CannotHoldAnswer = Envelope.extend({
  places: z.array(z.object({
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    key: z.string(),
    why: z.string(),
  })).describe("Places that cannot hold the new credential"),
}).openapi("CannotHold");

/** Because another one runs. */
export const RunningAnswer = Envelope.extend({
  rotation: ofRotation.rotation.optional().describe(
    "The one that runs; absent where it is for clusters that your token may not see",
  ),
})
  .openapi("RotationRunning");

/** Because the new value is not accepted, or cannot be tried. */
export const NotAcceptedByPlaces = Envelope.extend({ verified: z.array(Tried) })
  .openapi("RotationNotAccepted");
