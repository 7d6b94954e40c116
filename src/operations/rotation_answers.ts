import { z } from "@hono/zod-openapi";
import { CLUSTER_STATES, OLD_VALUE_STATES, REASON_CODES } from "../fleet/rotation/shapes.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { NotSeen, Place } from "./find_answers.ts";
import { ofNone, ofWhole } from "./fleet_answers.ts";

/** The JSON of rotations; its types are in `fleet/rotation/shapes.ts`. */

const secret = {
  namespace: z.string(),
  name: z.string(),
  keys: z.array(z.string()).openapi({
    description: "Places of the value in the secret: Argo CD's keys, or registries",
    example: ["ghcr.io"],
  }),
};

const Change = z.record(z.string(), z.unknown());

const RotatedSecret = z.object({
  ...secret,
  output: z.string().openapi({ example: "secret/ghcr replaced" }),
  changes: z.array(Change).optional().describe("The changes of a dry run"),
}).openapi("RotatedSecret");

const LeftSecret = z.object({
  ...secret,
  reason: z.string().openapi({
    description: "Code of why the secret keeps the old value; codes never change",
    example: "owned",
  }),
  message: z.string(),
  remedy: z.string().describe("What to do about it"),
}).openapi("LeftSecret");

const ofCluster = {
  cluster: z.string().describe(
    "Name of the cluster; the first by alphabet of those with the same API server",
  ),
  status: z.enum(CLUSTER_STATES).describe(
    "`rotated`, also if a dry run would rotate it. `unchanged`: its secrets already hold the new value. " +
      "`not_found`: nothing may be rotated, and `left` lists what keeps the old value. `failed`: nothing was " +
      "changed, unless `answer` lists what was not rolled back; after a crash, each secret has its old or its " +
      "new value. `not_begun`: the cluster was skipped",
  ),
  first: z.literal(true).optional().describe("The cluster was one of `first`"),
  secrets: z.array(RotatedSecret),
  left: z.array(LeftSecret).describe("Secrets that keep the old value; this is not a failure"),
  hints: z.array(z.string()).optional().describe("Notes on what was written"),
};

const RotationCluster = z.object({
  ...ofCluster,
  status_code: z.int().describe("200, or the status of the error"),
  answer: z.record(z.string(), z.unknown()).optional().describe(
    "The error, if the status is `failed` or `not_begun`",
  ),
  written: z.object({
    names: z.array(z.string()),
    namespaces: z.array(z.string()),
    counts: z.record(z.string(), z.int()).optional(),
  }).optional().describe(
    "In place of `secrets`, if the rotation is read from the audit log: their names and namespaces",
  ),
  transport: z.enum(["kubectl", "api"]).optional().describe("Transport used"),
  same_server_as: z.array(z.string()).optional().describe(
    "Other selected clusters with the same API server: they are the same cluster",
  ),
}).openapi("RotationCluster");

const OldValue = z.object({
  state: z.enum(OLD_VALUE_STATES).describe(
    "`gone`: it was found once, everything was searched, and it is not stored anywhere now",
  ),
  fingerprints: z.array(z.string()).describe(
    "Fingerprint of the old value; several if the rotation was not by value",
  ),
  places: z.array(Place).describe("Where it is still stored, on any cluster"),
  not_seen: z.array(NotSeen).describe("Clusters, or parts of them, that could not be searched"),
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
  expires: z.string().optional().describe("When the new value expires, as its issuer reports"),
  open: z.literal(true).optional().describe(
    "The place is public and does not require a credential",
  ),
  cached: z.literal(true).optional().describe(
    "A cached refusal; the server was not contacted again",
  ),
  unverifiable: z.literal(true).optional().describe(
    "For a dry run: the new value could not be verified here, so a rotation needs `allow_untried`",
  ),
}).openapi("TriedPlace");

const ofRotation = {
  rotation: z.string().openapi({
    description:
      "ID of the rotation, also in its entries of the audit log and in annotations of its secrets",
    example: "rotation-0f3b2c1d4e5f6a7b",
  }),
  state: z.enum(["planned", "running", "done", "interrupted"]).describe(
    "`planned`: a dry run. `interrupted`: it did not finish; send the same request again to continue",
  ),
  dry_run: z.literal(true).optional(),
  started: z.iso.datetime(),
  ended: z.iso.datetime().optional(),
  by: z.string().optional().describe("Name of the token, or of the user; shown to admins only"),
  selected: z.int().describe("Number of selected clusters"),
  rotated: z.int().describe("Number of clusters that were rotated, or would be"),
  unchanged: z.int(),
  not_found: z.int(),
  old_value: OldValue.optional().describe("Absent while it is unknown"),
  safe_to_revoke: z.boolean().optional().describe(
    "Whether the old value may be revoked: it was found at least once, all namespaces of all clusters were " +
      "searched, and no place holds it. Absent while it is unknown",
  ),
  reasons: z.array(Reason).optional().describe("Why it is not safe to revoke; absent if it is"),
  verified: z.array(Tried).optional().describe(
    "Places where the new value was verified, each once",
  ),
  never_searched: z.array(z.string()).describe(
    "Where the old value may be stored besides; never searched",
  ),
  rollback: z.object({
    message: z.string(),
    find: z.object({ fingerprint: z.string() }).describe("Finds the new value"),
    fingerprints_end: z.string().optional().describe(
      "Why the fingerprint is only valid until the server stops; absent if it is persistent",
    ),
  }).optional().describe("How to roll back"),
  hint: z.string().optional(),
  message: z.string(),
};

export const Rotation = z.object({
  ...ofWhole,
  ...ofRotation,
  clusters: z.array(RotationCluster).describe("The selected clusters, sorted by name"),
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
    clusters: z.int().describe("Number of `cluster` events that follow"),
    names: z.array(z.string()).describe("Names of the clusters, sorted"),
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
      .describe("The result; the error, if the cluster failed or was skipped"),
  }),
  z.object({
    event: z.literal("done"),
    ...ofWhole,
    ...ofRotation,
    ...ofNone,
    message: ofRotation.message,
  }),
]).openapi("RotationEvent");

/** The error of a rotation when clusters could not be read. */
export const NotSeenAnswer = Envelope.extend({ not_seen: z.array(NotSeen) })
  .openapi("ClustersNotSeen");

export const FirstNotFoundAnswer = Envelope.extend({
  first: z.array(z.string()).describe("Clusters of `first` with nothing to rotate"),
}).openapi("FirstNotFound");

/** The error of a rotation when the new credential cannot be stored. */
export const CannotHoldAnswer = Envelope.extend({
  places: z.array(z.object({
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    key: z.string(),
    why: z.string(),
  })).describe("Places that cannot hold the new credential"),
}).openapi("CannotHold");

/** The error of a rotation when another one is running. */
export const RunningAnswer = Envelope.extend({
  rotation: ofRotation.rotation.optional().describe(
    "The running rotation; absent if it is for clusters that the token may not see",
  ),
})
  .openapi("RotationRunning");

/** The error of a rotation when the new value is refused, or cannot be verified. */
export const NotAcceptedByPlaces = Envelope.extend({ verified: z.array(Tried) })
  .openapi("RotationNotAccepted");
