import { z } from "@hono/zod-openapi";
import { comparableUrl, templateKey } from "../../credentials/kinds/comparable_url.ts";
import {
  exactName,
  type RepositoryOptions,
  templateName,
} from "../../credentials/kinds/repository.ts";
import { MAX_SUFFIX, sharedPrefix } from "../../credentials/kinds/repository_names.ts";
import { parseUrl, type UrlQuestion } from "../../credentials/kinds/repository_url.ts";
import type { SpelledUrl } from "../../credentials/kinds/url.ts";
import {
  checkNameRoom,
  ClusterName,
  DryRun,
  Force,
  MAX_NAME,
  secretName,
  Upsert,
  Verify,
} from "./fields.ts";
import { requires } from "./missing.ts";
import { repoCredential, repoCredentialFields } from "./repo_credential.ts";

/** Most URLs of one request. */
const MAX_URLS = 100;

/** Said of the name of a secret that others stand beside. */
export const NAME_ROOM =
  "at most 244 characters where NAME-template is written too, 242 where NAME-repository is, and " +
  "32 fewer where there are several URLs";

export const RepositoryTypeField = z.enum(["git", "helm", "oci"], {
  error: "must be git, helm or oci",
}).openapi({ description: "Kind of repository" });

const As = z.enum(["repository", "repo-creds"], { error: "must be repository or repo-creds" })
  .default("repository")
  .openapi({
    description:
      "repo-creds: a template for all repositories below the URL; of type helm and oci " +
      "also NAME-repository for the URL itself",
  });

const Urls = z.array(z.string(), { error: "must be an array of strings" })
  .min(1, "must have a URL").max(MAX_URLS, `must have at most ${MAX_URLS} URLs`);

/** Where the repositories are. */
export const urlFields = {
  url: z.string().optional().openapi({
    description: "By https, http, oci or SSH; a template's is what all its repositories begin with",
    example: "https://github.com/org/repo.git",
  }),
  urls: Urls.optional().openapi({
    description: "In place of the single one: several with the same credential",
  }),
};

// Not by `regex`: a pattern of OpenAPI knows no flags.
const Proxy = z.string().max(2048, "must be shorter").refine(
  (text) => /^(https?|socks5h?):\/\/[^\s/?#]+\/?$/i.test(text),
  "must be a URL like http://proxy.example.com:3128",
);

const NoProxy = z.string().max(2048, "must be shorter").refine(
  (text) => !/[\s\p{Cc}]/u.test(text),
  "must be hosts separated by commas",
);

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

const RepoFields = z.strictObject({
  cluster_name: ClusterName,
  name: secretName(NAME_ROOM),
  type: RepositoryTypeField,
  ...urlFields,
  as: As,
  ...repoCredentialFields,
  ...optionFields,
  template: z.boolean().default(true).openapi({
    description: "Whether to write NAME-template too where the URL alone matches no chart",
  }),
  upsert: Upsert,
  force: Force,
  verify: Verify,
  dry_run: DryRun,
});

/** Names of the fields of {@link AddRepoBody}. */
export const ADD_REPO_FIELDS = Object.keys(RepoFields.shape);

export const AddRepoBody = requires(
  RepoFields,
  "url",
  ({ url, urls }) => url === undefined && urls === undefined,
).transform((body, context) => {
  const { type, as, name, cluster_name: cluster, template, upsert, force, verify } = body;
  const urls = spelledUrls(body, { type, as }, context);
  const over = urls.map(({ url }) => url.over);
  checkRoom({ name, template }, urls, context);
  const { hints, ...credential } = repoCredential(body, type, over, context);
  const options = repositoryOptions(body, urls, context);
  return {
    cluster,
    name,
    type,
    as,
    urls,
    ...credential,
    options,
    template,
    upsert,
    force,
    verify,
    dryRun: body.dry_run,
    hints: [...hints, ...templateHint(as, urls)],
  };
}).openapi("AddRepo");

interface GivenUrls {
  readonly url?: string;
  readonly urls?: readonly string[];
}

/** The URLs, understood; what is wrong with one is an issue. */
export function spelledUrls(
  { url, urls }: GivenUrls,
  question: UrlQuestion,
  context: z.RefinementCtx,
  fields = { one: "url", many: "urls" },
): SpelledUrl[] {
  const wrong = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  if (url !== undefined && urls !== undefined) {
    wrong([fields.many], `contradicts '${fields.one}'; give one of them`);
    return [];
  }
  const understood: SpelledUrl[] = [];
  const seen = new Map<string, number>();
  (urls ?? [url ?? ""]).forEach((spelled, i) => {
    const path = urls === undefined ? [fields.one] : [fields.many, i];
    const parsed = parseUrl(spelled, question);
    if (!parsed.ok) return void wrong(path, parsed.why);
    const { url } = parsed.value;
    const key = question.as === "repo-creds" ? templateKey(url) : comparableUrl(url);
    if (seen.has(key)) {
      return void wrong(path, `is the same repository to Argo CD as the one at ${seen.get(key)}`);
    }
    seen.set(key, i);
    understood.push({ spelled, url: parsed.value });
  });
  return understood;
}

interface Named {
  readonly name: string;
  /** Whether a template may be written beside a repository. */
  readonly template: boolean;
}

/** Of several URLs each secret gets a longer name, and a template one longer still. */
export function checkRoom(
  { name, template }: Named,
  urls: readonly SpelledUrl[],
  context: z.RefinementCtx,
): void {
  const isBeside = template && urls.some(({ url }) => url.templatePrefix !== undefined);
  const hasExact = urls.some(({ url }) => url.exactUrl !== undefined);
  const suffix = hasExact ? exactName("") : isBeside ? templateName("") : "";
  if (urls.length <= 1) return checkNameRoom(name, suffix, context);
  const max = MAX_NAME - suffix.length - MAX_SUFFIX;
  if (name.length <= max) return;
  const message = `must be at most ${max} characters long where there are several URLs`;
  context.addIssue({ code: "custom", path: ["name"], message });
}

type GivenOptions = z.output<z.ZodObject<typeof optionFields>> & {
  readonly type: "git" | "helm" | "oci";
  readonly as: "repository" | "repo-creds";
};

const REPOSITORY_ONLY = ["repository_name", "project", "insecure", "enable_lfs", "depth"] as const;
const GIT_ONLY = ["force_basic_auth", "enable_lfs", "depth"] as const;

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

/** That one template could do what several repositories do. */
function templateHint(as: string, urls: readonly SpelledUrl[]): string[] {
  const prefix = as === "repository" ? sharedPrefix(urls.map(({ url }) => url.url)) : undefined;
  return prefix === undefined ? [] : [
    `All these URLs begin with ${prefix}: one template would do for all of them, and for those to ` +
    `come (send "as": "repo-creds" and "url": ${JSON.stringify(prefix)})`,
  ];
}
