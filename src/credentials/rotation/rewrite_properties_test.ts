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
import { MANAGED_BY, MANAGED_BY_LABEL } from "../kinds/desired_secret.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL, SECRET_TYPES } from "../kinds/repository_credential.ts";
import { valuesIn } from "../values.ts";
import { shownPlaces } from "./find.ts";
import { masking } from "./hide.ts";
import { hiddenOf, matchesIn } from "./matches.ts";
import { wantedIn } from "./wanted.ts";
import { slotsIn } from "./slots.ts";

/** Random secrets with the old value in any of their places. */

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

/** All texts that a reader can get from a secret, by place. */
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

Deno.test("a rewritten secret has the new value in place of the old one, and nothing else is changed", async () => {
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
      // Rotating back restores the exact bytes of forms that have one spelling only.
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
        // Places that are shown alike are numbered.
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

Deno.test("a value that the name of a place contains is never shown", async () => {
  const [from, to] = ["Old-token-4711-of-a-test", "new-token-0815-of-a-test"];
  const value = fc.constantFrom(from, to, ` ${from}`, "other");
  const text = fc.oneof(value, value.map((each) => `https://u:${each}@h/${each.trim()}/x`));
  const registry = value.chain((each) =>
    fc.constantFrom(each, `ghcr.io/${each}`, `https://${each}.example.com`, "ghcr.io")
  );
  const entry = fc.record({
    username: value,
    password: value,
    auth: value.map((each) => encodeBase64Text(`u:${each}`)),
  }, { requiredKeys: [] });
  const docker = fc.tuple(fc.constantFrom("auths", "Auths"), fc.dictionary(registry, entry))
    .map(([name, auths]) => ({ ".dockerconfigjson": JSON.stringify({ [name]: auths }) }));
  const keys = fc.constantFrom(from, to, "password", "url", "note", "config");
  const secret = fc.tuple(
    fc.oneof(docker, fc.dictionary(keys, text)),
    fc.constantFrom(undefined, "repository", "repo-creds", "cluster", "another"),
    fc.boolean(),
  ).map(([texts, secretType, isOurs]) => ({
    ...holding(texts, { type: DOCKER_CONFIG_TYPE }),
    labels: {
      ...secretType !== undefined && { [SECRET_TYPE_LABEL]: secretType },
      ...isOurs && { [MANAGED_BY_LABEL]: MANAGED_BY },
    },
  }));
  const set = fc.constantFrom({ password: to }, { password: to, username: "a:b" });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(secret, set, async (of, set) => {
      const plan = await plannedRotation([of], { sought: old(from), set: newOf(set) });
      const { toRotate, unchanged, left, cannotHold, places } = plan;
      const told = {
        unchanged,
        left,
        cannotHold,
        places,
        to: toRotate.map(({ places }) => places),
      };
      for (const [what, of] of Object.entries(told)) if (of.length > 0) seen.add(what);
      const wanted = await wantedIn([of], [old(from)], plainFingerprint);
      const matches = matchesIn(of, wanted);
      const found = shownPlaces(of, matches, masking(() => hiddenOf(wanted, matches)));
      const all = JSON.stringify([told, found.map(({ place, key, url }) => [place, key, url])]);
      for (const each of [from, from.toLowerCase()]) assert.ok(!all.includes(each), all);
      assert.ok(!JSON.stringify(told).includes(to), all);
    }),
    { numRuns: 1000 },
  );
  assert.equal(seen.size, 5);
});

Deno.test("a secret with any content is no error, and no value is shown", async () => {
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
