import type { Outcome } from "../audit/entry.ts";
import {
  credentialsToVerify,
  isAccepted,
  type VerificationResult,
  verifyDocker,
  type VerifyOne,
  verifyRepo,
} from "../credentials/verify_credential.ts";
import { NotAcceptedAnswer, VerifiedAllAnswer } from "./write_answers.ts";
import { VERIFY_EXAMPLES } from "./examples.ts";
import { errors, json, taking } from "./openapi/content.ts";
import { addRepoPath } from "./face.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { verifyAnswer } from "./respond/verified.ts";
import { repositoryOf } from "./schemas/repo_urls.ts";
import { VERIFY_BODY, verifyFields as fields } from "./schemas/verify.ts";

export { fields };

export const command: CommandHelp = {
  exitCodes: "1: the credential is refused, or the server does not respond; 2: wrong usage, " +
    "nothing was verified",
  examples: [
    [
      "--registry ghcr.io --username ci --password-stdin < token",
      "Verify a credential for a registry",
    ],
    [
      "--type git --url https://github.com/org/repo.git --username ci --password-file token",
      "Verify a credential for a Git repository",
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

export const describe: OperationModule["describe"] = (face) => ({
  about: "With `type`: the credential of a repository, with `url` or `urls` and the fields of " +
    `\`POST ${addRepoPath(face)}\`. ` +
    "Without `type`: a pull credential, with `username` and `password`, or with " +
    "`registries`.",
  request: taking(VERIFY_BODY, VERIFY_EXAMPLES),
  answers: {
    200: json("No place refused the credential", VerifiedAllAnswer),
    422: json(
      "The credential is refused where it would be used, or cannot be verified there",
      NotAcceptedAnswer,
    ),
    ...errors({
      400: "The body is not a JSON object, a field is missing or invalid, or a parameter is sent",
    }),
  },
});

export const take: OperationModule["take"] = ({ face, query, body }) => {
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
      credentials: credentialsToVerify(asked),
    },
    async run({ verifyOne, checks, begin }) {
      await begin();
      // A remembered refusal does not stop this; the result is remembered for the checks of stored values.
      const verify: VerifyOne = async (what, budget) => {
        const verdict = await verifyOne(what, budget);
        checks.learn(what, verdict);
        return verdict;
      };
      const verified = asked.kind === "docker"
        ? await verifyDocker(asked.credentials, verify)
        : await verifyRepo(asked.request, verify);
      return {
        outcome: outcomeOf(verified),
        reply: () => verifyAnswer(verified, asked.hints, face),
      };
    },
  };
};

function outcomeOf(verified: readonly VerificationResult[]): Outcome {
  if (verified.every(({ verdict }) => verdict === undefined)) return { outcome: "not_tried" };
  return { outcome: isAccepted(verified) ? "accepted" : "not_accepted" };
}
