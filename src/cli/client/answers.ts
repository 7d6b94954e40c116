import type { z } from "@hono/zod-openapi";
import type * as secrets from "../../operations/secret_answers.ts";
import type * as writes from "../../operations/write_answers.ts";
import type * as explained from "../../operations/explain_answers.ts";
import type * as clusters from "../../operations/cluster_answers.ts";
import type { AuditAnswer } from "../../operations/audit_answers.ts";
import type { VerifiedPlace } from "../../fleet/rotation/shapes.ts";
import type * as errors from "../../operations/error_answers.ts";

/** Bodies of the API's responses, by its writes. */

export type ClusterListBody = z.infer<typeof clusters.ClusterList>;
export type SecretsBody = z.infer<typeof secrets.Secrets>;
export type ShownBody = z.infer<typeof secrets.ShownAnswer>;
export type ExplainedBody = z.infer<typeof explained.RepositoryExplainedAnswer>;
export type ImageExplainedBody = z.infer<typeof explained.ImageExplainedAnswer>;
export type DockerAddedBody = z.infer<typeof writes.DockerAddedAnswer>;
export type RepoAddedBody = z.infer<typeof writes.RepoAddedAnswer>;
export type RemovedBody = z.infer<typeof writes.RemovedAnswer>;
export type VerifiedAllBody = z.infer<typeof writes.VerifiedAllAnswer>;
export type VerifiedEntry = z.infer<typeof writes.NotAcceptedAnswer>["verified"][number];
/** Result of verifying a credential at one place; `VerifiedPlace` is that of a rotation. */
export type ShownVerification = VerifiedEntry | VerifiedPlace;
export type AuditBody = z.infer<typeof AuditAnswer>;

/** Fields that an error may have. An older server sends a message only. */
export interface ErrorBody
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
  readonly existing_secrets?: Readonly<Record<string, writes.ExistingAnswer>>;
  readonly upsert_required?: boolean;
  readonly verified?: readonly ShownVerification[];
  /** Clusters that could not be read. */
  readonly not_seen?: readonly { readonly cluster: string; readonly message: string }[];
  /** Places that cannot store the new value. */
  readonly places?: readonly {
    readonly cluster: string;
    readonly namespace: string;
    readonly name: string;
    readonly key: string;
    readonly why: string;
  }[];
  readonly hint?: string;
}
