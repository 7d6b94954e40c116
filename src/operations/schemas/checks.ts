import { z } from "@hono/zod-openapi";
import { open, shapeOf } from "../../fields/field.ts";
import { yesOrNo } from "../../fields/texts.ts";
import type { Body } from "./body.ts";
import { bodySelection } from "./selection.ts";

/** Maximum length of an id, in characters: the id of a row contains a URL. */
const MAX_ID = 4096;

const Id = z.string()
  .min(1, "must not be empty")
  .max(MAX_ID, `must have at most ${MAX_ID} characters`)
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

export const checkFields = {
  ...bodySelection,
  id: open(Id.optional(), "Only the credential with this ID", {
    value: "id",
    also: "the `id` of a row in `GET /api/v1/credentials`",
    example: "docker/ghcr",
    otherwise: "all",
  }),
  everywhere: yesOrNo("Include pull secrets without a docker label"),
};

const CheckBody = z.strictObject(shapeOf(checkFields)).openapi("Check");

export const CHECK_BODY: Body<typeof CheckBody> = { schema: CheckBody, fields: checkFields };
