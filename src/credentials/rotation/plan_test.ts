import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text, encodeBase64Url } from "../../text/bytes.ts";
import {
  argocdHolding,
  auth,
  holding,
  NEW,
  newOf,
  OLD,
  old,
  plainFingerprint,
  plannedRotation,
  pull,
  pullText,
  textsOf,
} from "../fake/rotation.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import { matchesIn } from "./matches.ts";
import type { LeftReason } from "./left.ts";
import type { PlanRequest } from "./plan.ts";
import { wantedIn } from "./wanted.ts";

type Request = Partial<PlanRequest>;

const notOurs = (secret: StoredSecret): StoredSecret => ({
  ...secret,
  labels: Object.fromEntries(
    Object.entries(secret.labels).filter(([, value]) => !/configurer/.test(value)),
  ),
});
const owned = (secret: StoredSecret): StoredSecret => ({
  ...secret,
  ownerReferences: [{ apiVersion: "v1", kind: "ExternalSecret", name: "x", uid: "1" }],
});
const PULL = pull({ "ghcr.io": { username: "u", password: OLD, auth: auth("u", OLD) } });
const REPO = argocdHolding({ url: "https://git.example.com/a", username: "u", password: OLD });
const CLUSTER = argocdHolding({
  server: "https://k",
  config: JSON.stringify({ bearerToken: OLD, password: "short", tlsClientConfig: {} }),
}, "cluster");
const base64 = (text: string) => encodeBase64Text(text);

/** Its base64 has the two characters that base64url replaces. */
const URL_SAFE = "old-token->>>???-4711";
const URL_AUTH = encodeBase64Url(`u:${URL_SAFE}`);
assert.match(URL_AUTH, /[-_]/);

// --- secrets that are left ----------------------------------------------------------------------

const LEFT: [
  what: string,
  of: StoredSecret,
  reason: LeftReason,
  keys: readonly string[],
  request?: Request,
][] = [
  ["not ours", notOurs(PULL), "not_ours", ["ghcr.io"]],
  ["owned by another program", owned(REPO), "owned", ["password"]],
  ["owned, with managed_only off", owned(notOurs(REPO)), "owned", ["password"], {
    managedOnly: false,
  }],
  ["immutable", { ...REPO, immutable: true }, "immutable", ["password"]],
  [
    "immutable with finalizers, by force",
    { ...REPO, immutable: true, finalizers: ["a/b"] },
    "finalizers",
    [
      "password",
    ],
    { force: true },
  ],
  [
    "being deleted, also by force",
    { ...REPO, deletionTimestamp: "2026-11-30T00:00:00Z" },
    "being_deleted",
    [
      "password",
    ],
    { force: true },
  ],
  ["Argo CD's login to a cluster, also by force", CLUSTER, "other_type", ["config"], {
    managedOnly: false,
    force: true,
  }],
  ["another key of a cluster", argocdHolding({ password: OLD }, "cluster"), "other_type", [
    "password",
  ]],
  ["a cluster's login with a short password", CLUSTER, "other_type", ["config"], {
    sought: old("short"),
  }],
  [
    "a value found by the name of a cluster",
    argocdHolding({ password: OLD }, "cluster"),
    "other_type",
    [
      "password",
    ],
    { sought: { by: "name", name: "x" } },
  ],
  ["of an unknown type", argocdHolding({ token: OLD }, "a-new-type"), "other_type", [
    "token",
  ]],
  ["padded by a line break", argocdHolding({ password: `${OLD}\n` }), "padded", ["password"]],
  ["padded in an auth", pull({ "ghcr.io": { auth: auth("u", `${OLD}\n`) } }), "padded", [
    "ghcr.io",
  ]],
  [
    "padded in one field of an entry, which is left as a whole",
    pull({ "ghcr.io": { password: OLD, auth: auth("u", ` ${OLD}`) } }),
    "padded",
    ["ghcr.io", "ghcr.io (password)"],
  ],
  ["inside a text that is not a credential", argocdHolding({ note: `token: ${OLD}` }), "inside", [
    "note",
  ]],
  ...["name", "project", "noProxy", "githubAppEnterpriseBaseUrl", "tlsClientCertData"].map(
    (key): [string, StoredSecret, LeftReason, readonly string[]] => [
      `in '${key}', which is not for credentials`,
      argocdHolding({ url: "https://x", [key]: `https://u:${OLD}@h` }),
      "inside",
      [key],
    ],
  ),
  ["inside the path of a URL", argocdHolding({ url: `https://x/${OLD}/y` }), "inside", ["url"]],
  [
    "inside the query of a URL, encoded",
    argocdHolding({ proxy: `https://x/?a=${encodeURIComponent(`${OLD}/+`)}` }),
    "inside",
    [
      "proxy",
    ],
    { sought: old(`${OLD}/+`) },
  ],
  ["encoded twice", argocdHolding({ password: base64(OLD) }), "inside", ["password"]],
  ["inside a header", pullText(JSON.stringify({ HttpHeaders: { X: OLD } })), "inside", [
    ".dockerconfigjson",
  ]],
  [
    "an invalid configuration",
    pullText(`{"auths":{"ghcr.io":{"password":"${OLD}"}`),
    "inside",
    [
      ".dockerconfigjson",
    ],
  ],
  [
    "a configuration with its registries twice",
    pullText(`{"auths":{},"Auths":{"ghcr.io":{"auth":"${auth("u", OLD)}"}}}`),
    "unmergeable",
    ["ghcr.io"],
  ],
  [
    "a short password in a configuration that only the kubelet can read",
    pullText(`{"AUTHS":{"ghcr.io":{"auth":"${auth("u", "hunter2")}"}}}`),
    "unmergeable",
    ["ghcr.io"],
    { sought: old("hunter2") },
  ],
  [
    "the same, found by its fingerprint",
    pullText(`{"Auths":{"ghcr.io":{"Password":"hunter2"}}}`),
    "unmergeable",
    ["ghcr.io"],
    { sought: { by: "fingerprint", fingerprint: "fingerprint of hunter2" } },
  ],
  ["after a JSON escape", argocdHolding({ config: `{"k":"a\\n${OLD}"}` }), "inside", [
    "config",
  ]],
  ["escaped letter by letter", argocdHolding({ note: `"\\u006f${OLD.slice(1)}"` }), "inside", [
    "note",
  ]],
  [
    "in base64 within a longer text",
    argocdHolding({ note: `Authorization: Basic ${auth("u", OLD)}; a=b` }),
    "inside",
    ["note"],
  ],
  [
    "in base64 of an escaped text in base64",
    argocdHolding({ note: base64(`{"a": "Basic ${auth("u", OLD)}"}`) }),
    "inside",
    ["note"],
  ],
  [
    "percent-encoded beside a percent sign",
    argocdHolding({ url: `https://x/%zz?a=%22${OLD}` }),
    "inside",
    [
      "url",
    ],
  ],
  [
    "an auth in base64url",
    pull({ "ghcr.io": { auth: URL_AUTH } }),
    "inside",
    ["ghcr.io"],
    {
      sought: old(URL_SAFE),
    },
  ],
  ["an auth without a colon", pull({ "ghcr.io": { auth: base64(OLD) } }), "inside", ["ghcr.io"]],
  ["an auth that is the plain value", pull({ "ghcr.io": { auth: OLD } }), "unmergeable", [
    "ghcr.io",
  ]],
  [
    "the user name beside another password",
    argocdHolding({ username: OLD, password: "other" }),
    "as_username",
    [
      "username",
    ],
  ],
  [
    "the user name of an entry beside another password",
    pull({ "ghcr.io": { auth: auth(OLD, "other") } }),
    "as_username",
    [
      "ghcr.io (username)",
    ],
  ],
  [
    "several values with one URL",
    argocdHolding({
      url: "https://git.example.com/a",
      username: "u",
      bearerToken: "a",
      azureServicePrincipalClientSecret: "b",
    }),
    "several_values",
    ["azureServicePrincipalClientSecret", "bearerToken"],
    { sought: { by: "url_prefix", urlPrefix: "https://git.example.com", username: "u" } },
  ],
  [
    "several values with one name",
    pull({ "ghcr.io": { auth: auth("u", "a") }, "quay.io": { auth: auth("u", "b") } }),
    "several_values",
    ["ghcr.io", "quay.io"],
    { sought: { by: "name", name: "x" } },
  ],
];

for (const [what, of, reason, keys, request] of LEFT) {
  Deno.test(`left, with the reason and the remedy: ${what}`, async () => {
    const plan = await plannedRotation([of], request);
    assert.deepEqual([plan.status, plan.toRotate, plan.cannotHold], ["not_found", [], []]);
    const { message, remedy, ...left } = plan.left[0]!;
    assert.equal(plan.left.length, 1);
    assert.deepEqual({ ...left, keys: left.keys.toSorted() }, {
      namespace: "argocd",
      name: "x",
      reason,
      keys,
    });
    assert.match(message, /^Secret argocd\/x .*[^.]$/s);
    assert.match(remedy, /^[A-Z].*[^.]$/s);
    assert.notEqual(plan.places.length, 0);
    const told = JSON.stringify(plan);
    assert.ok(!told.includes(OLD) && !told.includes(base64(OLD)));
  });
}

const TAKEN: [what: string, of: StoredSecret, request: Request][] = [
  ["not ours, with managed_only off", notOurs(PULL), { managedOnly: false }],
  ["not ours, by force", notOurs(PULL), { force: true }],
  ["owned, by force", owned(PULL), { force: true }],
  ["immutable, by force", { ...PULL, immutable: true }, { force: true }],
  ["all of these, by force", { ...owned(notOurs(PULL)), immutable: true }, { force: true }],
];

for (const [what, of, request] of TAKEN) {
  Deno.test(`rotated: ${what}`, async () => {
    const plan = await plannedRotation([of], request);
    assert.deepEqual([plan.toRotate.length, plan.left], [1, []]);
  });
}

Deno.test("a secret with an entry that is left is rotated anyway", async () => {
  const plan = await plannedRotation([
    pull({ "ghcr.io": { auth: auth("u", OLD) }, "quay.io": { auth: auth("u", `${OLD}\n`) } }),
  ]);
  assert.equal(plan.status, "rotates");
  assert.deepEqual(plan.left.map(({ reason, keys }) => [reason, keys]), [["padded", ["quay.io"]]]);
  assert.deepEqual(plan.places.map(({ place, padded }) => [place, padded]), [
    ["ghcr.io", undefined],
    [
      "quay.io",
      true,
    ],
  ]);
  assert.deepEqual(plan.toRotate[0]!.places.map(({ place }) => place), ["ghcr.io"]);
});

Deno.test("an old value given with white space around it does not match a stored one without", async () => {
  const plan = await plannedRotation(
    [
      { ...argocdHolding({ password: OLD }), name: "plain" },
      { ...argocdHolding({ password: `${OLD}\n` }), name: "padded" },
      { ...argocdHolding({ password: `${OLD} ` }), name: "same" },
    ],
    { sought: old(`${OLD} `) },
  );
  const why = Object.fromEntries(plan.left.map((each) => [each.name, [each.message, each.remedy]]));
  assert.deepEqual(why, {
    plain: [
      "Secret argocd/plain contains the old value in 'password' without the white space " +
      "that was given around it, so it is a different value",
      "Give the old value without white space around it",
    ],
    padded: [
      "Secret argocd/padded contains the old value in 'password' with white space around " +
      "it, so it is a different value",
      "Write the credential again without the white space",
    ],
  });
  assert.deepEqual(plan.toRotate.map(({ secret }) => secret.name), ["same"]);
});

Deno.test("after a rotation to a longer form of the old value, the old value is not found in it", async () => {
  const request = { sought: old("correct horse 1"), set: newOf({ password: "correct horse 1 " }) };
  const plan = await plannedRotation(
    [argocdHolding({ password: "correct horse 1", note: "correct horse 1 " })],
    request,
  );
  assert.deepEqual([plan.toRotate.length, plan.left], [1, []]);
  const again = await plannedRotation([plan.toRotate[0]!.rewritten], request);
  assert.deepEqual([again.status, again.places], ["unchanged", []]);
  const longer = { sought: old("correct-horse-1"), set: newOf({ password: "correct-horse-12" }) };
  const held = await plannedRotation([argocdHolding({ password: "correct-horse-12" })], longer);
  assert.deepEqual([held.status, held.places], ["unchanged", []]);
});

Deno.test("an old value that contains the new one is still found as part of other texts", async () => {
  const request = { sought: old("new-demo-password"), set: newOf({ password: "demo-password" }) };
  const texts = { password: "new-demo-password", note: "token: new-demo-password; x" };
  const plan = await plannedRotation([argocdHolding(texts)], request);
  assert.deepEqual(plan.left.map(({ reason, keys }) => [reason, keys]), [["inside", ["note"]]]);
  const after = plan.toRotate[0]!.rewritten;
  assert.deepEqual(textsOf(after), { ...texts, password: "demo-password" });
  const again = await plannedRotation([after], request);
  assert.deepEqual([again.status, again.left.length], ["unchanged", 1]);
});

for (
  const [before, after] of [["demo-password", "new-demo-password"], [
    "new-demo-password",
    "demo-password",
  ]]
) {
  Deno.test(`${after} is never found as a place of ${before}`, async () => {
    const request = { sought: old(before!), set: newOf({ password: after! }) };
    const secrets = [
      argocdHolding({
        url: `https://u:${after}@x/y`,
        password: after!,
        note: `token: ${after}, ${after}`,
      }),
      pull({ "ghcr.io": { username: "u", password: after, auth: auth("u", after!) } }),
    ].map((secret, i) => ({ ...secret, name: `x${i}` }));
    const plan = await plannedRotation(secrets, request);
    assert.deepEqual([plan.status, plan.places, plan.left], ["unchanged", [], []]);
    assert.equal(plan.unchanged.length, 2);
    for (const secret of secrets) {
      const wanted = await wantedIn([secret], [request.sought], plainFingerprint);
      assert.deepEqual(matchesIn(secret, wanted, request.set), []);
    }
  });
}

Deno.test("a search by fingerprint gives the same plan as one by value: parts of texts are left", async () => {
  const secrets = [
    argocdHolding({ password: OLD, note: `${OLD};` }),
    { ...argocdHolding({ note: `token: ${OLD}` }), name: "y" },
  ];
  const fingerprint = await plainFingerprint({ reveal: () => OLD });
  const plan = await plannedRotation(secrets, { sought: { by: "fingerprint", fingerprint } });
  assert.deepEqual(plan, await plannedRotation(secrets));
  assert.deepEqual(plan.left.map(({ name, reason }) => [name, reason]), [
    ["x", "inside"],
    ["y", "inside"],
  ]);
});

Deno.test("a cluster's login that already has the new value is not counted as unchanged", async () => {
  const plan = await plannedRotation([
    argocdHolding({ config: `{"password":"${NEW}"}`, token: NEW }, "cluster"),
  ]);
  assert.deepEqual([plan.status, plan.unchanged, plan.left], ["not_found", [], []]);
});

Deno.test("a cluster's login is found however deep it is nested", async () => {
  const config = '{"a":'.repeat(20_000) + `"${OLD}"` + "}".repeat(20_000);
  const plan = await plannedRotation([argocdHolding({ config }, "cluster")]);
  assert.deepEqual(plan.left.map(({ keys }) => keys), [["config"]]);
});

Deno.test("a short value is not found as part of other texts", async () => {
  const plan = await plannedRotation([
    argocdHolding({ url: "https://x/robot/y", note: "robot wars" }),
  ], {
    sought: old("robot"),
  });
  assert.deepEqual([plan.status, plan.places], ["not_found", []]);
});

Deno.test("a password that equals its user name is rotated, and the user name is left and reported", async () => {
  const request = { sought: old("robot"), set: newOf({ password: NEW }) };
  const plan = await plannedRotation(
    [argocdHolding({ url: "https://x", username: "robot", password: "robot" })],
    request,
  );
  const after = plan.toRotate[0]!.rewritten;
  assert.deepEqual(textsOf(after), { url: "https://x", username: "robot", password: NEW });
  const again = await plannedRotation([after], request);
  assert.deepEqual(again.toRotate, []);
  assert.deepEqual(again.left.map(({ reason }) => reason), ["as_username"]);
});

// --- what a place cannot hold -------------------------------------------------------------------

const PEM = "-----BEGIN PRIVATE KEY-----\nb2xk\n-----END PRIVATE KEY-----\n";
const GOOGLE = '{"type":"service_account","private_key":"old"}';
const robot = { set: newOf({ password: NEW, username: "robot" }) };

const CANNOT: [what: string, of: StoredSecret, why: RegExp, request: Request][] = [
  [
    "a user name beside a bearer token",
    argocdHolding({ bearerToken: OLD }),
    /^'bearerToken' cannot store 'username'/,
    robot,
  ],
  [
    "another user name in place of a token",
    argocdHolding({ username: OLD, password: "x-oauth-basic" }),
    /stores the token as its user name/,
    robot,
  ],
  [
    "a user name in a URL that has the token in place of it",
    argocdHolding({ url: `https://${OLD}@x` }),
    /stores the token/,
    robot,
  ],
  [
    "a user name in an entry without one",
    pull({ "ghcr.io": { identitytoken: OLD } }),
    /^'ghcr.io' cannot store 'username'/,
    robot,
  ],
  [
    "a user name with a colon in a pull secret",
    PULL,
    /must not contain a colon/,
    { set: newOf({ password: NEW, username: "a:b" }) },
  ],
  [
    "an invalid bearer token",
    argocdHolding({ bearerToken: OLD }),
    /visible ASCII/,
    { set: newOf({ password: "with a space" }) },
  ],
  [
    "a token in place of a key",
    argocdHolding({ sshPrivateKey: PEM }),
    /contains a private key in PEM, not a password or token/,
    { sought: { by: "fingerprint", fingerprint: `fingerprint of ${PEM.trim()}` } },
  ],
  [
    "a token in place of a Google key",
    argocdHolding({ gcpServiceAccountKey: GOOGLE }),
    /contains the key of a Google service account, not/,
    { sought: old(GOOGLE, "gcp_service_account_key") },
  ],
  [
    "a token for the user of Google's keys",
    pull({ "gcr.io": { auth: auth("_json_key", GOOGLE) } }),
    /contains the key of a Google service account, not/,
    { sought: old(GOOGLE, "gcp_service_account_key") },
  ],
  [
    "an id in a pull secret",
    PULL,
    /cannot store 'azure_service_principal_client_id'/,
    {
      set: newOf({
        azure_service_principal_client_secret: NEW,
        azure_service_principal_client_id: "66666666-2222-3333-4444-555555555555",
      }),
    },
  ],
];

for (const [what, of, why, request] of CANNOT) {
  Deno.test(`a place cannot hold ${what}`, async () => {
    const plan = await plannedRotation([of], request);
    assert.deepEqual([plan.toRotate, plan.left], [[], []]);
    assert.equal(plan.cannotHold.length, 1);
    const [{ namespace, name, why: said }] = plan.cannotHold as [typeof plan.cannotHold[0]];
    assert.deepEqual([namespace, name], ["argocd", "x"]);
    assert.match(said, why);
    assert.ok(!said.includes(OLD) && !said.includes(NEW));
  });
}

Deno.test("a place that is left for another reason is not checked for the new value", async () => {
  const plan = await plannedRotation([notOurs(argocdHolding({ bearerToken: OLD }))], robot);
  assert.deepEqual([plan.cannotHold, plan.left.length], [[], 1]);
});

// --- search by place and user name --------------------------------------------------------------

const named = (name: string, secret: StoredSecret) => ({ ...secret, name });
const HUB = {
  "https://index.docker.io/v1/": { auth: auth("u", "a") },
  "https://registry-1.docker.io": { auth: auth("u", "a") },
  "docker.io/org": { auth: auth("u", "b") },
  "ghcr.io": { auth: auth("u", "a") },
};

const BY: [
  what: string,
  of: StoredSecret[],
  sought: Request["sought"],
  rotated: Record<string, readonly string[]>,
  olds: readonly string[],
][] = [
  ["a registry, by any of its names", [pull(HUB)], {
    by: "registry",
    registry: "docker.io",
    username: "u",
  }, {
    x: ["https://index.docker.io/v1/", "https://registry-1.docker.io"],
  }, ["a"]],
  [
    "a registry of another user",
    [pull(HUB)],
    { by: "registry", registry: "ghcr.io", username: "v" },
    {},
    [],
  ],
  ["a path of a registry", [pull(HUB)], {
    by: "registry",
    registry: "index.docker.io/org/",
    username: "u",
  }, {
    x: ["docker.io/org"],
  }, ["b"]],
  [
    "a registry, with other values on several secrets",
    [
      named("a", pull({ "ghcr.io": { auth: auth("u", "a"), password: "stale" } })),
      named("b", pull({ "GHCR.IO": { username: "u", password: "b", auth: auth("u", "b") } })),
    ],
    { by: "registry", registry: "https://ghcr.io/", username: "u" },
    { a: ["ghcr.io"], b: ["GHCR.IO"] },
    ["a", "b"],
  ],
  [
    "a URL's prefix and a user name",
    [
      named(
        "at",
        argocdHolding({ url: "https://git.example.com/team", username: "u", password: "a" }),
      ),
      named(
        "below",
        argocdHolding(
          { url: "https://GIT.example.com/team/app.git", username: "u", password: "b" },
          "repo-creds",
        ),
      ),
      named(
        "beside",
        argocdHolding({
          url: "https://git.example.com/team-other/app",
          username: "u",
          password: "c",
        }),
      ),
      named(
        "whose",
        argocdHolding({ url: "https://git.example.com/team/app", username: "v", password: "d" }),
      ),
      named("in-url", argocdHolding({ url: "https://u:e@git.example.com/team/x" })),
      named("pull", pull({ "git.example.com": { auth: auth("u", "f") } })),
    ],
    { by: "url_prefix", urlPrefix: "https://git.example.com/team/", username: "u" },
    { at: ["password"], below: ["password"], "in-url": ["url"] },
    ["a", "b", "e"],
  ],
  [
    "a name, and the same value in other places of the secret",
    [
      argocdHolding({
        url: "https://u:a@x/y",
        proxy: "http://u:other@p",
        username: "u",
        password: "a",
        tlsClientCertKey: "k",
      }),
      named("y", argocdHolding({ url: "https://x", password: "a" })),
    ],
    { by: "name", name: "x" },
    { x: ["password", "url"] },
    ["a"],
  ],
  ["a name in another namespace", [PULL], { by: "name", name: "x", namespace: "team" }, {}, []],
  ["a name of a pull secret", [pull({ "ghcr.io": { auth: auth("u", "a") } })], {
    by: "name",
    name: "x",
  }, {
    x: ["ghcr.io"],
  }, ["a"]],
];

for (const [what, secrets, sought, rotated, olds] of BY) {
  Deno.test(`the credential is found by ${what}`, async () => {
    const plan = await plannedRotation(secrets, { sought });
    assert.deepEqual(
      Object.fromEntries(
        plan.toRotate.map((
          { secret, places },
        ) => [secret.name, places.map(({ place }) => place).sort()]),
      ),
      rotated,
    );
    assert.deepEqual(plan.oldValues.map((value) => value.reveal()), olds);
    assert.deepEqual(plan.left, []);
    const again = await plannedRotation(plan.toRotate.map(({ rewritten }) => rewritten), {
      sought,
    });
    assert.equal(again.status, plan.toRotate.length > 0 ? "unchanged" : "not_found");
    assert.deepEqual([again.places, again.oldValues], [[], []]);
  });
}

Deno.test("a login found by registry and user name is unchanged after its user name was changed", async () => {
  const request: Request = {
    sought: { by: "registry", registry: "ghcr.io", username: "u" },
    ...robot,
  };
  const plan = await plannedRotation([PULL], request);
  const again = await plannedRotation([plan.toRotate[0]!.rewritten], request);
  assert.deepEqual([again.status, again.unchanged.map(({ keys }) => keys)], ["unchanged", [[
    "ghcr.io",
  ]]]);
});

Deno.test("the new value with another user name does not count as the new credential", async () => {
  const there = argocdHolding({ url: "https://x", username: "u", password: NEW });
  assert.equal((await plannedRotation([there])).status, "unchanged");
  assert.equal((await plannedRotation([there], robot)).status, "not_found");
});

// --- fingerprints -------------------------------------------------------------------------------

Deno.test("a fingerprint finds the same as its value, also with white space around it", async () => {
  const sought = { by: "fingerprint", fingerprint: `fingerprint of ${OLD}` } as const;
  const secrets = [
    PULL,
    named("y", REPO),
    named("z", argocdHolding({ password: `${OLD}\n`, note: OLD })),
  ];
  const [by, of] = [await plannedRotation(secrets, { sought }), await plannedRotation(secrets)];
  assert.deepEqual(by.places, of.places);
  assert.deepEqual(by.left, of.left);
  assert.deepEqual(
    by.toRotate.map(({ rewritten }) => textsOf(rewritten)),
    of.toRotate.map(({ rewritten }) => textsOf(rewritten)),
  );
  assert.deepEqual(by.oldValues.map((value) => value.reveal()), [OLD]);
});

Deno.test("a whole configuration that is found by its fingerprint cannot be replaced", async () => {
  const secret = {
    ...holding({}, { type: DOCKER_CONFIG_TYPE }),
    data: seal({ ".dockerconfigjson": new Uint8Array([0x7b, 0xff]).toBase64() }),
  };
  const text = `\0base64:${new Uint8Array([0x7b, 0xff]).toBase64()}`;
  const plan = await plannedRotation([secret], {
    sought: { by: "fingerprint", fingerprint: `fingerprint of ${text}` },
  });
  assert.deepEqual(plan.left.map(({ reason }) => reason), ["unmergeable"]);
});

Deno.test("a forced rotation of a secret that another program manages gives a hint", async () => {
  const plan = await plannedRotation([owned(REPO)], { force: true });
  assert.deepEqual(plan.toRotate[0]!.hints, [
    "Secret 'x' is managed by ExternalSecret 'x', which may restore the old value: change it there as well",
  ]);
});

Deno.test("a credential in a URL gives a hint about Applications", async () => {
  const plan = await plannedRotation([argocdHolding({ url: `https://u:${OLD}@x/y` })]);
  assert.match(plan.toRotate[0]!.hints.join(), /change the repoURL of Applications/);
});
