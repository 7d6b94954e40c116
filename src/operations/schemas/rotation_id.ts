import { z } from "@hono/zod-openapi";
import { open, shapeOf } from "../../fields/field.ts";

/** By which a rotation is asked for. */
export const rotationIdFields = {
  id: open(
    z.string().regex(/^[a-z0-9-]{1,64}$/, "must be the id of a rotation")
      .openapi({ example: "rotation-0f3b2c1d4e5f6a7b" }),
    "Id of the rotation",
    { value: "id" },
  ),
};

export const RotationPath = z.strictObject(shapeOf(rotationIdFields));
