import {
  HelmRepoAddedAnswer,
  HelmRepoExistsAnswer,
  HelmReposAddedAnswer,
  SecretsExistAnswer,
} from "./write_answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { helmExamples } from "./examples.ts";
import { json, taking } from "./openapi/content.ts";
import { addRepoPath, clusterField } from "./face.ts";
import type { OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { repoCall } from "./repo_call.ts";
import { helmRepoAnswer } from "./respond/repo.ts";
import { addHelmRepoBody, helmRepoFields as fields } from "./schemas/helm_repo.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export { fields };

export const describe: OperationModule["describe"] = (face) => ({
  about: `The older form of \`POST ${
    addRepoPath(face)
  }\`. Required: \`repository_url\` or \`repository_urls\`.`,
  request: taking(addHelmRepoBody(clusterField(face)), helmExamples(clusterField(face))),
  answers: {
    200: json("The secret is written", HelmRepoAddedAnswer, HelmReposAddedAnswer),
    409: json(
      "The secret exists, or is not managed by argocd-configurer",
      HelmRepoExistsAnswer,
      SecretsExistAnswer,
      WriteFailed,
      Envelope,
    ),
    ...ADD_ERRORS,
  },
});

/** `addRepo` with the fields of the first version. */
export const take: OperationModule["take"] = ({ face, query, body }) => {
  const field = clusterField(face);
  const { isList, hints, ...request } = parseBody(query, body, addHelmRepoBody(field));
  return repoCall(
    request,
    field,
    hints,
    (added, place, face, hints) => helmRepoAnswer(added, place, face, hints, isList),
  );
};
