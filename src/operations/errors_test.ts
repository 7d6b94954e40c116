import assert from "node:assert/strict";
import { ERROR_CODES, errorBody, OperationError } from "./errors.ts";
import { ALL_ERRORS } from "./fake/all_errors.ts";

for (const code of ERROR_CODES) {
  for (const [details, expected] of ALL_ERRORS[code]) {
    const { status, message, seed = message, fields = [], remedy, more = {} } = expected;
    Deno.test(`${code} is ${status}: ${message}`, () => {
      const error = new OperationError(code, details, { ...more, body: { request: 1 } });
      assert.equal(error.message, message);
      const usual = { error: true, message: seed, status_code: status, request: 1 };
      assert.deepEqual(errorBody(error, "seed"), usual);
      assert.deepEqual(errorBody(error, "v1"), {
        ...usual,
        message,
        code,
        ...(fields.length > 0 ? { field: fields[0] } : {}),
        ...(fields.length > 1 ? { fields } : {}),
        ...(remedy === undefined ? {} : { remedy }),
      });
    });
  }
}

Deno.test("codes are lower-case letters and underscores", () => {
  for (const code of ERROR_CODES) assert.match(code, /^[a-z]+(_[a-z]+)*$/);
  assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
});

Deno.test("only the seed's paths have the seed's form", () => {
  const error = new OperationError("exists", { of: "helm" }, {
    body: { existing_secret: {}, upsert_required: true },
    seedBody: (message) => ({ error: true, message, existing_secret: {} }),
  });
  const message = "Helm repository secret already exists";
  assert.deepEqual(errorBody(error, "seed"), { error: true, message, existing_secret: {} });
  assert.deepEqual(errorBody(error, "v1"), {
    error: true,
    message,
    status_code: 409,
    code: "exists",
    remedy: { upsert: true },
    existing_secret: {},
    upsert_required: true,
  });
});

Deno.test("the time until a retry is in a header and in the remedy", () => {
  const headers = { Connection: "close" };
  const error = new OperationError("shutting_down", {}, { retryAfter: 5, headers });
  assert.deepEqual(error.headers, { "Retry-After": "5", Connection: "close" });
  assert.deepEqual(error.remedy, { retry_after: 5 });
});
