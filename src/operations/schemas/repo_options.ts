import { z } from "@hono/zod-openapi";
import type { RepositoryOptions } from "../../credentials/kinds/repository.ts";
import type { SpelledUrl } from "../../credentials/kinds/url.ts";
import { be, hasNone, hasWith, when } from "./rules.ts";

/** What a request says of a repository besides its URL and credential. */

export const RepositoryTypeField = z.enum(["git", "helm", "oci"], {
  error: "must be git, helm or oci",
}).openapi({ description: "Kind of repository" });

// Without a flag: a pattern of OpenAPI has none.
const Proxy = z.string().max(2048, "must be shorter").regex(
  /^([Hh][Tt][Tt][Pp][Ss]?|[Ss][Oo][Cc][Kk][Ss]5[Hh]?):\/\/[^\s/?#]+\/?$/,
  "must be a URL like http://proxy.example.com:3128",
);

const NoProxy = z.string().max(2048, "must be shorter").refine(
  (text) => !/[\s\p{Cc}]/u.test(text),
  "must be hosts separated by commas",
).openapi({ pattern: "^[^\\s\\x00-\\x1f\\x7f-\\x9f]*$" });

/** Argo CD's own name of a repository, which charts depend on. */
export const RepositoryName = z.string()
  .min(1, "must not be empty").max(253, "must be at most 253 characters long")
  .refine(
    (text) => !/^\s|\s$|\p{Cc}/u.test(text),
    "must not begin or end with white space, or have control characters",
  ).openapi({
    description: "How charts find it (`@team-charts`); by default it is NAME where the secret is " +
      "new, and stays as it is where one is replaced",
    example: "team-charts",
    pattern:
      "^[^\\s\\x00-\\x1f\\x7f-\\x9f]([^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$",
  });

/** What is written besides URL and credential. */
export const optionFields = {
  repository_name: RepositoryName.optional(),
  project: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, {
    message: "must be the name of a project of Argo CD",
  }).optional().openapi({
    description: "Argo CD's project that alone may use it; of repositories only",
  }),
  proxy: Proxy.optional().openapi({
    description: "URL of a proxy by http, https, socks5 or socks5h",
    example: "http://proxy.example.com:3128",
  }),
  no_proxy: NoProxy.optional().openapi({
    description: "Hosts that are reached without the proxy, separated by commas",
  }),
  insecure: z.boolean().optional().openapi({
    description: "Whether the server's certificate or host key is not verified",
  }),
  force_basic_auth: z.boolean().optional().openapi({
    description: "Whether user name and password are sent unasked; of Git only",
  }),
  enable_lfs: z.boolean().optional().openapi({
    description: "Whether files of Git LFS are fetched; of Git repositories only",
  }),
  depth: z.int("must be a whole number").min(0, "must not be negative")
    .max(1_000_000, "must be at most 1000000").optional().openapi({
      description: "Commits that are fetched; read by Argo CD 3.3 and later",
    }),
  insecure_oci_http: z.boolean().optional().openapi({
    description: "Whether the registry is reached by plain HTTP; of OCI only",
  }),
};

type GivenOptions = z.output<z.ZodObject<typeof optionFields>> & {
  readonly type: "git" | "helm" | "oci";
  readonly as: "repository" | "repo-creds";
};

const REPOSITORY_ONLY = ["repository_name", "project", "insecure", "enable_lfs", "depth"] as const;
export const GIT_ONLY = ["force_basic_auth", "enable_lfs", "depth"] as const;

/** What {@link repositoryOptions} asks of a template. */
export const TEMPLATE_RULE = when(
  hasWith({ as: be("repo-creds") }),
  hasNone(...REPOSITORY_ONLY),
);

/** The options in a request; what is wrong with them is an issue. */
export function repositoryOptions(
  given: GivenOptions,
  urls: readonly SpelledUrl[],
  context: z.RefinementCtx,
): RepositoryOptions {
  const wrong = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  for (const field of REPOSITORY_ONLY) {
    if (given.as === "repo-creds" && given[field] !== undefined) {
      wrong(field, "is for repositories only: Argo CD does not read it from templates");
    }
  }
  for (const field of GIT_ONLY) {
    if (given.type !== "git" && given[field] !== undefined) {
      wrong(field, "is for Git repositories only");
    }
  }
  checkRepositoryName(given.repository_name, urls, context);
  if (given.insecure_oci_http !== undefined && !urls.every(({ url }) => url.oci)) {
    wrong("insecure_oci_http", "is for OCI registries only");
  }
  return {
    name: given.repository_name,
    project: given.project,
    proxy: given.proxy,
    noProxy: given.no_proxy,
    insecure: given.insecure,
    forceBasicAuth: given.force_basic_auth,
    enableLfs: given.enable_lfs,
    depth: given.depth,
    insecureOciHttp: given.insecure_oci_http,
  };
}

/** Two repositories of one name are one too many. */
export function checkRepositoryName(
  name: string | undefined,
  urls: readonly SpelledUrl[],
  context: z.RefinementCtx,
): void {
  if (name === undefined || urls.length <= 1) return;
  const message = "is for one URL: send one request for each repository";
  context.addIssue({ code: "custom", path: ["repository_name"], message });
}
