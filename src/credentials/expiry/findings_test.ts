import assert from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import { EXPIRES_ANNOTATION } from "../kinds/expires_annotation.ts";
import { expiryFindings } from "./findings.ts";

const secret = (name: string, annotations: Record<string, string>) => ({
  namespace: "web",
  name,
  type: "Opaque",
  labels: {},
  annotations,
  data: seal({}),
  uid: "uid",
  resourceVersion: "1",
  creationTimestamp: "2026-01-31T10:00:00Z",
});

Deno.test("an invalid declared expiry is a finding, and its text is not shown", () => {
  const findings = expiryFindings([
    secret("good", { [EXPIRES_ANNOTATION]: "2027-01-31" }),
    secret("none", { other: "soon" }),
    secret("bad", { [EXPIRES_ANNOTATION]: "31.01.2027" }),
    secret("empty", { [EXPIRES_ANNOTATION]: "" }),
  ]);
  assert.deepEqual(findings.map(({ code, secrets }) => [code, secrets]), [
    ["expiry_unreadable", [{ namespace: "web", name: "bad" }]],
    ["expiry_unreadable", [{ namespace: "web", name: "empty" }]],
  ]);
  assert.ok(!JSON.stringify(findings).includes("31.01.2027"));
});
