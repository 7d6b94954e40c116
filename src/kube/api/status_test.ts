import assert from "node:assert/strict";
import { assertTakesLess } from "../../../tests/support/takes_less.ts";
import { reportOfStatus } from "./status.ts";

const ROWS: [status: number, body: object | string, kind: string, uncertain: boolean][] = [
  [401, { reason: "Unauthorized" }, "unauthorized", false],
  [
    403,
    { reason: "Forbidden", message: 'secrets is forbidden: User "u" cannot list' },
    "forbidden",
    false,
  ],
  [
    403,
    { message: "unable to create new content in namespace n because it is being terminated" },
    "namespace_terminating",
    false,
  ],
  [404, { reason: "NotFound", details: { kind: "namespaces" } }, "namespace_not_found", false],
  [404, { reason: "NotFound", details: { kind: "secrets" } }, "not_found", false],
  [404, "404 page not found", "not_found", false],
  [409, { reason: "AlreadyExists" }, "exists", false],
  [409, { reason: "Conflict" }, "conflict", false],
  [422, { reason: "Invalid" }, "invalid", false],
  [400, { reason: "BadRequest" }, "invalid", false],
  [413, "", "invalid", false],
  [429, { reason: "TooManyRequests" }, "busy", false],
  [500, { reason: "InternalError" }, "failed", true],
  [502, "<html>bad gateway</html>", "failed", true],
  [503, { reason: "ServiceUnavailable" }, "unreachable", true],
  [504, { reason: "Timeout" }, "timeout", true],
  [302, "", "failed", true],
];

for (const [status, body, kind, uncertain] of ROWS) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  Deno.test(`${status} with ${text.slice(0, 60) || "nothing"} is ${kind}`, () => {
    const report = reportOfStatus({ status, body: text, retryAfter: undefined });
    assert.deepEqual([report.kind, report.uncertain], [kind, uncertain]);
  });
}

Deno.test("the reason quotes nothing of the response, except for the words of a permission", () => {
  const body = JSON.stringify({
    message: 'secrets "canary" is forbidden: User "canary" cannot create resource "secrets" ' +
      'in API group "" in the namespace "team-a": canary',
  });
  const { why } = reportOfStatus({ status: 403, body, retryAfter: undefined });
  assert.equal(
    why,
    "the kubeconfig's user cannot create secrets in namespace 'team-a' (Forbidden)",
  );
});

const DENIED: [status: number, reason: string, message: string, why: string][] = [
  [
    422,
    "Invalid",
    "secrets \"canary\" is forbidden: ValidatingAdmissionPolicy 'p.example' with binding 'canary' " +
    "denied request: canary",
    "ValidatingAdmissionPolicy 'p.example' denied the request",
  ],
  [
    400,
    "",
    'admission webhook "w.example" denied the request: canary',
    "admission webhook 'w.example' denied the request",
  ],
  [
    403,
    "Forbidden",
    'admission webhook "w.example" denied the request without explanation',
    "admission webhook 'w.example' denied the request",
  ],
];

for (const [status, reason, message, why] of DENIED) {
  Deno.test(`a policy that denies with ${status} is named, and the outcome is certain`, () => {
    const body = JSON.stringify({ reason, message });
    const report = reportOfStatus({ status, body, retryAfter: undefined });
    const kind = reason === "Forbidden" ? "forbidden" : "invalid";
    assert.deepEqual(report, { kind, why, uncertain: false });
  });
}

Deno.test("an invalid selector is distinguished from an invalid object", () => {
  const why = (message: string) =>
    reportOfStatus({ status: 400, body: JSON.stringify({ message }), retryAfter: undefined }).why;
  const selector = "the API server cannot parse the label selector";
  assert.equal(why("unable to parse requirement: found '', expected: identifier"), selector);
  assert.equal(why("found '=', expected: ',' or 'end of string'"), selector);
  assert.equal(
    why("Secret in version v1 cannot be"),
    "the API server rejected the object as invalid",
  );
});

const ODD: [what: string, body: unknown][] = [
  ["a message that is not a string", { message: 7, reason: null, details: "x" }],
  ["a list", []],
  ["null", null],
  ["a megabyte", { message: 'cannot a resource "b" in '.repeat(50_000) }],
];

for (const [what, body] of ODD) {
  Deno.test(`403 with a Status of ${what} is forbidden, and read quickly`, () =>
    assertTakesLess(1000, () => {
      const text = JSON.stringify(body);
      const { kind, why } = reportOfStatus({ status: 403, body: text, retryAfter: undefined });
      assert.deepEqual([kind, why], [
        "forbidden",
        "the kubeconfig's user has no permission (Forbidden)",
      ]);
    }));
}
