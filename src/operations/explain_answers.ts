import { z } from "@hono/zod-openapi";

/** The JSON of `GET /explain`. */

const place = { namespace: z.string(), name: z.string() };
const kind = z.enum(["repository", "template"]);

/** A problem of stored secrets, and what to do about it. */
export const FindingAnswer = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  secrets: z.array(z.object(place)).describe(
    "The secrets with the problem, the one to change first",
  ),
}).openapi("ExplainFinding");

const Named = z.object({
  ...place,
  kind,
  url: z.string(),
  project: z.string().optional(),
}).openapi("ExplainedSecret");

const WAY = {
  used: z.object({
    ...place,
    kind,
    credential: z.string().openapi({ example: "password" }),
    username: z.string().optional(),
  }).nullable().describe("The secret that the credential comes from; null if there is none"),
  repository: Named.nullable().describe("The repository secret of the URL"),
  template: Named.nullable().describe("The template that is used for the URL"),
  client: z.enum(["git", "helm", "oci"]).describe("Which of Argo CD's clients reads the source"),
  inherited: z.array(z.string()).describe("Keys that come from the template"),
  overwritten: z.array(z.string()).describe("Flags of the repository that the template overrides"),
  credentials: z.array(z.string()).describe(
    "Credentials that the client finds, in its order: the first one is used",
  ),
  failed: z.object(place).nullable().describe(
    "A secret that Argo CD cannot read: every Application with the URL fails",
  ),
};

export const RepositoryExplainedAnswer = z.object({
  cluster: z.string(),
  url: z.string(),
  project: z.string(),
  ...WAY,
  ambiguous: z.boolean().describe(
    "Whether several secrets match equally well: Argo CD picks one at random",
  ),
  possible: z.array(z.object(WAY).openapi("PossibleWay")).optional().describe(
    "If ambiguous: the possible results, at most a hundred",
  ),
  candidates: z.array(
    Named.extend({
      state: z.enum(["used", "possible", "not_used"]),
      why: z.string(),
    }).openapi("RepositoryCandidate"),
  ).describe("Secrets that match the URL, or almost match it"),
  findings: z.array(FindingAnswer),
  argocd_rules: z.string().describe("The version of Argo CD whose rules these are"),
}).openapi("RepositoryExplained");

export type RepositoryExplainedAnswer = z.infer<typeof RepositoryExplainedAnswer>;

const Login = {
  ...place,
  key: z.string().describe("The key of the entry, as stored").openapi({
    example: "https://ghcr.io",
  }),
  username: z.string().optional(),
};

export const ImageExplainedAnswer = z.object({
  cluster: z.string(),
  image: z.string(),
  image_repository: z.string().describe("The name that the kubelet looks up a login for")
    .openapi({ example: "docker.io/library/nginx" }),
  namespace: z.string(),
  service_account: z.string(),
  used: z.object(Login).nullable().describe(
    "The login that the kubelet uses first; null if it pulls without one, or not at all",
  ),
  ambiguous: z.boolean().describe("Whether the order of entries in a secret is random"),
  failed: z.object(place).nullable().describe(
    "A secret that the kubelet cannot read: it pulls nothing",
  ),
  candidates: z.array(
    z.object({
      ...Login,
      key: Login.key.optional(),
      state: z.enum(["used", "possible", "next", "not_used"]).describe(
        "`next`: used if the registry refuses those before it",
      ),
      why: z.string(),
    }).openapi("ImageCandidate"),
  ).describe("In the kubelet's order, followed by those that it does not use"),
  findings: z.array(FindingAnswer),
  kubelet_rules: z.string().describe("The version of Kubernetes whose rules these are"),
  warnings: z.array(z.string()).optional().describe("What could not be read"),
}).openapi("ImageExplained");

export type ImageExplainedAnswer = z.infer<typeof ImageExplainedAnswer>;
