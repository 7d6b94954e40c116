import { z } from "@hono/zod-openapi";
import { type Field, open, type Shape } from "../../fields/field.ts";
import type { SecretData } from "../../kube/store.ts";
import type { SecretKind } from "./credential_kind.ts";
import { shownText } from "./url.ts";

// No `i` flag, since patterns in OpenAPI have no flags.
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

/** Argo CD's name for a repository, which charts refer to. */
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
  "must be the name of an Argo CD project",
);

/** One option: a field of a request, and its key in Argo CD's secret. */
interface Option<Schema extends z.ZodType = z.ZodType> extends Field<Schema> {
  readonly key: string;
  /** Argo CD ignores the key in templates. */
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

/** The options besides URL and credential. An absent option stays as it is in a replaced secret. */
export const optionFields = {
  repository_name: option(
    "name",
    open(
      RepositoryName.optional(),
      "Argo CD's name for the repository, which charts refer to (@team-charts)",
      { value: "name", otherwise: "unchanged; NAME for a new secret" },
    ),
    REPOSITORY,
  ),
  project: option(
    "project",
    open(Project.optional(), "Argo CD project that alone may use it (repositories)", {
      value: "name",
    }),
    REPOSITORY,
  ),
  proxy: option(
    "proxy",
    open(Proxy.optional(), "Proxy for the repository: a URL with http, https, socks5 or socks5h", {
      by: "text_or_file",
      value: "url",
      example: "http://proxy.example.com:3128",
      shown: shownText,
    }),
  ),
  no_proxy: option(
    "noProxy",
    open(NoProxy.optional(), "Hosts to reach without the proxy, comma-separated", {
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
    onOff("Send user name and password with the first request (Git)"),
    GIT,
  ),
  enable_lfs: option("enableLfs", onOff("Fetch Git LFS files (Git repositories)"), {
    ...REPOSITORY,
    ...GIT,
  }),
  depth: option(
    "depth",
    open(Depth.optional(), "Number of commits to fetch (Git)", {
      also: "needs Argo CD 3.3 or later",
    }),
    { ...REPOSITORY, ...GIT },
  ),
  insecure_oci_http: option(
    "insecureOCIForceHttp",
    onOff("Use plain HTTP for the registry (OCI)"),
  ),
};

export type RepositoryOptions = Readonly<
  Partial<z.output<z.ZodObject<Shape<typeof optionFields>>>>
>;

const OPTIONS: readonly [string, Option][] = Object.entries(optionFields);

/**
 * The data of a secret with these options. Argo CD parses booleans with Go's `ParseBool`; one that cannot
 * be parsed breaks more than its own secret.
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

/** The keys of options that never hold a credential; a proxy URL may hold one. */
export function openOptionKeys(): string[] {
  return OPTIONS.flatMap(([, { key, shown }]) => shown === undefined ? [key] : []);
}

/** An option's value, masked for output; `undefined` when the key belongs to no option. */
export function shownOption(key: string, text: string): string | undefined {
  const [, found] = OPTIONS.find(([, option]) => option.key === key) ?? [];
  return found && String(found.shown?.(text) ?? text);
}
