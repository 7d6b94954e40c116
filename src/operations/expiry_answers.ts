import { z } from "@hono/zod-openapi";
import { EXPIRY_SOURCES } from "../credentials/expiry/expiry.ts";

/** When a credential ends, and who says so; its type is in `credentials/expiry/expiry.ts`. */
export const ExpiryAnswer = z.object({
  at: z.iso.datetime().openapi({ example: "2027-01-31T00:00:00.000Z" }),
  source: z.enum(EXPIRY_SOURCES).describe(
    "`issuer`: the issuer said so when it was checked; `value`: it stands in the value; `hint`: the same, " +
      "though undocumented (Amazon ECR); `declared`: by `expires` of a write, or the annotation " +
      "`argocd-configurer.io/expires`",
  ),
}).openapi("Expiry");
