import {
  HelmRepoAddedAnswer,
  HelmRepoExistsAnswer,
  HelmReposAddedAnswer,
  NotAcceptedAnswer,
  SecretsExistAnswer,
} from "./answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { helmExamples } from "./examples.ts";
import { json } from "./openapi/content.ts";
import { clusterField } from "./face.ts";
import type { OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { repoCall } from "./repo_call.ts";
import { helmRepoAnswer } from "./respond/repo.ts";
import { addHelmRepoBody } from "./schemas/helm_repo.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export const describe: OperationModule["describe"] = (face) => ({
  about: "The older form of `POST /secrets/add_repo`. Needs `repository_url` or `repository_urls`.",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: addHelmRepoBody(clusterField(face)).schema,
          examples: helmExamples(clusterField(face)),
        },
      },
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

/** The same as `addRepo` in the words of its first version. */
export const take: OperationModule["take"] = ({ face, query, body }, settings) => {
  const { schema, fields } = addHelmRepoBody(clusterField(face));
  const { isList, hints, ...request } = parseBody(query, body, schema, fields);
  return repoCall(
    request,
    settings,
    hints,
    (added) => helmRepoAnswer(added, settings.argocdNamespace, hints, isList),
  );
};
