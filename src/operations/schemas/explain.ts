import { z } from "@hono/zod-openapi";
import { optionFields } from "../../credentials/kinds/repository_options.ts";
import { open, shapeOf } from "../../fields/field.ts";
import { NO_CONTROL, refusing } from "../../fields/texts.ts";
import { imageRepository } from "../../credentials/explain/image_name.ts";
import { cluster, NamespaceName, ServiceAccountName } from "./fields.ts";

/** As an Application has it: what Argo CD cannot parse is explained, too. */
const RepoUrl = z.string().min(1, "must not be empty").max(2048, "must be shorter")
  .refine((text) => text.isWellFormed(), "must be valid Unicode")
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters")
  .openapi({ pattern: NO_CONTROL, example: "https://github.com/your-org/app.git" });

/** Longest name of an image, in characters: host, path, tag and digest. */
const MAX_IMAGE = 1024;

/** As a pod has it, and by what kubelet looks it up. */
const Image = z.string().max(MAX_IMAGE, "must be shorter").transform((image, context) => {
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
  }),
  project: open(optionFields.project.schema, "The Application's project", {
    value: "name",
    otherwise: "default",
  }),
  image: open(Image.optional(), "In place of a repoURL: an image, as a pod names it", {
    value: "image",
  }),
  namespace: open(NamespaceName.optional(), "The pod's namespace, beside an image", {
    value: "namespace",
    otherwise: "default",
  }),
  service_account: open(ServiceAccountName.optional(), "The pod's service account", {
    value: "name",
    otherwise: "default",
  }),
};

export const ExplainQuery = z.strictObject(shapeOf(explainFields)).superRefine(
  (given, context) => {
    const { url, image } = given;
    const refuse = refusing(context);
    if (url === undefined && image === undefined) refuse("url", "is missing");
    if (url !== undefined && image !== undefined) {
      refuse("image", "contradicts 'url'; give one of them");
    }
    const beside = image === undefined
      ? ["namespace", "service_account"] as const
      : ["project"] as const;
    for (const field of beside) {
      if (given[field] === undefined || (url !== undefined && image !== undefined)) continue;
      refuse(field, image === undefined ? "is about an image" : "is about a repoURL");
    }
  },
);
