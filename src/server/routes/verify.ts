import { NotAcceptedAnswer, VerifiedAllAnswer } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseBody } from "../parse.ts";
import { verifyAnswer } from "../respond/verified.ts";
import { VERIFY_FIELDS, VerifyBody } from "../schemas/verify.ts";
import { VERIFY_EXAMPLES } from "./examples.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: VerifyBody, examples: VERIFY_EXAMPLES } },
    },
  },
  responses: {
    200: json("Nothing speaks against it", VerifiedAllAnswer),
    422: json(
      "It is not accepted where it would be used, or that cannot be asked",
      NotAcceptedAnswer,
    ),
    ...errors({
      400: "A field is missing or invalid",
      403: "A web page of another site asks",
      408: "The body does not come in time",
      413: "The body is over 1 MiB",
      415: "A web page sends the body as another type than JSON",
      421: "The host name is none that this server answers to",
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
