import { NotAcceptedAnswer, RepoAddedAnswer, SecretsExistAnswer } from "./answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { repoExamples } from "./examples.ts";
import { json } from "./openapi/content.ts";
import { clusterField } from "./face.ts";
import type { OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { repoCall } from "./repo_call.ts";
import { repoAnswer } from "./respond/repo.ts";
import { addRepoBody } from "./schemas/repo.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: OperationModule["describe"] = (face) => ({
  about: "All of the URLs or none. Needs `url` or `urls`. Of the credentials at most one: " +
    "`username` and `password`, `ssh_private_key`, `github_app`, `bearer_token` or " +
    "`gcp_service_account_key`; `tls_client_cert` and `tls_client_key` may stand beside it.",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: addRepoBody(clusterField(face)).schema,
          examples: repoExamples(clusterField(face)),
        },
      },
    },
  },
  answers: {
    200: json("All of them are written", RepoAddedAnswer),
    409: json("Secrets exist, or are not ours", SecretsExistAnswer, WriteFailed, Envelope),
    422: json("The credential is not accepted where it would be used", NotAcceptedAnswer),
    ...ADD_ERRORS,
  },
});

export const take: OperationModule["take"] = ({ face, query, body }, settings) => {
  const { schema, fields } = addRepoBody(clusterField(face));
  const { hints, ...request } = parseBody(query, body, schema, fields);
  return repoCall(
    request,
    settings,
    hints,
    (added) => repoAnswer(added, settings.argocdNamespace, hints),
  );
};
