import { z } from "@hono/zod-openapi";
import { optionFields } from "../../credentials/kinds/repository_options.ts";
import { open, shapeOf } from "../../fields/field.ts";
import { NO_CONTROL, refusing } from "../../fields/texts.ts";
import { imageRepository } from "../../credentials/explain/image_name.ts";
import { cluster, NamespaceName, ServiceAccountName } from "./fields.ts";

/** The repoURL of an Application; a URL that Argo CD cannot parse is explained, too. */
const RepoUrl = z.string().min(1, "must not be empty").max(
  2048,
  "must have at most 2048 characters",
)
  .refine((text) => text.isWellFormed(), "must be valid Unicode")
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters")
  .openapi({ pattern: NO_CONTROL, example: "https://github.com/your-org/app.git" });

/** Maximum length of an image name, in characters: host, path, tag and digest. */
const MAX_IMAGE = 1024;
const TOO_LONG = `must have at most ${MAX_IMAGE} characters`;

/** The image of a pod, and the repository that kubelet looks up for it. */
const Image = z.string().max(MAX_IMAGE, TOO_LONG).transform((image, context) => {
  const repository = imageRepository(image);
  if (repository.ok) return { image, repository: repository.value };
  context.addIssue({ code: "custom", message: repository.why });
  return z.NEVER;
}).openapi({ type: "string", maxLength: MAX_IMAGE, example: "ghcr.io/your-org/app:1.2" });

export const explainFields = {
  cluster,
  url: open(RepoUrl.optional(), "An Application's repoURL", {
    by: "none",
    value: "url",
    missing: "URL or --image",
  }),
  project: open(optionFields.project.schema, "The Application's project (with a repoURL)", {
    value: "name",
    otherwise: "default",
  }),
  image: open(Image.optional(), "Image of a pod, in place of a repoURL", {
    value: "image",
  }),
  namespace: open(NamespaceName.optional(), "The pod's namespace (with an image)", {
    value: "namespace",
    otherwise: "default",
  }),
  service_account: open(
    ServiceAccountName.optional(),
    "The pod's service account (with an image)",
    {
      value: "name",
      otherwise: "default",
    },
  ),
};

export const ExplainQuery = z.strictObject(shapeOf(explainFields)).superRefine(
  (given, context) => {
    const { url, image } = given;
    const refuse = refusing(context);
    if (url === undefined && image === undefined) refuse("url", "is missing");
    if (url !== undefined && image !== undefined) {
      refuse("image", "cannot be combined with 'url'");
    }
    const beside = image === undefined
      ? ["namespace", "service_account"] as const
      : ["project"] as const;
    for (const field of beside) {
      if (given[field] === undefined || (url !== undefined && image !== undefined)) continue;
      refuse(field, image === undefined ? "requires 'image'" : "requires 'url'");
    }
  },
);
