import { z } from "@hono/zod-openapi";
import { seal } from "../log/sealed.ts";
import { beginningOfToken } from "../log/token_shapes.ts";
import { open } from "./field.ts";

/** Schemas that fields of several requests have in common. */

/** A pattern of OpenAPI: no control characters. */
export const NO_CONTROL = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";

const Text = z.string().min(1, "must not be empty")
  .refine((text) => text.isWellFormed(), "must be valid Unicode");

export const Username = Text
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters")
  .openapi({ pattern: NO_CONTROL });

/** A user name for showing: masked where it is a token itself, as GitHub allows. */
export function shownName(name: unknown): unknown {
  const beginning = typeof name === "string" ? beginningOfToken(name) : undefined;
  return beginning === undefined ? name : `${beginning}***`;
}

/** A text that goes nowhere but to where it is for. */
export const Password = Text.transform(seal)
  .openapi({ type: "string", format: "password", minLength: 1 });

/**
 * A field that may be absent, and then has this value. Not by zod's `default`, which would be one in
 * OpenAPI, too.
 */
export const orElse = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  schema.optional().transform((given): z.output<Schema> => given ?? value);

/**
 * A yes or no that may be absent, and then has this value. Its flag is the other one: `--name` or, of
 * what is true when absent, `--no-name`.
 */
export const yesOrNo = (about: string, value = false) =>
  open(orElse(z.boolean(), value), about, {
    by: value ? "on_switch" : "switch",
    otherwise: String(value),
  });

/** Says of a field, or of what is at a path, what is wrong with it: the rest of "Field 'x' …". */
export const refusing =
  (context: z.RefinementCtx) => (at: string | readonly (string | number)[], message: string) =>
    void context.addIssue({ code: "custom", path: [at].flat(), message });
