import { credentialFields } from "../credentials/kinds/kinds.ts";
import { optionFields } from "../credentials/kinds/repository_options.ts";
import { RepoAddedAnswer, SecretsExistAnswer } from "./write_answers.ts";
import { Envelope, WriteFailed } from "./error_answers.ts";
import { repoExamples } from "./examples.ts";
import { json, taking } from "./openapi/content.ts";
import { clusterField } from "./face.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { repoCall } from "./repo_call.ts";
import { repoAnswer } from "./respond/repo.ts";
import { addRepoBody, repoFields as fields } from "./schemas/repo.ts";
import { KINDS_IN_WORDS } from "./schemas/repo_credential.ts";
import { repositoryOf } from "./schemas/repo_urls.ts";
import { ADD_ERRORS } from "./write_errors.ts";

export { fields };

export const command: CommandHelp = {
  full: "Writes are all-or-nothing per cluster: if one secret fails, the others are rolled back.",
  examples: [
    [
      "--cluster test-cluster --name charts --type helm --url https://charts.example.com " +
      "--username ci --password-file token",
      "Add a Helm repository",
    ],
    [
      "--cluster a,b --name github --type git --as repo-creds --url https://github.com/org/ " +
      "--github-app-id 1 --github-app-installation-id 2 --github-app-private-key-file app.pem",
      "Add a credential template for all repositories of an organisation, in two clusters",
    ],
  ],
  groups: {
    credential: ["name", ...Object.keys(credentialFields())],
    repository: ["type", "url", "as", ...Object.keys(optionFields), "template"],
  },
  asks: repositoryOf,
};

export const describe: OperationModule["describe"] = (face) => ({
  about:
    "All-or-nothing per cluster: secrets are written for all URLs or for none. Required: `url` or " +
    `\`urls\`. At most one credential: ${KINDS_IN_WORDS}; \`tls_client_cert\` and ` +
    "`tls_client_key` may be added to it.",
  request: taking(addRepoBody(clusterField(face)), repoExamples(clusterField(face))),
  answers: {
    200: json("All secrets are written", RepoAddedAnswer),
    409: json(
      "Secrets exist, or are not managed by argocd-configurer",
      SecretsExistAnswer,
      WriteFailed,
      Envelope,
    ),
    ...ADD_ERRORS,
  },
});

export const take: OperationModule["take"] = ({ face, query, body }) => {
  const field = clusterField(face);
  const { hints, ...request } = parseBody(query, body, addRepoBody(field));
  return repoCall(request, field, hints, repoAnswer);
};
