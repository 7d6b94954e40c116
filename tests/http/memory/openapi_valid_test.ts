import assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { type Json, openapi } from "../documented.ts";

/** `/openapi.json` is valid by the standard, and a linter accepts it for client generators. */

/** A part of a schema, such as one of `allOf`, need not list all fields; the whole is closed. */
const examples = { severity: "error", allowAdditionalProperties: true } as const;

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    "no-invalid-media-type-examples": examples,
    "no-invalid-schema-examples": examples,
    "no-invalid-parameter-examples": examples,
    "operation-description": "error",
    "tag-description": "error",
    // GET of /health has no client errors.
    "operation-4xx-response": "off",
    // The rule wants `type` required in each part of a body; the whole requires it.
    "no-illogical-composition-keywords": "off",
  },
});

/** The problems of a document: rule and place. */
async function lint(document: Json): Promise<string[]> {
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  return found.map(({ ruleId, location: [at], message }) => `${ruleId} ${at?.pointer} ${message}`);
}

Deno.test("the document and its examples are valid", async () => {
  assert.deepEqual(await lint(await openapi()), []);
});

const BROKEN: [what: string, rule: string, breaks: (document: Json) => void][] = [
  ["a field that OpenAPI does not have", "struct", ({ paths }) => paths["/"].get.nme = ""],
  [
    "an undefined security scheme",
    "security-defined",
    (document) => delete document.components.securitySchemes,
  ],
  [
    "a dangling reference",
    "no-unresolved-refs",
    ({ components }) => delete components.responses.Unauthorized,
  ],
  [
    "two operations with one operationId",
    "operation-operationId-unique",
    ({ paths }) => paths["/"].get.operationId = "getHealth",
  ],
  [
    "an undescribed path parameter",
    "path-parameters-defined",
    ({ paths }) => paths["/secrets/{name}"].get.parameters.shift(),
  ],
  [
    "an invalid example",
    "no-invalid-media-type-examples",
    ({ paths }) =>
      paths["/secrets/add_repo"].post.requestBody.content["application/json"].examples.public.value
        .type = "svn",
  ],
];

for (const [what, rule, breaks] of BROKEN) {
  Deno.test(`the linter finds ${what}`, async () => {
    const document = structuredClone(await openapi());
    breaks(document);
    const found = await lint(document);
    assert.ok(found.some((each) => each.startsWith(`${rule} `)), found.join("\n"));
  });
}
