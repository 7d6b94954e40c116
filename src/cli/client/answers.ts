import type { z } from "@hono/zod-openapi";
import type * as schemas from "../../operations/answers.ts";
import type * as explained from "../../operations/explain_answers.ts";
import type * as clusters from "../../operations/cluster_answers.ts";
import type { AuditAnswer } from "../../operations/audit_answers.ts";
import type { TriedPlace } from "../../fleet/rotation/shapes.ts";
import type * as errors from "../../operations/error_answers.ts";

/** The API's answers, as its schemas have them. */

export type ClusterList = z.infer<typeof clusters.ClusterList>;
export type Secrets = z.infer<typeof schemas.Secrets>;
export type Shown = z.infer<typeof schemas.ShownAnswer>;
export type Explained = z.infer<typeof explained.RepositoryExplainedAnswer>;
export type ImageExplained = z.infer<typeof explained.ImageExplainedAnswer>;
export type DockerAdded = z.infer<typeof schemas.DockerAddedAnswer>;
export type RepoAdded = z.infer<typeof schemas.RepoAddedAnswer>;
export type Removed = z.infer<typeof schemas.RemovedAnswer>;
export type VerifiedAll = z.infer<typeof schemas.VerifiedAllAnswer>;
export type Verified = z.infer<typeof schemas.NotAcceptedAnswer>["verified"][number];
/** What came of trying a credential: of a write place by place, of what is about many places in short. */
export type Tried = Verified | TriedPlace;
export type AuditPage = z.infer<typeof AuditAnswer>;

/** What an error may tell; that of an older server says nothing for machines. */
export interface Details
  extends Partial<Pick<z.infer<typeof errors.Envelope>, "code" | "field" | "fields" | "message">> {
  readonly results?: readonly {
    readonly namespace: string;
    readonly result: { readonly success: boolean; readonly error?: string };
  }[];
  readonly not_restored?: readonly {
    readonly namespace: string;
    readonly name?: string;
    readonly service_account?: string;
    readonly state: string;
  }[];
  readonly existing_secrets?: Readonly<Record<string, schemas.ExistingAnswer>>;
  readonly upsert_required?: boolean;
  readonly verified?: readonly Tried[];
  /** Clusters that were not seen. */
  readonly not_seen?: readonly { readonly cluster: string; readonly message: string }[];
  /** Places that cannot hold what was to be written there. */
  readonly places?: readonly {
    readonly cluster: string;
    readonly namespace: string;
    readonly name: string;
    readonly key: string;
    readonly why: string;
  }[];
  readonly hint?: string;
}
