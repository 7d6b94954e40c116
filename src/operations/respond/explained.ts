import type { ExplainRepositoryResult } from "../../credentials/explain_repository.ts";
import type { UrlResolution } from "../../credentials/explain/repository.ts";
import type { Finding } from "../../credentials/finding.ts";
import type { ListFailed } from "../../credentials/list.ts";
import { readFailed, statusWord } from "../cluster_errors.ts";
import type { RepositoryExplainedAnswer } from "../explain_answers.ts";
import type { Json } from "../reply.ts";

/** @throws {OperationError} when the cluster could not be read */
export function repositoryExplained(outcome: ExplainRepositoryResult | ListFailed): Json {
  if (outcome.kind === "failed") {
    const { error, seconds } = outcome;
    throw readFailed(error, seconds, { body: { status: statusWord(error) } });
  }
  const { cluster, explanation } = outcome;
  const { url, project, ambiguous, possible, candidates, findings, argocdRules } = explanation;
  const body: RepositoryExplainedAnswer = {
    cluster,
    url,
    project,
    ...wayAnswer(explanation),
    ambiguous,
    ...ambiguous ? { possible: possible.map(wayAnswer) } : {},
    candidates: [...candidates],
    findings: findings.map(findingAnswer),
    argocd_rules: argocdRules,
  };
  return { status: 200, body };
}

function wayAnswer(
  { used, repository, template, client, inherited, overwritten, credentials, failed }:
    UrlResolution,
) {
  return {
    used,
    repository,
    template,
    client,
    inherited: [...inherited],
    overwritten: [...overwritten],
    credentials: [...credentials],
    failed,
  };
}

export function findingAnswer({ code, message, remedy, secrets }: Finding) {
  return { code, message, ...remedy === undefined ? {} : { remedy }, secrets: [...secrets] };
}
