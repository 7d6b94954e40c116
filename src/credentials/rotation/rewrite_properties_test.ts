import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { anyText } from "../../../tests/support/arbitrary.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import {
  holding,
  newOf,
  old,
  plainFingerprint,
  plannedRotation,
  textsOf,
} from "../fake/rotation.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL, SECRET_TYPES } from "../kinds/repository_credential.ts";
import { valuesIn } from "../values.ts";
import { matchesIn } from "./matches.ts";
import { wantedIn } from "./wanted.ts";
import { slotsIn } from "./slots.ts";

/** Of any secrets with the old value in any of their places. */

const OLD = 'old-tøken:4711/@ %"x';
const NEW = "new-tøken:0815?#& \\y";

const other = fc.oneof(
  fc.constantFrom("other", "u", "", "x-oauth-basic", `${OLD}y`, `z${OLD}`),
  anyText({ maxLength: 8 }),
);
const secret = fc.oneof({ weight: 2, arbitrary: fc.constant(OLD) }, other);
const user = fc.constantFrom("u", "robot", "", "0000");
const authOf = fc.tuple(user, secret).map(([user, password]) =>
  encodeBase64Text(`${user}:${password}`)
);

const entry = fc.record({
  username: user,
  password: secret,
  auth: fc.oneof(authOf, authOf, other),
  identitytoken: secret,
  registrytoken: secret,
  email: other,
  Password: secret,
}, { requiredKeys: [] });
const registry = fc.constantFrom("ghcr.io", "https://index.docker.io/v1/", "quay.io/x", "odd key");
const auths = fc.dictionary(registry, entry, { maxKeys: 3 });

const pull = fc.tuple(auths, fc.boolean(), fc.constantFrom(0, 2)).map(([auths, isLegacy, space]) =>
  isLegacy
    ? holding({ ".dockercfg": JSON.stringify(auths, null, space) }, { type: DOCKERCFG_TYPE })
    : holding(
      {
        ".dockerconfigjson": JSON.stringify(
          { credsStore: "x", auths, HttpHeaders: {} },
          null,
          space,
        ),
      },
      { type: DOCKER_CONFIG_TYPE },
    )
);

const info = fc.tuple(user, secret).map(([user, password]) =>
  [user, password].map(encodeURIComponent).join(":")
);
const url = fc.tuple(fc.option(info), fc.constantFrom("git.example.com", "host:3128")).map(
  ([info, host]) => `https://${info === null ? "" : `${info}@`}${host}/a/b`,
);
const argocd = fc.tuple(
  fc.record({
    url,
    proxy: url,
    username: user,
    password: secret,
    bearerToken: fc.oneof(fc.constant(OLD), fc.constant("other")),
    azureServicePrincipalClientSecret: secret,
    type: fc.constantFrom("git", "helm"),
    note: secret,
    insecure: fc.constant("true"),
  }, { requiredKeys: ["url"] }),
  fc.constantFrom(...SECRET_TYPES),
).map(([texts, type]) =>
  holding(texts as Record<string, string>, { labels: { [SECRET_TYPE_LABEL]: type } })
);

const any: fc.Arbitrary<StoredSecret> = fc.oneof(pull, argocd);

/** All that a reader may get out of a secret, each text by where it is. */
function reading(secret: StoredSecret): Record<string, string> {
  const read: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) walk(each, `${path}/${name}`);
      return;
    }
    const text = String(value);
    read[path] = text;
    if (!/\/auth$/i.test(path)) return;
    const [, user, password] = /^([^:]*):(.*)$/s.exec(decodeBase64Text(text)) ?? [];
    if (password === undefined) return;
    delete read[path];
    Object.assign(read, { [`${path}#user`]: user, [`${path}#password`]: password });
  };
  for (const [key, text] of Object.entries(textsOf(secret))) {
    if (key.startsWith(".docker")) walk(parse(text), key);
    else if (/^https:/.test(text)) {
      const at = text.slice(8).lastIndexOf("@");
      const inside = at < 0 ? "" : text.slice(8, 8 + at);
      read[`${key}#rest`] = text.slice(8 + at);
      const [user = "", ...password] = inside.split(":");
      read[`${key}#user`] = decodeURIComponent(user);
      read[`${key}#password`] = decodeURIComponent(password.join(":"));
    } else read[key] = text;
  }
  return read;
}

Deno.test("a rewritten secret has the new value at the old one's places, and everything else is equal", async () => {
  let rotated = 0;
  await fc.assert(
    fc.asyncProperty(any, async (of) => {
      const request = { sought: old(OLD), set: newOf({ password: NEW }) };
      const plan = await plannedRotation([of], request);
      const before = reading(of);
      const held = Object.keys(before).filter((at) => before[at] === OLD);
      if (plan.cannotHold.length > 0) {
        // A bearer token has no white space.
        assert.ok(held.includes("bearerToken"));
        return;
      }
      if (plan.toRotate.length === 0) {
        assert.deepEqual(held, []);
        return;
      }
      rotated++;
      const after = plan.toRotate[0]!.rewritten;
      const expected = Object.fromEntries(
        Object.entries(before).map(([at, text]) => [at, text === OLD ? NEW : text]),
      );
      assert.deepEqual(reading(after), expected);
      const wanted = await wantedIn([after], [old(OLD)], plainFingerprint);
      assert.deepEqual(matchesIn(after, wanted, request.set), []);
      assert.equal((await plannedRotation([after], request)).status, "unchanged");
      // Back again to the letter, in what may be written in one way only.
      const back = await plannedRotation([after], {
        sought: old(NEW),
        set: newOf({ password: OLD }),
      });
      assert.deepEqual(reading(back.toRotate[0]!.rewritten), before);
    }),
    { numRuns: 500 },
  );
  assert.ok(rotated > 150, `${rotated} were rotated`);
});

Deno.test("a secret without the old value is kept byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(any, async (of) => {
      const { toRotate: [first] } = await plannedRotation([of], {
        sought: old(OLD),
        set: newOf({ password: NEW }),
      });
      if (first === undefined) return;
      const [before, after] = [of.data.reveal(), first.rewritten.data.reveal()];
      const keys = new Set(first.places.map(({ key }) => key));
      assert.deepEqual(Object.keys(after), Object.keys(before));
      for (const key of Object.keys(before)) {
        if (!keys.has(key)) assert.equal(after[key], before[key]);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("each credential listed for a secret is in a slot with the same name", () => {
  fc.assert(
    fc.property(any, (of) => {
      const slots = slotsIn(of);
      for (const { place, key, value } of valuesIn(of)) {
        // Numbered are those that are shown alike.
        const isThere = slots.some((slot) =>
          slot.key === key && slot.canonical.reveal() === value.reveal() && slot.role !== "name" &&
          slot.place === place.replace(/ \d+$/, "")
        );
        assert.ok(isThere, `${place} is looked at`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("nothing that a secret may hold is an error, and no value is in what is told", async () => {
  const text = fc.oneof(
    anyText(),
    fc.json(),
    fc.constantFrom(`://a:${OLD}@`, `https://a:${OLD}@c:d@e`, OLD),
  );
  const keys = fc.constantFrom(
    "password",
    "url",
    "proxy",
    "username",
    ".dockerconfigjson",
    ".dockercfg",
    "x",
  );
  const types = fc.constantFrom("Opaque", DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE);
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(keys, text),
      types,
      fc.boolean(),
      async (texts, type, isArgocd) => {
        const labels: Record<string, string> = isArgocd
          ? { [SECRET_TYPE_LABEL]: "repository" }
          : {};
        const plan = await plannedRotation([holding(texts, { type, labels })], {
          sought: old(OLD),
          set: newOf({ password: NEW, username: "robot" }),
        });
        const told = JSON.stringify(plan) + Deno.inspect(plan, { depth: 20 });
        for (const value of [OLD, NEW]) {
          assert.ok(!told.includes(value) && !told.includes(encodeURIComponent(value)));
        }
      },
    ),
    { numRuns: 500 },
  );
  const bytes = fc.uint8Array().map((bytes) => bytes.toBase64());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keys, bytes), types, async (data, type) => {
      await plannedRotation([{ ...holding({}, { type }), data: seal(data) }]);
    }),
    { numRuns: 300 },
  );
});
