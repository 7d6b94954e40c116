import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "../../../tests/support/arbitrary.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { storedSecret } from "../fake/argocd_secret.ts";
import { pullSecretOf } from "../fake/pull_secret.ts";
import { CLIENT_CERTIFICATE, KINDS } from "../kinds/kinds.ts";
import { SECRET_TYPES } from "../kinds/repository_credential.ts";
import { valuesIn } from "../values.ts";
import { CheckMemory } from "./memory.ts";
import { allValuesToCheck } from "./values_to_check.ts";

/** Must not be visible, wherever it is stored. */
const CANARY = "CANARY0123456789";

const KEYS = [
  ...[...KINDS, CLIENT_CERTIFICATE].flatMap(({ keys }) =>
    Object.entries(keys).flatMap(([name, { inTemplates = name }]) => [name, inTemplates])
  ),
  ...["insecure", "enableOCI", "project", "proxy", "noProxy", "insecureOCIForceHttp"],
];

const text = fc.oneof(
  anyText(),
  fc.constantFrom(
    "",
    "true",
    "yes",
    "x-oauth-basic",
    "-----BEGIN X-----",
    '{"type":"service_account"}',
  ),
  anyText().map((more) => `${CANARY}${more}`),
);

const url = fc.oneof(
  webUrl(),
  anyText(),
  fc.constantFrom(
    "https://git.example.com/team/app",
    "https://git.example.com/",
    "git@git.example.com:team/app",
    "oci://ghcr.io/org/app",
    "ghcr.io/org",
    `https://${CANARY}@git.example.com/team/app`,
    `oci://ci:${CANARY}@ghcr.io/org/app`,
    `ci:${CANARY}@ghcr.io/org/app`,
    `https://ci:${CANARY}@git.example.com/team/app`,
  ),
);

const argocdSecret = fc.record({
  name: fc.constantFrom("a", "b", "c", "d"),
  secretType: fc.constantFrom(...SECRET_TYPES),
  data: fc.tuple(
    url,
    fc.constantFrom("", "git", "helm", "oci", "odd"),
    fc.dictionary(fc.constantFrom(...KEYS), text, { maxKeys: 5 }),
  ).map(([url, type, more]): Record<string, string> => ({ ...more, url, type })),
}).map(storedSecret);

const entry = fc.dictionary(
  fc.constantFrom("auth", "username", "password", "identitytoken", "Auth", "other"),
  fc.oneof(text, text.map((each) => encodeBase64Text(`ci:${each}`))),
);
const pullSecret = fc.oneof(
  anyText(),
  fc.dictionary(fc.oneof(fc.constantFrom("ghcr.io", "docker.io", "*.example.com"), url), entry)
    .map((auths) => JSON.stringify({ auths })),
).map((text) => pullSecretOf("pull", text));

Deno.test("each value of any secret has a check target, which contains no value", () => {
  const memory = new CheckMemory();
  fc.assert(
    fc.property(
      fc.array(argocdSecret, { maxLength: 4 }),
      fc.array(pullSecret, { maxLength: 2 }),
      (argocd, pullSecrets) => {
        for (const { secret, values } of allValuesToCheck({ argocd, pullSecrets })) {
          assert.deepEqual(
            values.map(({ place }) => place),
            valuesIn(secret).map(({ place }) => place),
          );
          for (const value of values) {
            const shown = [value.at, "notTried" in value ? value.notTried : ""];
            assert.ok(!shown.some((each) => each.includes(CANARY)), shown.join());
            assert.notEqual(value.at, "");
            if ("what" in value) assert.match(memory.keysOf(value.what).whole, /^[\w-]{43}$/);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a value that is not UTF-8 text is never sent", () => {
  const plain = storedSecret({
    name: "a",
    secretType: "repository",
    data: { url: "https://git.example.com/app", username: "ci" },
  });
  const data = { ...plain.data.reveal(), password: new Uint8Array([0xff, 0x41]).toBase64() };
  const [found] = allValuesToCheck({ argocd: [{ ...plain, data: seal(data) }], pullSecrets: [] });
  assert.deepEqual(found!.values.map((each) => "notTried" in each && each.notTried), [
    "The value is not UTF-8 text",
  ]);
});
