import type { ExplainImageResult } from "../../credentials/explain_image.ts";
import type { ListFailed } from "../../credentials/list.ts";
import { readFailed, statusWord } from "../cluster_errors.ts";
import type { ImageExplainedAnswer } from "../explain_answers.ts";
import type { Json } from "../reply.ts";
import { findingAnswer } from "./explained.ts";

/** @throws {OperationError} when the cluster could not be read */
export function imageExplained(outcome: ExplainImageResult | ListFailed): Json {
  if (outcome.kind === "failed") {
    const { error, seconds } = outcome;
    throw readFailed(error, seconds, { body: { status: statusWord(error) } });
  }
  const { cluster, explanation, warnings } = outcome;
  const { image, repository, namespace, serviceAccount, used, failed } = explanation;
  const { ambiguous, candidates, findings, kubeletRules } = explanation;
  const body: ImageExplainedAnswer = {
    cluster,
    image,
    image_repository: repository,
    namespace,
    service_account: serviceAccount,
    used,
    ambiguous,
    failed,
    candidates: [...candidates],
    findings: findings.map(findingAnswer),
    kubelet_rules: kubeletRules,
    ...warnings.length === 0 ? {} : { warnings: [...warnings] },
  };
  return { status: 200, body };
}
