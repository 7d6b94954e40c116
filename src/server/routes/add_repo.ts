import { NotAcceptedAnswer, RepoAddedAnswer, SecretsExistAnswer } from "../answers.ts";
import { Envelope, WriteFailed } from "../error_answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { clusterNotFound } from "../respond/failed.ts";
import { repoAnswer } from "../respond/repo.ts";
import { notAccepted } from "../respond/verified.ts";
import { ADD_REPO_FIELDS, AddRepoBody } from "../schemas/repo.ts";
import { writerOf } from "../write_id.ts";
import { REPO_EXAMPLES } from "./examples.ts";
import { json } from "./openapi_content.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "All of the URLs or none. Needs `url` or `urls`. Of the credentials at most one: " +
    "`username` and `password`, `ssh_private_key`, `github_app`, `bearer_token` or " +
    "`gcp_service_account_key`; `tls_client_cert` and `tls_client_key` may stand beside it.",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: AddRepoBody, examples: REPO_EXAMPLES } },
    },
  },
  answers: {
    200: json("All of them are written", RepoAddedAnswer),
    409: json("Secrets exist, or are not ours", SecretsExistAnswer, WriteFailed, Envelope),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...ADD_ERRORS,
  },
});

export const handle: Handle = async (c, { useCases, argocdNamespace }) => {
  const { hints, ...request } = await parseBody(c, AddRepoBody, ADD_REPO_FIELDS);
  const outcome = await useCases.addRepo({ ...request, ...writerOf(c) });
  switch (outcome.kind) {
    case "cluster_not_found":
      return clusterNotFound(outcome, 400);
    case "not_accepted":
      return notAccepted({ ...outcome, hints });
    case "repo":
      return repoAnswer(outcome, argocdNamespace, hints);
  }
};
