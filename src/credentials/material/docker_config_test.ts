import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../../tests/support/arbitrary.ts";
import { mergeDockerConfig, parseDockerConfig, registriesIn } from "./docker_config.ts";

type Checked<T> = { ok: true; value: T } | { ok: false; why: string };

function allowed<T>(checked: Checked<T>): T {
  assert.ok(checked.ok, checked.ok ? "" : checked.why);
  return checked.value;
}

const newer = (text: string) => ({ text, form: "dockerconfigjson" as const });
const older = (text: string) => ({ text, form: "dockercfg" as const });
const merge = (old: string, entries: Record<string, object>) =>
  mergeDockerConfig([newer(old)], entries);
const merged = (old: string, entries: Record<string, object>) =>
  allowed(merge(old, entries)).reveal();

const NEW = { username: "u", password: "new", auth: btoa("u:new") };

Deno.test("entries and other fields are kept byte for byte, by their keys", () => {
  const text = `{ "credHelpers" : {"a":"b"},
    "auths": {"ghcr.io": {"auth" :"eA=="}, "q\\u0075ay.io": {"n":1.0}}, "HttpHeaders":{ } }`;
  const { entries, others } = allowed(parseDockerConfig(text));
  assert.deepEqual([...entries].map(([key, json]) => [key, json.reveal()]), [
    ["ghcr.io", `{"auth" :"eA=="}`],
    ["quay.io", `{"n":1.0}`],
  ]);
  assert.deepEqual(others.reveal(), {
    before: [`"credHelpers" : {"a":"b"}`],
    behind: [`"HttpHeaders":{ }`],
  });
});

Deno.test("a parsed configuration shows no value when it is printed", () => {
  const password = crypto.randomUUID();
  const text = JSON.stringify({ HttpHeaders: { x: password }, auths: { "ghcr.io": { password } } });
  const config = allowed(parseDockerConfig(text));
  const printed = Deno.inspect(config, { depth: 9 }) + JSON.stringify([...config.entries]) +
    JSON.stringify(config) + String(allowed(merge(text, { "quay.io": NEW })));
  assert.ok(printed.includes("[sealed]"));
  assert.ok(!printed.includes(password));
});

const REFUSED: [what: string, text: string, why: RegExp][] = [
  ["nothing", "", /^must be a JSON object/],
  ["invalid JSON", "{auths: {}}", /^must be a JSON object/],
  [
    "JSON with a comment",
    '{"auths": {} /* old */}',
    /^must be a JSON object/,
  ],
  [
    "JSON with a comma too much",
    '{"auths": {},}',
    /^must be a JSON object/,
  ],
  [
    "half of it",
    '{"auths": {"ghcr.io": {"auth":',
    /^must be a JSON object/,
  ],
  ["an array", "[]", /^must be a JSON object/],
  ["null", "null", /^must be a JSON object/],
  ["a text", '"auths"', /^must be a JSON object/],
  ["entries in an array", '{"auths": []}', /^must have an object in its field 'auths'/],
  ["entries in a text", '{"auths": "x"}', /^must have an object in its field 'auths'/],
  ["entries twice", '{"auths": {}, "auths": {}}', /^must have its registries in one field 'auths'/],
  ["entries in another field", '{"Auths": {}}', /^must have its registries in one field 'auths'/],
  [
    "entries in a field that Go accepts",
    '{"auth\u017f": {}}',
    /^must have its registries in one field/,
  ],
  [
    "nested arrays",
    `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    /^must be a JSON object/,
  ],
];

for (const [what, text, why] of REFUSED) {
  Deno.test(`a Docker configuration of ${what} is rejected with the reason`, () => {
    for (
      const checked of [
        parseDockerConfig(text),
        merge(text, { "ghcr.io": NEW }),
        registriesIn(text),
      ]
    ) assert.match(checked.ok ? "" : checked.why, why);
  });
}

Deno.test("a configuration without entries gets its first entry", () => {
  const auths = `"auths":{"ghcr.io":${JSON.stringify(NEW)}}`;
  assert.equal(merged("{}", { "ghcr.io": NEW }), `{${auths}}`);
  assert.equal(merged('{"auths": null, "x":1}', { "ghcr.io": NEW }), `{${auths},"x":1}`);
  assert.equal(merged('{"x":1}', { "ghcr.io": NEW }), `{"x":1,${auths}}`);
});

/** Keys in one line mean the same registry, and each line another one. */
const REGISTRIES = [
  [
    "ghcr.io",
    "https://ghcr.io",
    "https://ghcr.io/v2/",
    "https://ghcr.io/v2",
    "http://ghcr.io/",
    "GHCR.io",
  ],
  [
    "https://index.docker.io/v1/",
    "index.docker.io",
    "docker.io",
    "https://docker.io",
    "https://registry-1.docker.io",
    "registry-1.docker.io",
  ],
  ["registry.example.com:5000", "https://registry.example.com:5000/v2/"],
  ["registry.example.com", "https://registry.example.com"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com"],
  ["ghcr.io/org", "https://ghcr.io/org", "http://ghcr.io/v2/org", "ghcr.io/v1/org"],
  ["ghcr.io/org/"],
  ["ghcr.io/v2org"],
  ["ghcr.io:443"],
  ["oci://ghcr.io"],
  ["*.ghcr.io"],
  ["xghcr.io"],
  ["https://index.docker.io/v1/access-token"],
  ["hub.docker.com"],
  [""],
  ["__proto__"],
  ["constructor"],
  ["\ud800"],
  ["7"],
];
const KEYS = REGISTRIES.flat();
const lineOf = (key: string) => REGISTRIES.findIndex((line) => line.includes(key));

/** The entries that a new one replaces: a path also replaces the same path with a slash, not vice versa. */
const meantBy = (key: string) => [
  ...REGISTRIES[lineOf(key)] ?? [key],
  ...(lineOf(key) === lineOf("ghcr.io/org") ? ["ghcr.io/org/"] : []),
];

for (const line of REGISTRIES) {
  Deno.test(`a new entry replaces the entry of ${JSON.stringify(line[0])} in every spelling`, () => {
    const old = `{"auths":{${KEYS.map((key) => `${JSON.stringify(key)}:{}`).join()}}}`;
    for (const key of line) {
      const { entries } = allowed(parseDockerConfig(merged(old, Object.fromEntries([[key, NEW]]))));
      const others = KEYS.filter((other) => !meantBy(key).includes(other));
      assert.deepEqual(new Set(entries.keys()), new Set([...others, key]));
      assert.deepEqual(JSON.parse(entries.get(key)!.reveal()), NEW);
    }
  });
}

/** JSON texts that do not come back from a parser as they were. */
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '{"auth":"eDp5","email":"a@b.c","identitytoken":"t"}',
    '{ "a" : 1.0 , "a" : 12345678901234567890 }',
    '{"__proto__": {"x": 1e400}}',
    '"\\u0041\\/\\ud800"',
    "-0",
    "null",
  ),
);
const space = fc.constantFrom("", " ", "\n\t", "\r\n");
const object = (key: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(key, space, json), { maxLength: 6 }).map((all) =>
    all.map(([key, space, json]) =>
      [key, `${JSON.stringify(key)}${space}:${space}${json}`] as const
    )
  );
const config = fc.record({
  before: object(fc.constantFrom("credHelpers", "HttpHeaders", "credsStore", "x", "__proto__")),
  auths: object(fc.oneof(fc.constantFrom(...KEYS), fc.string())),
  behind: object(fc.constantFrom("detachKeys", "auth", "x")),
  space,
}).map(({ before, auths, behind, space }) => {
  const entries = `"auths":${space}{${auths.map(([, text]) => text).join(`${space},`)}}`;
  const fields = [...before.map(([, text]) => text), entries, ...behind.map(([, text]) => text)];
  return `${space}{${space}${fields.join(`,${space}`)}${space}}${space}`;
});
const newEntries = fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 })
  .map((keys) => Object.fromEntries(keys.map((key) => [key, NEW])));

/** Entries by key, and other fields, all unchanged. */
function pieces(text: string) {
  const { entries, others } = allowed(parseDockerConfig(text));
  return {
    entries: new Map([...entries].map(([key, json]) => [key, json.reveal()])),
    others: others.reveal(),
  };
}

Deno.test("no entry of another registry, and no other field, is ever lost or changed", () => {
  fc.assert(
    fc.property(config, newEntries, (old, added) => {
      const before = pieces(old);
      const after = pieces(merged(old, added));
      assert.deepEqual(after.others, before.others);
      const replaced = new Set(Object.keys(added).flatMap(meantBy));
      const isKept = (key: string) => !replaced.has(key);
      const kept = [...before.entries].filter(([key]) => isKept(key));
      assert.deepEqual([...after.entries].filter(([key]) => isKept(key)), kept);
      assert.deepEqual(
        new Set([...after.entries.keys()].filter((key) => !isKept(key))),
        new Set(Object.keys(added)),
      );
      for (const key of Object.keys(added)) {
        assert.deepEqual(JSON.parse(after.entries.get(key)!), NEW);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("merging the same entries again changes nothing", () => {
  fc.assert(fc.property(config, newEntries, (old, added) => {
    const once = merged(old, added);
    assert.equal(merged(once, added), once);
    const spread = once.replaceAll(/^\{/g, "{ \n");
    assert.equal(merged(spread, added), spread);
  }));
});

Deno.test("merging into any text gives a configuration or a reason", () => {
  const text = fc.oneof(
    anyText(),
    fc.json(),
    config.map((one) => one.slice(3)),
  );
  fc.assert(fc.property(text, newEntries, (old, added) => {
    const checked = merge(old, added);
    assert.ok(checked.ok ? JSON.parse(checked.value.reveal()) : checked.why.startsWith("must "));
    registriesIn(old);
  }));
});

const basic = (login: string) => ({ auth: btoa(login) });

const SHOWN: [key: string, entry: unknown, registry: string, username: string | undefined][] = [
  ["ghcr.io", { username: "me", password: "p" }, "ghcr.io", "me"],
  ["ghcr.io", basic("me:p"), "ghcr.io", "me"],
  ["ghcr.io", { username: "not me", ...basic("me:p:q") }, "ghcr.io", "me"],
  ["ghcr.io", { username: "me", auth: "" }, "ghcr.io", "me"],
  ["ghcr.io", { auth: btoa("me:p").replace(/=+$/, "") }, "ghcr.io", "me"],
  ["ghcr.io", basic("ghp_0123456789:"), "ghcr.io", "ghp_***"],
  ["ghcr.io", basic("0123456789abcdef:x-oauth-basic"), "ghcr.io", "***"],
  ["ghcr.io", { username: "0123456789", password: "x-oauth-basic" }, "ghcr.io", "***"],
  ["ghcr.io", basic("no colon"), "ghcr.io", undefined],
  ["ghcr.io", { auth: "***" }, "ghcr.io", undefined],
  ["ghcr.io", { identitytoken: "t" }, "ghcr.io", undefined],
  ["ghcr.io", { username: "", password: "p" }, "ghcr.io", undefined],
  ["ghcr.io", { username: 7 }, "ghcr.io", undefined],
  ["ghcr.io", null, "ghcr.io", undefined],
  ["ghcr.io", "me:p", "ghcr.io", undefined],
  ["https://me:secret@ghcr.io", {}, "https://***@ghcr.io", undefined],
];

for (const [key, entry, registry, username] of SHOWN) {
  const named = username === undefined ? "no user" : `the user ${username}`;
  Deno.test(`${key} with ${JSON.stringify(entry)} is shown as ${registry} with ${named}`, () => {
    const shown = allowed(registriesIn(JSON.stringify({ auths: { [key]: entry } })));
    assert.deepEqual(shown, [{ registry, ...(username === undefined ? {} : { username }) }]);
  });
}

/** Entries of the older form, as JSON that does not come back from a parser as it was. */
const entries = object(fc.oneof(fc.constantFrom(...KEYS), fc.string()))
  .filter((all) => all.every(([key]) => key !== "auths"));
const olderConfig = fc.tuple(entries, space).map(([all, space]) =>
  `${space}{${all.map(([, text]) => text).join(`${space},`)}}${space}`
);

Deno.test("the older form has its registries at the top level, and no other fields", () => {
  const text = `{ "ghcr.io": {"auth" :"eA=="}, "q\\u0075ay.io": {"n":1.0}, "ghcr.io":{} }`;
  const { entries, others } = allowed(parseDockerConfig(text, "dockercfg"));
  assert.deepEqual([...entries].map(([key, json]) => [key, json.reveal()]), [
    ["ghcr.io", "{}"],
    ["quay.io", `{"n":1.0}`],
  ]);
  assert.deepEqual(others.reveal(), { before: [], behind: [] });
  assert.deepEqual(allowed(registriesIn(`{"ghcr.io": {"auth": "${btoa("me:p")}"}}`, "dockercfg")), [
    { registry: "ghcr.io", username: "me" },
  ]);
});

for (const text of ["", "[]", "null", '"ghcr.io"', "{ghcr.io: {}}", '{"auths": {"ghcr.io": {}}}']) {
  Deno.test(`the older form is rejected if it is ${text || "empty"}`, () => {
    for (
      const checked of [
        parseDockerConfig(text, "dockercfg"),
        mergeDockerConfig([older(text)], { "ghcr.io": NEW }),
        registriesIn(text, "dockercfg"),
      ]
    ) {
      assert.match(
        checked.ok ? "" : checked.why,
        /^must (be a JSON object|have its registries at)/,
      );
    }
  });
}

Deno.test("an entry of the older form is never lost or changed, and becomes one of the newer form", () => {
  fc.assert(
    fc.property(olderConfig, newEntries, (old, added) => {
      const before = allowed(parseDockerConfig(old, "dockercfg")).entries;
      const after = pieces(allowed(mergeDockerConfig([older(old)], added)).reveal());
      assert.deepEqual(after.others, { before: [], behind: [] });
      const replaced = new Set(Object.keys(added).flatMap(meantBy));
      const kept = [...before].filter(([key]) => !replaced.has(key))
        .map(([key, json]) => [key, json.reveal()] as const);
      const comes = Object.entries(added)
        .map(([key, entry]) => [key, JSON.stringify(entry)] as const);
      assert.deepEqual(after.entries, new Map([...kept, ...comes]));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("an older form that already has the entries becomes the newer form", () => {
  const text = JSON.stringify({ "ghcr.io": NEW });
  const now = allowed(mergeDockerConfig([older(text)], { "ghcr.io": NEW })).reveal();
  assert.deepEqual(JSON.parse(now), { auths: { "ghcr.io": NEW } });
});

Deno.test("with both forms in one secret, the logins of both are kept, and the older form wins", () => {
  const both = [
    newer(`{"x": 1, "auths": {"quay.io": {"n": 1}, "https://a.example": {"n": 2}}, "y": 2}`),
    older(`{"a.example": {"n": 3}, "b.example": {"n": 4}}`),
  ];
  const now = allowed(mergeDockerConfig(both, { "ghcr.io": NEW })).reveal();
  assert.equal(
    now,
    `{"x": 1,"auths":{"quay.io":{"n": 1},"a.example":{"n": 3},"b.example":{"n": 4},` +
      `"ghcr.io":${JSON.stringify(NEW)}},"y": 2}`,
  );
});
