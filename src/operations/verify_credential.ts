import type { Outcome } from "../audit/entry.ts";
import {
  credentialsOf,
  isAccepted,
  type Verified,
  verifyDocker,
  type VerifyOne,
  verifyRepo,
} from "../credentials/verify_credential.ts";
import { NotAcceptedAnswer, VerifiedAllAnswer } from "./answers.ts";
import { VERIFY_EXAMPLES } from "./examples.ts";
import { errors, json, taking } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { verifyAnswer } from "./respond/verified.ts";
import { repositoryOf } from "./schemas/repo_urls.ts";
import { VERIFY_BODY, verifyFields as fields } from "./schemas/verify.ts";

export { fields };

export const command: CommandHelp = {
  exitCodes: "1: it is refused, or nobody answers; 2: wrong usage, nothing was tried.",
  examples: [
    ["--registry ghcr.io --username ci --password-stdin < token", "A pull credential"],
    [
      "--type git --url https://github.com/org/repo.git --username ci --password-file token",
      "That of a repository",
    ],
  ],
  first: ["type", "url", "registry", "username", "password"],
  groups: {
    credential: ["type", "url", "registry"],
    how: ["proxy", "no_proxy", "insecure", "insecure_oci_http"],
  },
  asks: (input) =>
    input.type === undefined ? String(input.registry ?? "ghcr.io") : repositoryOf(input),
};

export const describe: OperationModule["describe"] = () => ({
  about: "With `type`: that of a repository, with `url` or `urls` and the credential's fields as " +
    "for `POST /secrets/add_repo`. Without: a pull credential, with `username` and `password` or " +
    "with `registries`.",
  request: taking(VERIFY_BODY, VERIFY_EXAMPLES),
  answers: {
    200: json("Nothing speaks against it", VerifiedAllAnswer),
    422: json(
      "It is not accepted where it would be used, or that cannot be asked",
      NotAcceptedAnswer,
    ),
    ...errors({
      400: "The body is no JSON object, a field is missing or invalid, or a parameter is given",
    }),
  },
});

export const take: OperationModule["take"] = ({ query, body }) => {
  const asked = parseBody(query, body, VERIFY_BODY);
  return {
    attempt: {
      dryRun: false,
      tries: asked.kind === "docker" ? asked.credentials.length : 1,
      of: (writer) => ({
        ...writer,
        kind: "verify",
        names: [],
        namespaces: [],
        upsert: false,
        force: false,
      }),
      credentials: credentialsOf(asked),
    },
    async run({ verifyOne, checks, begin }) {
      await begin();
      // What is asked for by its value is tried in any case, and is known then to who tries what is stored.
      const verify: VerifyOne = async (what, budget) => {
        const verdict = await verifyOne(what, budget);
        checks.learn(what, verdict);
        return verdict;
      };
      const verified = asked.kind === "docker"
        ? await verifyDocker(asked.credentials, verify)
        : await verifyRepo(asked.request, verify);
      return { outcome: outcomeOf(verified), reply: () => verifyAnswer(verified, asked.hints) };
    },
  };
};

function outcomeOf(verified: readonly Verified[]): Outcome {
  if (verified.every(({ verdict }) => verdict === undefined)) return { outcome: "not_tried" };
  return { outcome: isAccepted(verified) ? "accepted" : "not_accepted" };
}
