import { z } from "@hono/zod-openapi";
import { open, shapeOf } from "../../fields/field.ts";
import { NO_CONTROL } from "../../fields/texts.ts";
import { DURATION, knownWords, secondsIn } from "../../fleet/matrix/filter.ts";
import { ROW_KINDS, ROW_STATES } from "../../fleet/matrix/shapes.ts";
import { querySelection } from "./selection.ts";

/** A comma-separated list of these words. */
function wordsOf<Word extends string>(words: readonly Word[]) {
  const word = `(${words.join("|")})`;
  return z.string()
    .transform((given, context): readonly Word[] => {
      const items = given.split(",").map((item) => item.trim()).filter((item) => item !== "");
      const known = knownWords(given, words);
      if (items.length > 0 && items.every((item) => known.some((each) => each === item))) {
        return known;
      }
      context.addIssue({
        code: "custom",
        message: `must be one or more of ${words.join(", ")}, comma-separated`,
      });
      return z.NEVER;
    })
    .openapi({
      type: "string",
      pattern: `^(\\s*,)*\\s*${word}\\s*(,\\s*(${word}\\s*)?)*$`,
    });
}

/** Maximum length of a text filter, in characters. */
const MAX_TEXT = 200;

const Text = z.string().min(1, "must not be empty")
  .refine((text) => text.length <= MAX_TEXT, `must have at most ${MAX_TEXT} characters`)
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters")
  .openapi({ maxLength: MAX_TEXT, pattern: NO_CONTROL });

const Within = z.string()
  .refine((text) => secondsIn(text) !== undefined, "must be a duration: 30d, 12h, 90m or 60s")
  .openapi({ pattern: DURATION.source, example: "30d" });

const flag = (otherwise: "true" | "false") =>
  z.enum(["true", "false"], { error: "must be true or false" }).default(otherwise)
    .transform((text) => text === "true")
    .openapi({ type: "boolean", default: undefined });

export const credentialsFields = {
  ...querySelection,
  kind: open(wordsOf(ROW_KINDS).optional(), "Only credentials of these kinds", {
    by: "commas",
    value: "kinds",
    words: ROW_KINDS,
    also: `comma-separated: ${ROW_KINDS.join(", ")}`,
    example: "repository,template",
    otherwise: "all",
  }),
  state: open(wordsOf(ROW_STATES).optional(), "Only rows in these states", {
    by: "commas",
    value: "states",
    words: ROW_STATES,
    also: `comma-separated: ${ROW_STATES.join(", ")}`,
    example: "differs,partial",
    otherwise: "all",
  }),
  q: open(Text.optional(), "Filter rows by text, case-insensitive", {
    value: "text",
    also: "matched against names, URLs, user names, fingerprints and finding codes",
  }),
  owner: open(
    Text.optional(),
    "Only rows with a secret that this tool manages, such as Helm; or none",
    {
      value: "name",
      also:
        "part of its name; `argocd-configurer` for secrets that argocd-configurer wrote, `none` for " +
        "secrets that nothing manages",
    },
  ),
  expires_within: open(
    Within.optional(),
    "Only rows with a credential that expires within this time or has expired: 30d, 12h, 90m",
    { value: "duration", example: "30d" },
  ),
  everywhere: open(flag("false"), "Include pull secrets without a docker label", {
    by: "switch",
    otherwise: "false",
  }),
  fingerprints: open(flag("true"), "Read the values and compare them by fingerprint", {
    by: "on_switch",
    otherwise: "true",
  }),
};
export const CredentialsQuery = z.strictObject(shapeOf(credentialsFields));
