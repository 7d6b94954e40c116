import assert from "node:assert/strict";
import { REPOSITORY_ROWS } from "./fake/repository_rows.ts";
import { REPOSITORY_TEXTS, repositoryFields } from "./repository_fields.ts";

for (const { what, data, fields } of REPOSITORY_ROWS) {
  Deno.test(`the fields of a repository secret: ${what}`, () => {
    assert.deepEqual(repositoryFields(data), fields);
  });
}

/** Invalid base64, which no API server returns, since it decodes values. */
Deno.test("invalid base64 counts as absent", () => {
  for (const value of ["%", "a", "dGV4dA==dGV4dA=="]) {
    const data = Object.fromEntries([...REPOSITORY_TEXTS, "password"].map((key) => [key, value]));
    assert.deepEqual(repositoryFields(data), { usernameIsToken: false }, value);
  }
});
