import { z } from "@hono/zod-openapi";

/** What `GET /explain` answers. */

const place = { namespace: z.string(), name: z.string() };
const kind = z.enum(["repository", "template"]);

/** What is wrong with stored secrets, and what to do about it. */
export const FindingAnswer = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  secrets: z.array(z.object(place)).describe("That it is about, the one to change first"),
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
  }).nullable().describe("The secret that the credential comes from; null where there is none"),
  repository: Named.nullable().describe("The repository secret of the URL"),
  template: Named.nullable().describe("The template that is used for it"),
  client: z.enum(["git", "helm", "oci"]).describe("Which of Argo CD's clients reads the source"),
  inherited: z.array(z.string()).describe("Keys that the template gives"),
  overwritten: z.array(z.string()).describe("Flags of the repository that the template changes"),
  credentials: z.array(z.string()).describe(
    "What the client finds, in the order in which it looks: the first is used",
  ),
  failed: z.object(place).nullable().describe(
    "The secret that Argo CD cannot read, so that each Application with the URL fails",
  ),
};

export const RepositoryExplainedAnswer = z.object({
  cluster: z.string(),
  url: z.string(),
  project: z.string(),
  ...WAY,
  ambiguous: z.boolean().describe(
    "Whether several secrets fit equally well: Argo CD takes one of them at random",
  ),
  possible: z.array(z.object(WAY).openapi("PossibleWay")).optional().describe(
    "Where it is ambiguous: the ways it may go, a hundred at most",
  ),
  candidates: z.array(
    Named.extend({
      state: z.enum(["used", "possible", "not_used"]),
      why: z.string(),
    }).openapi("RepositoryCandidate"),
  ).describe("Secrets that match the URL, or nearly do"),
  findings: z.array(FindingAnswer),
  argocd_rules: z.string().describe("The version of Argo CD whose rules these are"),
}).openapi("RepositoryExplained");

export type RepositoryExplainedAnswer = z.infer<typeof RepositoryExplainedAnswer>;

const Login = {
  ...place,
  key: z.string().describe("The entry's, as it stands").openapi({ example: "https://ghcr.io" }),
  username: z.string().optional(),
};

export const ImageExplainedAnswer = z.object({
  cluster: z.string(),
  image: z.string(),
  image_repository: z.string().describe("What kubelet looks up a login for")
    .openapi({ example: "docker.io/library/nginx" }),
  namespace: z.string(),
  service_account: z.string(),
  used: z.object(Login).nullable().describe(
    "The login that kubelet tries first; null where it pulls without one, or not at all",
  ),
  ambiguous: z.boolean().describe("Whether chance decides which entry of a secret is tried first"),
  failed: z.object(place).nullable().describe(
    "The secret that kubelet cannot read, so that it pulls nothing",
  ),
  candidates: z.array(
    z.object({
      ...Login,
      key: Login.key.optional(),
      state: z.enum(["used", "possible", "next", "not_used"]).describe(
        "`next`: tried where the registry refuses those before it",
      ),
      why: z.string(),
    }).openapi("ImageCandidate"),
  ).describe("In kubelet's order, then those that it does not try"),
  findings: z.array(FindingAnswer),
  kubelet_rules: z.string().describe("The version of Kubernetes whose rules these are"),
  warnings: z.array(z.string()).optional().describe("What could not be seen"),
}).openapi("ImageExplained");

export type ImageExplainedAnswer = z.infer<typeof ImageExplainedAnswer>;
