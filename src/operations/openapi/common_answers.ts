import { type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { Face } from "../face.ts";
import { Fleet, FleetEventLine } from "../fleet_answers.ts";
import type { Answers, DescribedAnswer, Operation } from "../operation.ts";
import { Envelope, SeedEnvelope, SeedWriteFailed, WriteFailed } from "../error_answers.ts";
import { Secrets, SecretsFailed } from "../secret_answers.ts";
import * as answers from "../write_answers.ts";

/**
 * Answers of the middleware in front of an endpoint, and of bugs. In OpenAPI each is a component, so an
 * endpoint's file describes only its own answers.
 */

type Registry = OpenAPIHono["openAPIRegistry"];
type Responses = RouteConfig["responses"];

interface CommonAnswer {
  /** Name of the component. */
  readonly name: string;
  readonly when: string;
}

/** Answers at the root that differ from those below `/api/v1`, by the latter. */
const ROOT_FORMS: readonly (readonly [z.ZodType, z.ZodType])[] = [
  [answers.NotAcceptedAnswer, answers.RootNotAcceptedAnswer],
  [answers.VerifiedAllAnswer, answers.RootVerifiedAllAnswer],
  [answers.DockerAddedAnswer, answers.RootDockerAddedAnswer],
  [answers.RepoAddedAnswer, answers.RootRepoAddedAnswer],
  [answers.HelmRepoAddedAnswer, answers.RootHelmRepoAddedAnswer],
  [answers.HelmReposAddedAnswer, answers.RootHelmReposAddedAnswer],
];

/** Errors on the seed's own paths besides, which have no code, field or remedy. */
const SEED_FORMS: typeof ROOT_FORMS = [
  [Envelope, SeedEnvelope],
  [WriteFailed, SeedWriteFailed],
  [SecretsFailed, Secrets],
  [answers.NotAcceptedAnswer, answers.SeedNotAcceptedAnswer],
  [answers.SecretsExistAnswer, answers.SeedSecretsExistAnswer],
  [answers.HelmRepoExistsAnswer, answers.SeedHelmRepoExistsAnswer],
];

const FORMS: Readonly<Record<Face, ReadonlyMap<z.ZodType, z.ZodType>>> = {
  v1: new Map(),
  root: new Map(ROOT_FORMS),
  seed: new Map([...ROOT_FORMS, ...SEED_FORMS]),
};

/** Prefix for names of components of the seed's own paths: errors without a code. */
const PLAIN = "Plain";

const prefixOf = (face: Face) => face === "seed" ? PLAIN : "";

const RESPONSES = "#/components/responses/";

type CommonAnswers = Readonly<Record<number, CommonAnswer>>;

const OF_ALL: CommonAnswers = {
  500: { name: "Bug", when: "A bug in the server: look up `request_id` in its log" },
};

/** Answers of all endpoints that need a token. */
const OF_GUARDED: CommonAnswers = {
  400: { name: "NoHost", when: "The header `Host` is missing or not a single host name" },
  401: { name: "Unauthorized", when: "The token is missing, malformed, unknown or expired" },
  403: {
    name: "Forbidden",
    when: "The role or the clusters of the token do not allow the request; on a server without " +
      "tokens, the request comes from a web page of another site",
  },
  421: {
    name: "Misdirected",
    when: "On a server without tokens, the host name is not allowed",
  },
  429: {
    name: "TooMany",
    when: "Rate limit exceeded: too many missing or wrong tokens from this address, or too many " +
      "credentials verified or searched for within a minute",
  },
  503: {
    name: "Unavailable",
    when:
      "Too many concurrent requests: more than the setting `max-requests` allows, or more than can " +
      "be served in time for the server, a cluster or a token; the server is shutting down, or the " +
      "tokens file cannot be used",
  },
};

const OF_BODIES: CommonAnswers = {
  408: { name: "BodyTooSlow", when: "Timeout while reading the request body" },
  413: { name: "BodyTooLarge", when: "The body is larger than 1 MiB" },
  415: { name: "NotJson", when: "A web page sent a body that is not JSON" },
};

const HEADERS = {
  RequestId: {
    description:
      "ID of the request in the server's log. Taken from the request's header if that has " +
      "at most 64 letters, digits, `_`, `-` and `=`; otherwise generated",
    required: true,
    schema: { type: "string" },
  },
  RetryAfter: {
    description: "Seconds until a retry may succeed, if known",
    schema: { type: "integer", minimum: 0 },
  },
  Challenge: {
    description: "A bearer token is required; `error` is present if the given token is wrong",
    required: true,
    schema: { type: "string" },
    example: 'Bearer realm="argocd-configurer", error="invalid_token"',
  },
  Allow: {
    description: "Methods of this path",
    required: true,
    schema: { type: "string" },
    example: "POST, OPTIONS",
  },
} as const;

/** Headers by status, in addition to `X-Request-Id`, which every answer has. */
const HEADERS_OF: Readonly<Record<number, [name: string, component: keyof typeof HEADERS]>> = {
  401: ["WWW-Authenticate", "Challenge"],
  405: ["Allow", "Allow"],
  429: ["Retry-After", "RetryAfter"],
  503: ["Retry-After", "RetryAfter"],
};

/**
 * Registers the components that {@link responsesOf} refers to.
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
  for (const prefix of [PLAIN, ""]) {
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
 * All answers of an endpoint: its own and the common ones. A status that both have gets both descriptions.
 * @param takesBody whether the endpoint has a request body
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

/** Adds the answer for several clusters, which may have any of the statuses of a single one. */
function ofEach(ofOne: Answers): Answers {
  const each = Object.entries(ofOne)
    .map(([status, { when, bodies }]) => [status, { when, bodies: [...bodies, Fleet] }]);
  const some = "Several clusters: some succeeded and some did not";
  return { ...Object.fromEntries(each), 207: { when: some, bodies: [Fleet] } };
}

/** A stream of events always has status 200, whatever the results of the clusters. */
const withEvents = (answers: Answers): Answers => ({
  ...answers,
  200: { event: FleetEventLine, ...answers[200]! },
});

/** At least one of both answers is given. */
function responseOf(
  status: number,
  own: DescribedAnswer | undefined,
  common: CommonAnswer | undefined,
  face: Face,
): Responses[string] {
  if (own === undefined) return { $ref: RESPONSES + prefixOf(face) + common!.name };
  const formOf = (body: z.ZodType) => FORMS[face].get(body) ?? body;
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
