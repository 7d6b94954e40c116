import { type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import * as answers from "../answers.ts";
import type { Face } from "../face.ts";
import { Fleet, FleetEventLine } from "../fleet_answers.ts";
import type { Answers, DescribedAnswer, Operation } from "../operation.ts";
import { Envelope, SeedEnvelope, SeedWriteFailed, WriteFailed } from "../error_answers.ts";

/**
 * The answers that come from what stands before an endpoint, or of a bug in it: for OpenAPI, where
 * each is a component, so that an endpoint's file has only what is its own.
 */

type Registry = OpenAPIHono["openAPIRegistry"];
type Responses = RouteConfig["responses"];

interface CommonAnswer {
  /** Of the component. */
  readonly name: string;
  readonly when: string;
}

/** Errors on the seed's own paths, which have no code, field or remedy, by those everywhere else. */
const SEED_FORMS: ReadonlyMap<z.ZodType, z.ZodType> = new Map<z.ZodType, z.ZodType>([
  [Envelope, SeedEnvelope],
  [WriteFailed, SeedWriteFailed],
  [answers.SecretsFailed, answers.Secrets],
  [answers.NotAcceptedAnswer, answers.SeedNotAcceptedAnswer],
  [answers.SecretsExistAnswer, answers.SeedSecretsExistAnswer],
  [answers.HelmRepoExistsAnswer, answers.SeedHelmRepoExistsAnswer],
]);

/** Before the names of components that are for the seed's own paths. */
const prefixOf = (face: Face) => face === "seed" ? "Seed" : "";

const RESPONSES = "#/components/responses/";

type CommonAnswers = Readonly<Record<number, CommonAnswer>>;

const OF_ALL: CommonAnswers = {
  500: { name: "Bug", when: "A bug of the server: its log has more under `request_id`" },
};

/** Of all but those that answer anyone. */
const OF_GUARDED: CommonAnswers = {
  400: { name: "NoHost", when: "Header `Host` is missing, or is not one host name" },
  401: { name: "Unauthorized", when: "The token is missing, malformed, unknown or has expired" },
  403: {
    name: "Forbidden",
    when: "The token's role, or its list of clusters, does not allow this; where there are no " +
      "tokens, a web page of another site asks",
  },
  421: {
    name: "Misdirected",
    when: "There are no tokens, and the host name is none that this server answers to",
  },
  429: {
    name: "TooMany",
    when:
      "Too many missing or wrong tokens have come from this address, or within a minute too many " +
      "credentials were tried or looked for",
  },
  503: {
    name: "Unavailable",
    when:
      "More requests at once than the setting `max-requests` allows, or than can be served in " +
      "time, of all, of a cluster or of a token; the server is shutting down, or the file of tokens " +
      "cannot be used",
  },
};

const OF_BODIES: CommonAnswers = {
  408: { name: "BodyTooSlow", when: "The body was not complete in time" },
  413: { name: "BodyTooLarge", when: "The body is over 1 MiB" },
  415: { name: "NotJson", when: "A web page sends the body as another type than JSON" },
};

const HEADERS = {
  RequestId: {
    description: "By it the server's log finds the request. That of the request, when it has one " +
      "of at most 64 letters, digits, `_`, `-` and `=`; else a new one",
    required: true,
    schema: { type: "string" },
  },
  RetryAfter: {
    description: "Seconds until another try may succeed, where that is known",
    schema: { type: "integer", minimum: 0 },
  },
  Challenge: {
    description: "That a bearer token is asked for, and whether the one sent is wrong",
    required: true,
    schema: { type: "string" },
    example: 'Bearer realm="argocd-configurer", error="invalid_token"',
  },
  Allow: {
    description: "The methods of this path",
    required: true,
    schema: { type: "string" },
    example: "POST, OPTIONS",
  },
} as const;

/** Besides `X-Request-Id`, which every answer has. */
const HEADERS_OF: Readonly<Record<number, [name: string, component: keyof typeof HEADERS]>> = {
  401: ["WWW-Authenticate", "Challenge"],
  405: ["Allow", "Allow"],
  429: ["Retry-After", "RetryAfter"],
  503: ["Retry-After", "RetryAfter"],
};

/**
 * Registers what {@link responsesOf} refers to.
 * @param responses of all operations
 */
export function registerCommon(registry: Registry, responses: readonly Responses[]): void {
  const used = new Set(
    responses.flatMap((each) =>
      Object.values(each).flatMap((one) => "$ref" in one ? [one.$ref] : [])
    ),
  );
  for (const [name, header] of Object.entries(HEADERS)) {
    registry.registerComponent("headers", name, header);
  }
  const common = Object.entries({ ...OF_ALL, ...OF_GUARDED, ...OF_BODIES });
  for (const prefix of ["Seed", ""]) {
    const schema = { $ref: `#/components/schemas/${prefix}Error` };
    for (const [status, { name, when }] of common) {
      if (!used.has(RESPONSES + prefix + name)) continue;
      registry.registerComponent("responses", prefix + name, {
        description: when,
        headers: headersOf(Number(status)),
        content: { "application/json": { schema } },
      });
    }
  }
}

/**
 * All answers of an endpoint: its own, and the common ones. Where both have a status, both are said.
 * @param takesBody whether it has a request body
 */
export function responsesOf(
  { role, clusters }: Pick<Operation, "role" | "clusters">,
  face: Face,
  ofOne: Answers,
  takesBody: boolean,
): Responses {
  const isOfSeveral = face === "v1" && (clusters === "each" || clusters === "many");
  const own = isOfSeveral ? withEvents(clusters === "each" ? ofEach(ofOne) : ofOne) : ofOne;
  const common: CommonAnswers = {
    ...OF_ALL,
    ...role === "anyone" ? {} : OF_GUARDED,
    ...takesBody ? OF_BODIES : {},
  };
  const statuses = [...new Set([...Object.keys(own), ...Object.keys(common)])].map(Number);
  return Object.fromEntries(
    statuses.map((status) => [status, responseOf(status, own[status], common[status], face)]),
  );
}

/** Besides the answers about one cluster those about several, whose status may be any of these. */
function ofEach(ofOne: Answers): Answers {
  const each = Object.entries(ofOne)
    .map(([status, { when, bodies }]) => [status, { when, bodies: [...bodies, Fleet] }]);
  const some = "Of several clusters some have succeeded and some have not";
  return { ...Object.fromEntries(each), 207: { when: some, bodies: [Fleet] } };
}

/** Who asks for a stream of events gets it with status 200, whatever comes of the clusters. */
const withEvents = (answers: Answers): Answers => ({
  ...answers,
  200: { event: FleetEventLine, ...answers[200]! },
});

/** At least one of them is there. */
function responseOf(
  status: number,
  own: DescribedAnswer | undefined,
  common: CommonAnswer | undefined,
  face: Face,
): Responses[string] {
  if (own === undefined) return { $ref: RESPONSES + prefixOf(face) + common!.name };
  const formOf = (body: z.ZodType) => face === "seed" ? SEED_FORMS.get(body) ?? body : body;
  const bodies = [...new Set([...own.bodies, ...common ? [Envelope] : []].map(formOf))];
  return {
    description: common === undefined ? own.when : `${own.when}; ${lowerFirst(common.when)}`,
    headers: headersOf(status),
    content: {
      "application/json": { schema: bodies.length > 1 ? z.union(bodies) : bodies[0] },
      ...own.event === undefined ? {} : { "application/x-ndjson": { schema: own.event } },
    },
  };
}

function headersOf(status: number) {
  const [name, component] = HEADERS_OF[status] ?? [];
  return {
    "X-Request-Id": headerRef("RequestId"),
    ...name === undefined ? {} : { [name]: headerRef(component!) },
  };
}

function headerRef(component: keyof typeof HEADERS) {
  return { $ref: `#/components/headers/${component}` };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
