import { z } from "@hono/zod-openapi";
import { type Field, open, type Shape } from "../../fields/field.ts";
import type { SecretData } from "../../kube/store.ts";
import type { SecretKind } from "./credential_kind.ts";
import { shownText } from "./url.ts";

// Without a flag: a pattern of OpenAPI has none.
const Proxy = z.string().max(2048, "must be shorter").regex(
  /^([Hh][Tt][Tt][Pp][Ss]?|[Ss][Oo][Cc][Kk][Ss]5[Hh]?):\/\/[^\s/?#]+\/?$/,
  "must be a URL like http://proxy.example.com:3128",
);

const NoProxy = z.string().max(2048, "must be shorter").refine(
  (text) => !/[\s\p{Cc}]/u.test(text),
  "must be hosts separated by commas",
).openapi({ pattern: "^[^\\s\\x00-\\x1f\\x7f-\\x9f]*$" });

const Depth = z.int("must be a whole number").min(0, "must not be negative")
  .max(1_000_000, "must be at most 1000000");

/** Argo CD's own name of a repository, which charts depend on. */
const RepositoryName = z.string()
  .min(1, "must not be empty").max(253, "must be at most 253 characters long")
  .refine(
    (text) => !/^\s|\s$|\p{Cc}/u.test(text),
    "must not begin or end with white space, or have control characters",
  ).openapi({
    example: "team-charts",
    pattern:
      "^[^\\s\\x00-\\x1f\\x7f-\\x9f]([^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$",
  });

const Project = z.string().regex(
  /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
  "must be the name of a project of Argo CD",
);

/** One option: a field of a request, and Argo CD's key. */
interface Option<Schema extends z.ZodType = z.ZodType> extends Field<Schema> {
  readonly key: string;
  /** Argo CD reads it from no template. */
  readonly isRepositoryOnly?: true;
  readonly isGitOnly?: true;
}

const option = <Schema extends z.ZodType>(
  key: string,
  field: Field<Schema>,
  only: Pick<Option, "isRepositoryOnly" | "isGitOnly"> = {},
): Option<Schema> => ({ ...field, ...only, key });

const onOff = (about: string) => open(z.boolean().optional(), about);

const REPOSITORY = { isRepositoryOnly: true } as const;
const GIT = { isGitOnly: true } as const;

/** What is written besides URL and credential. What is absent stays as it is in what is replaced. */
export const optionFields = {
  repository_name: option(
    "name",
    open(
      RepositoryName.optional(),
      "Argo CD's name of the repository, by which charts find it (@team-charts)",
      { value: "name", otherwise: "as it is, of a new secret NAME" },
    ),
    REPOSITORY,
  ),
  project: option(
    "project",
    open(Project.optional(), "Project of Argo CD that alone may use it (repositories)", {
      value: "name",
    }),
    REPOSITORY,
  ),
  proxy: option(
    "proxy",
    open(Proxy.optional(), "Proxy to reach it by: a URL by http, https, socks5 or socks5h", {
      by: "text_or_file",
      value: "url",
      example: "http://proxy.example.com:3128",
      shown: shownText,
    }),
  ),
  no_proxy: option(
    "noProxy",
    open(NoProxy.optional(), "Hosts that are reached without the proxy, by commas", {
      value: "hosts",
      shown: shownText,
    }),
  ),
  insecure: option(
    "insecure",
    onOff("Do not verify the server's certificate or host key"),
    REPOSITORY,
  ),
  force_basic_auth: option(
    "forceHttpBasicAuth",
    onOff("Send user name and password without being asked for them (Git)"),
    GIT,
  ),
  enable_lfs: option("enableLfs", onOff("Fetch files of Git LFS (Git repositories)"), {
    ...REPOSITORY,
    ...GIT,
  }),
  depth: option(
    "depth",
    open(Depth.optional(), "Commits that are fetched (Git)", {
      also: "read by Argo CD 3.3 and later",
    }),
    { ...REPOSITORY, ...GIT },
  ),
  insecure_oci_http: option(
    "insecureOCIForceHttp",
    onOff("Reach the registry by plain HTTP (OCI)"),
  ),
};

export type RepositoryOptions = Readonly<
  Partial<z.output<z.ZodObject<Shape<typeof optionFields>>>>
>;

const OPTIONS: readonly [string, Option][] = Object.entries(optionFields);

/**
 * Argo CD's keys of the options. Booleans are read by Go's `ParseBool`; one that cannot be breaks
 * the reading of more than its own secret.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.12/util/db/repository_secrets.go
 */
export function optionKeys(options: RepositoryOptions, secretType: SecretKind): SecretData {
  return Object.fromEntries(
    OPTIONS.flatMap(([name, { key, isRepositoryOnly }]) => {
      const value = options[name as keyof RepositoryOptions];
      const isRead = secretType === "repository" || !isRepositoryOnly;
      return value === undefined || !isRead ? [] : [[key, String(value)]];
    }),
  );
}

/** Argo CD's keys of the options in which no credential can stand: a proxy's URL may have one. */
export function openOptionKeys(): string[] {
  return OPTIONS.flatMap(([, { key, shown }]) => shown === undefined ? [key] : []);
}

/** What is shown of an option's value; `undefined` for a key that is of none. */
export function shownOption(key: string, text: string): string | undefined {
  const [, found] = OPTIONS.find(([, option]) => option.key === key) ?? [];
  return found && String(found.shown?.(text) ?? text);
}
