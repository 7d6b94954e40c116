import { z } from "@hono/zod-openapi";
import { comparableUrl, templateKey } from "../../credentials/kinds/comparable_url.ts";
import { exactName, templateName } from "../../credentials/kinds/repository.ts";
import { MAX_SUFFIX } from "../../credentials/kinds/repository_names.ts";
import { parseUrl, type UrlQuestion } from "../../credentials/kinds/repository_url.ts";
import { MAX_LENGTH, shownText, type SpelledUrl } from "../../credentials/kinds/url.ts";
import { HIDDEN, open } from "../../fields/field.ts";
import { hasWith, inWords, mayHave, type Rule, when } from "../../fields/rules.ts";
import { refusing } from "../../fields/texts.ts";
import { checkNameRoom, MAX_NAME } from "./fields.ts";

/** URLs of repositories in a request, and the names of their secrets. */

/** Maximum number of URLs in one request. */
const MAX_URLS = 100;

/** Length limits of a name from which other secrets' names are derived. */
export const NAME_ROOM =
  "at most 244 characters if NAME-template is also written, 242 if NAME-repository is, and 32 fewer " +
  "with several URLs";

/** The characters that every URL parser accepts: no white space but spaces between other characters. */
const URL_CHARACTERS: Rule = {
  minLength: 1,
  maxLength: MAX_LENGTH,
  pattern: "^[^\\s\\x00-\\x1f\\x7f-\\x9f\\\\?#]+( +[^\\s\\x00-\\x1f\\x7f-\\x9f\\\\?#]+)*$",
};
const Url = z.string().openapi({ ...inWords(URL_CHARACTERS) });

const Urls = z.array(Url, { error: "must be an array of strings" })
  .min(1, "must contain at least one URL").max(MAX_URLS, `must have at most ${MAX_URLS} URLs`);

export const urlFields = {
  url: open(
    Url.optional(),
    "URL of the repository: https, http, oci or SSH; for a template, the prefix of the repositories' URLs",
    {
      by: "repeated",
      value: "url",
      several: "urls",
      required: "",
      example: "https://github.com/org/repo.git",
      shown: shownText,
    },
  ),
  urls: open(
    Urls.optional().openapi({ uniqueItems: true }),
    "URLs of several repositories with the same credential, in place of a single URL",
    {
      by: "none",
      shown: (given) => Array.isArray(given) ? given.map(shownText) : HIDDEN,
    },
  ),
};

/** The first URL, for a prompt. */
export const repositoryOf = ({ url, urls }: { readonly url?: unknown; readonly urls?: unknown }) =>
  String(url ?? (Array.isArray(urls) ? urls[0] : "the repository"));

interface GivenUrls {
  readonly url?: string;
  readonly urls?: readonly string[];
}

/** Parses the URLs of a request; adds an issue to the context for each error. */
export function spelledUrls(
  { url, urls }: GivenUrls,
  question: UrlQuestion,
  context: z.RefinementCtx,
  fields = { one: "url", many: "urls" },
): SpelledUrl[] {
  const wrong = refusing(context);
  if (url !== undefined && urls !== undefined) {
    wrong(fields.many, `cannot be combined with '${fields.one}'`);
    return [];
  }
  const understood: SpelledUrl[] = [];
  const seen = new Map<string, number>();
  (urls ?? [url ?? ""]).forEach((spelled, i) => {
    const path = urls === undefined ? [fields.one] : [fields.many, i];
    const parsed = parseUrl(spelled, question);
    if (!parsed.ok) return wrong(path, parsed.why);
    const { url } = parsed.value;
    const key = question.as === "repo-creds" ? templateKey(url) : comparableUrl(url);
    if (seen.has(key)) {
      return wrong(path, `is the same repository for Argo CD as the URL at index ${seen.get(key)}`);
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

/** With several URLs each secret gets a longer name, and a template's name is longer still. */
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
  refusing(context)("name", `must have at most ${max} characters with several URLs`);
}

/**
 * The checks of {@link checkRoom} that do not depend on the meaning of the URLs.
 * @param many name of the field for several URLs
 * @param forOne names of fields that are for a single URL only
 */
export const manyUrlsRule = (many: string, ...forOne: readonly string[]): Rule =>
  when(
    hasWith({ [many]: { minItems: 2 } }),
    mayHave({ name: { maxLength: MAX_NAME - MAX_SUFFIX } }, forOne),
  );
