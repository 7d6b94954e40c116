import { z } from "@hono/zod-openapi";
import { seal } from "../log/sealed.ts";
import { beginningOfToken } from "../log/token_shapes.ts";
import { open } from "./field.ts";

/** Schemas that several requests share. */

/** OpenAPI pattern: no control characters. */
export const NO_CONTROL = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";

const Text = z.string().min(1, "must not be empty")
  .refine((text) => text.isWellFormed(), "must be valid Unicode");

export const Username = Text
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters")
  .openapi({ pattern: NO_CONTROL });

/** A user name for display: masked if it is itself a token, as GitHub allows. */
export function shownName(name: unknown): unknown {
  const beginning = typeof name === "string" ? beginningOfToken(name) : undefined;
  return beginning === undefined ? name : `${beginning}***`;
}

/** A secret text. */
export const Password = Text.transform(seal)
  .openapi({ type: "string", format: "password", minLength: 1 });

/** An optional field with a default. zod's `default` would also add it to OpenAPI. */
export const orElse = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  schema.optional().transform((given): z.output<Schema> => given ?? value);

/** An optional boolean with a default. Its flag sets the opposite: `--name`, or `--no-name` if true by default. */
export const yesOrNo = (about: string, value = false) =>
  open(orElse(z.boolean(), value), about, {
    by: value ? "on_switch" : "switch",
    otherwise: String(value),
  });

/** Adds an issue for a field or path; the message is the rest of "Field 'x' …". */
export const refusing =
  (context: z.RefinementCtx) => (at: string | readonly (string | number)[], message: string) =>
    void context.addIssue({ code: "custom", path: [at].flat(), message });
