import { NotAcceptedAnswer, VerifiedAllAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { verifyAnswer } from "../respond/verified.ts";
import { VERIFY_FIELDS, VerifyBody } from "../schemas/verify.ts";
import { VERIFY_EXAMPLES } from "./examples.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "With `type`: that of a repository, with `url` or `urls` and the credential's fields as " +
    "for `POST /secrets/add_repo`. Without: a pull credential, with `username` and `password` or " +
    "with `registries`.",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: VerifyBody, examples: VERIFY_EXAMPLES } },
    },
  },
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

export const handle: Handle = async (c, { useCases }) => {
  const body = await parseBody(c, VerifyBody, VERIFY_FIELDS);
  return verifyAnswer(
    body.kind === "docker"
      ? await useCases.verifyDocker(body.credentials)
      : await useCases.verifyRepo(body.request),
  );
};
