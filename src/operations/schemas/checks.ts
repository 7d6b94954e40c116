import { z } from "@hono/zod-openapi";
import { open, shapeOf } from "../../fields/field.ts";
import { yesOrNo } from "../../fields/texts.ts";
import type { Body } from "./body.ts";
import { bodySelection } from "./selection.ts";

/** The id of a row has a URL in it. */
const MOST = 4096;

const Id = z.string()
  .min(1, "must not be empty")
  .max(MOST, `must have at most ${MOST} characters`)
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

export const checkFields = {
  ...bodySelection,
  id: open(Id.optional(), "Only the credential of this row of the matrix", {
    value: "id",
    also: "its `id` in `GET /credentials`",
    example: "docker/ghcr",
    otherwise: "all",
  }),
  everywhere: yesOrNo("Also pull secrets without a docker label"),
};

const CheckBody = z.strictObject(shapeOf(checkFields)).openapi("Check");

export const CHECK_BODY: Body<typeof CheckBody> = { schema: CheckBody, fields: checkFields };
