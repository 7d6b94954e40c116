import { z } from "@hono/zod-openapi";
import type { RepositoryType, SecretKind } from "../../credentials/kinds/credential_kind.ts";
import {
  optionFields,
  type RepositoryOptions,
} from "../../credentials/kinds/repository_options.ts";
import type { SpelledUrl } from "../../credentials/kinds/url.ts";
import { be, hasNone, hasWith, when } from "../../fields/rules.ts";
import { refusing } from "../../fields/texts.ts";

/** The options of a repository besides its URL and credential. */

export const RepositoryTypeField = z.enum(["git", "helm", "oci"], {
  error: "must be git, helm or oci",
});

const NAMES = Object.keys(optionFields) as (keyof RepositoryOptions)[];
const REPOSITORY_ONLY = NAMES.filter((name) => optionFields[name].isRepositoryOnly);
export const GIT_ONLY = NAMES.filter((name) => optionFields[name].isGitOnly);

/** The checks of {@link repositoryOptions} for a template. */
export const TEMPLATE_RULE = when(
  hasWith({ as: be("repo-creds") }),
  hasNone(...REPOSITORY_ONLY),
);

interface Given extends RepositoryOptions {
  readonly type: RepositoryType;
  readonly as: SecretKind;
}

/** Returns the options of a request; adds an issue to the context for each error. */
export function repositoryOptions(
  given: Given,
  urls: readonly SpelledUrl[],
  context: z.RefinementCtx,
): RepositoryOptions {
  const wrong = refusing(context);
  const options = NAMES.filter((name) => given[name] !== undefined);
  for (const name of options) {
    if (given.as === "repo-creds" && optionFields[name].isRepositoryOnly) {
      wrong(name, "is for repositories only: Argo CD does not read it from templates");
    }
    if (given.type !== "git" && optionFields[name].isGitOnly) {
      wrong(name, "is for Git repositories only");
    }
  }
  if (given.repository_name !== undefined && urls.length > 1) {
    wrong("repository_name", "is for a single URL: send one request per repository");
  }
  if (given.insecure_oci_http !== undefined && !urls.every(({ url }) => url.oci)) {
    wrong("insecure_oci_http", "is for OCI registries only");
  }
  return Object.fromEntries(options.map((name) => [name, given[name]]));
}
