import assert from "node:assert/strict";
import { type ApiSecret, heldBy, loginOf } from "./values.ts";

const CANARY = "canary";
const metadata = { namespace: "n", name: "s" };

function docker(config: unknown, more: Partial<ApiSecret> = {}): ApiSecret {
  const data = { ".dockerconfigjson": btoa(JSON.stringify(config)) };
  return { metadata, type: "kubernetes.io/dockerconfigjson", data, ...more };
}

function repository(fields: Record<string, string>): ApiSecret {
  const data = Object.entries(fields).map(([key, value]) => [key, btoa(value)]);
  return { metadata, type: "Opaque", data: Object.fromEntries(data) };
}

const one = loginOf("1", CANARY);
const two = loginOf("2", CANARY);
const entry = { ...one, auth: btoa(`${one.username}:${one.password}`) };
const helm = { url: "https://charts.example.com", type: "helm" };

Deno.test("a complete value is recognized by its login", () => {
  const whole = { kind: "whole", value: "1" };
  assert.deepEqual(heldBy(docker({ auths: { "ghcr.io": entry } }), CANARY), whole);
  assert.deepEqual(heldBy(repository({ ...helm, ...one }), CANARY), whole);
  assert.deepEqual(heldBy(undefined, CANARY), { kind: "nothing" });
});

const HALVES: [string, ApiSecret][] = [
  ["the password of another request", repository({ ...helm, ...one, password: two.password })],
  ["a password of another run", repository({ ...helm, ...loginOf("1", "other") })],
  ["no password", repository({ ...helm, username: one.username })],
  ["no URL", repository({ ...one, type: "helm" })],
  [
    "the auth of another request",
    docker({ auths: { "ghcr.io": { ...entry, auth: btoa(`${two.username}:${two.password}`) } } }),
  ],
  ["two registries", docker({ auths: { "ghcr.io": entry, "quay.io": entry } })],
  ["no configuration", docker("")],
  ["another type", docker({ auths: { "ghcr.io": entry } }, { type: "Opaque" })],
  ["no data", { metadata, type: "Opaque" }],
];

for (const [what, secret] of HALVES) {
  Deno.test(`a secret with ${what} is half-written`, () => {
    assert.equal(heldBy(secret, CANARY).kind, "half");
  });
}
