import assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { type Json, openapi } from "../documented.ts";

/** `/openapi.json` is what the standard and generators of clients take, by a linter's rules. */

/** A part of a schema, such as one of `allOf`, is not to know all fields; the whole is closed itself. */
const examples = { severity: "error", allowAdditionalProperties: true } as const;

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    "no-invalid-media-type-examples": examples,
    "no-invalid-schema-examples": examples,
    "no-invalid-parameter-examples": examples,
    "operation-description": "error",
    "tag-description": "error",
    // What asks for a GET of /health can do nothing wrong.
    "operation-4xx-response": "off",
    // It wants `type` required in each part of a body, which the whole requires.
    "no-illogical-composition-keywords": "off",
  },
});

/** What is wrong with a document: rule and place. */
async function lint(document: Json): Promise<string[]> {
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  return found.map(({ ruleId, location: [at], message }) => `${ruleId} ${at?.pointer} ${message}`);
}

Deno.test("it is valid, its examples too", async () => {
  assert.deepEqual(await lint(await openapi()), []);
});

const BROKEN: [what: string, rule: string, breaks: (document: Json) => void][] = [
  ["a field that the standard does not have", "struct", ({ paths }) => paths["/"].get.nme = ""],
  [
    "a security scheme that is not there",
    "security-defined",
    (document) => delete document.components.securitySchemes,
  ],
  [
    "a reference that leads nowhere",
    "no-unresolved-refs",
    ({ components }) => delete components.responses.Unauthorized,
  ],
  [
    "two operations of one name",
    "operation-operationId-unique",
    ({ paths }) => paths["/"].get.operationId = "getHealth",
  ],
  [
    "a parameter of the path that is not described",
    "path-parameters-defined",
    ({ paths }) => paths["/secrets/{name}"].get.parameters.shift(),
  ],
  [
    "an example that is none",
    "no-invalid-media-type-examples",
    ({ paths }) =>
      paths["/secrets/add_repo"].post.requestBody.content["application/json"].examples.public.value
        .type = "svn",
  ],
];

for (const [what, rule, breaks] of BROKEN) {
  Deno.test(`${what} would be found`, async () => {
    const document = structuredClone(await openapi());
    breaks(document);
    const found = await lint(document);
    assert.ok(found.some((each) => each.startsWith(`${rule} `)), found.join("\n"));
  });
}
