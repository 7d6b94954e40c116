import {
  HelmRepoAddedAnswer,
  HelmRepoExistsAnswer,
  HelmReposAddedAnswer,
  NotAcceptedAnswer,
  SecretsExistAnswer,
} from "../answers.ts";
import { Envelope, WriteFailed } from "../error_answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { helmRepoAnswer } from "../respond/repo.ts";
import { notAccepted } from "../respond/verified.ts";
import { ADD_HELM_REPO_FIELDS, AddHelmRepoBody } from "../schemas/helm_repo.ts";
import { writerOf } from "../write_id.ts";
import { HELM_EXAMPLES } from "./examples.ts";
import { json } from "./openapi_content.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "The older form of `POST /secrets/add_repo`. Needs `repository_url` or `repository_urls`.",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: AddHelmRepoBody, examples: HELM_EXAMPLES } },
    },
  },
  answers: {
    200: json("It is written", HelmRepoAddedAnswer, HelmReposAddedAnswer),
    409: json(
      "The secret exists, or is not ours",
      HelmRepoExistsAnswer,
      SecretsExistAnswer,
      WriteFailed,
      Envelope,
    ),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...ADD_ERRORS,
  },
});

/** The same as `add_repo` in the words of its first version. */
export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const { isList, hints, ...request } = await parseBody(
    c,
    AddHelmRepoBody,
    ADD_HELM_REPO_FIELDS,
  );
  const outcome = await useCases.addRepo({ ...request, ...writerOf(c) });
  switch (outcome.kind) {
    case "cluster_not_found":
      return clusterNotFound(outcome, 400);
    case "not_accepted":
      return notAccepted({ ...outcome, hints });
    case "repo":
      return helmRepoAnswer(outcome, argocdNamespace, hints, isList);
  }
};
