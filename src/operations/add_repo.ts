import { credentialFields } from "../credentials/kinds/kinds.ts";
import { optionFields } from "../credentials/kinds/repository_options.ts";
import { RepoAddedAnswer, SecretsExistAnswer } from "./answers.ts";
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
  full: "In each cluster all of the secrets are written or none.",
  examples: [
    [
      "--cluster test-cluster --name charts --type helm --url https://charts.example.com " +
      "--username ci --password-file token",
      "A Helm repository",
    ],
    [
      "--cluster a,b --name github --type git --as repo-creds --url https://github.com/org/ " +
      "--github-app-id 1 --github-app-installation-id 2 --github-app-private-key-file app.pem",
      "A template for all repositories of an organisation, in two clusters",
    ],
  ],
  groups: {
    credential: ["name", ...Object.keys(credentialFields())],
    repository: ["type", "url", "as", ...Object.keys(optionFields), "template"],
  },
  asks: repositoryOf,
};

export const describe: OperationModule["describe"] = (face) => ({
  about: "All of the URLs or none. Needs `url` or `urls`. Of the credentials at most one: " +
    `${KINDS_IN_WORDS}; \`tls_client_cert\` and \`tls_client_key\` may stand beside it.`,
  request: taking(addRepoBody(clusterField(face)), repoExamples(clusterField(face))),
  answers: {
    200: json("All of them are written", RepoAddedAnswer),
    409: json("Secrets exist, or are not ours", SecretsExistAnswer, WriteFailed, Envelope),
    ...ADD_ERRORS,
  },
});

export const take: OperationModule["take"] = ({ face, query, body }) => {
  const field = clusterField(face);
  const { hints, ...request } = parseBody(query, body, addRepoBody(field));
  return repoCall(request, field, hints, repoAnswer);
};
