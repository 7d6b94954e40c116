import assert from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { EXPIRES_ANNOTATION, expiresAnnotations } from "./expires_annotation.ts";
import { created, type DesiredSecret, isUnchanged, replaced } from "./desired_secret.ts";
import { dockerConfigJson } from "./docker.ts";

const JANUARY = "2027-01-01T00:00:00.000Z";
const MARCH = "2027-03-01T00:00:00.000Z";

const pullSecret = (logins: Readonly<Record<string, string>>) => ({
  type: "kubernetes.io/dockerconfigjson",
  labels: {},
  data: seal({
    ".dockerconfigjson": encodeBase64Text(
      dockerConfigJson(
        Object.entries(logins).map(([registry, password]) => ({
          registry,
          username: "ci",
          password: seal(password),
        })),
      ).reveal(),
    ),
  }),
});

const ONE = { "ghcr.io": "first" };
const OTHER = { "ghcr.io": "second" };
const BOTH = { ...ONE, "quay.io": "third" };

const ROWS: [
  what: string,
  old: string | undefined,
  before: object,
  after: object,
  declared: string | undefined,
  then: string | undefined,
][] = [
  ["the same value keeps it", "2027-01-01", ONE, ONE, undefined, "2027-01-01"],
  ["another value drops it", "2027-01-01", ONE, OTHER, undefined, undefined],
  ["an added login keeps it", "2027-01-01", ONE, BOTH, undefined, "2027-01-01"],
  ["a removed login drops it", "2027-01-01", BOTH, ONE, undefined, undefined],
  ["the same value gets another expiry", JANUARY, ONE, ONE, MARCH, MARCH],
  ["another value gets its own expiry", JANUARY, ONE, OTHER, MARCH, MARCH],
  ["an added login that expires later keeps it", "2027-01-01", ONE, BOTH, MARCH, JANUARY],
  ["an added login that expires earlier sets its own", MARCH, ONE, BOTH, JANUARY, JANUARY],
  ["an invalid one is ignored", "soon", ONE, BOTH, MARCH, MARCH],
  ["it is set if there was none", undefined, ONE, ONE, MARCH, MARCH],
  ["none stays none", undefined, ONE, OTHER, undefined, undefined],
];

for (const [what, old, before, after, declared, then] of ROWS) {
  Deno.test(`declared expiry: ${what}`, () => {
    const annotations = { other: "x", ...old === undefined ? {} : { [EXPIRES_ANNOTATION]: old } };
    const current = { ...pullSecret(before as Record<string, string>), annotations };
    const { [EXPIRES_ANNOTATION]: expires, ...others } = expiresAnnotations(
      current,
      pullSecret(after as Record<string, string>),
      declared,
    );
    assert.equal(expires, then);
    assert.deepEqual(others, { other: "x" });
  });
}

Deno.test("a write sets its declared expiry; without one, a changed value removes the old expiry", () => {
  const desired = (logins: Record<string, string>, expires?: string): DesiredSecret => ({
    namespace: "web",
    name: "ghcr",
    ...pullSecret(logins),
    annotations: {},
    merge: () => pullSecret(logins).data,
    recognises: () => true,
    ...expires === undefined ? {} : { expires },
  });
  const meta = { uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
  const first = { ...created(desired(ONE, MARCH), "write-1"), ...meta };
  assert.equal(first.annotations[EXPIRES_ANNOTATION], MARCH);
  const again = replaced(first, desired(ONE), "write-2");
  assert.equal(again.annotations[EXPIRES_ANNOTATION], MARCH);
  assert.ok(isUnchanged(first, again));
  const later = replaced(first, desired(ONE, JANUARY), "write-3");
  assert.equal(later.annotations[EXPIRES_ANNOTATION], JANUARY);
  assert.ok(!isUnchanged(first, later));
  const rotated = replaced(first, desired(OTHER), "write-4");
  assert.equal(rotated.annotations[EXPIRES_ANNOTATION], undefined);
});
