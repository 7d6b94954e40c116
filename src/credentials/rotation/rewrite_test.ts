import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import {
  argocdHolding,
  auth,
  holding,
  legacyPull,
  NEW,
  newOf,
  OLD,
  old,
  plannedRotation,
  pull,
  pullText,
  textsOf,
} from "../fake/rotation.ts";
import type { PlanRequest } from "./plan.ts";

type Request = Partial<PlanRequest>;

/** The resulting texts of a secret; the others stay. */
type Row = [what: string, of: StoredSecret, after: Record<string, string>, request?: Request];

const json = (auths: unknown) => ({ ".dockerconfigjson": JSON.stringify({ auths }) });
const asRobot = { set: newOf({ password: NEW, username: "robot" }) };
const odd = 'a:b@c/d e%"\n\\ü';

const ROWS: Row[] = [
  ["a password", argocdHolding({ url: "https://x", username: "u", password: OLD }), {
    password: NEW,
  }],
  ["a password of a template", argocdHolding({ url: "https://x", password: OLD }, "repo-creds"), {
    password: NEW,
  }],
  [
    "a password of a write repository",
    argocdHolding({ url: "https://x", password: OLD }, "repository-write"),
    { password: NEW },
  ],
  [
    "a password, and a new user name",
    argocdHolding({ url: "https://x", username: "u", password: OLD }),
    { password: NEW, username: "robot" },
    asRobot,
  ],
  ["a password without a user name", argocdHolding({ url: "https://x", password: OLD }), {
    password: NEW,
    username: "robot",
  }, asRobot],
  ["a token as a bearer token", argocdHolding({ bearerToken: OLD }), { bearerToken: NEW }],
  [
    "a user name that is the token",
    argocdHolding({ username: OLD, password: "x-oauth-basic" }),
    { username: NEW },
  ],
  ["a user name alone", argocdHolding({ url: "https://x", username: OLD }), { username: NEW }],
  ["a key that Argo CD does not read", argocdHolding({ password: OLD, note: OLD }), {
    password: NEW,
    note: NEW,
  }],
  ["the secret of Image Updater", holding({ username: "u", password: OLD }), { password: NEW }],
  [
    "the user information of url and proxy",
    argocdHolding({
      url: `https://u:${OLD}@git.example.com/a/b.git?x#y`,
      proxy: `http://${OLD}@proxy.example.com:3128`,
      password: OLD,
    }),
    {
      url: `https://u:${NEW}@git.example.com/a/b.git?x#y`,
      proxy: `http://${NEW}@proxy.example.com:3128`,
      password: NEW,
    },
  ],
  [
    "user information with a new user name",
    argocdHolding({ url: `https://u%40x:${OLD}@host/x` }),
    { url: `https://robot:${NEW}@host/x` },
    asRobot,
  ],
  [
    "user information without a user name, with a new user name",
    argocdHolding({ url: `https://:${OLD}@host/x` }),
    { url: `https://robot:${NEW}@host/x` },
    asRobot,
  ],
  [
    "characters that have to be encoded",
    argocdHolding({ url: `https://u:${encodeURIComponent(odd)}@host/x`, password: odd }),
    { url: `https://u:${encodeURIComponent(`new${odd}`)}@host/x`, password: `new${odd}` },
    { sought: old(odd), set: newOf({ password: `new${odd}` }) },
  ],
  [
    "an entry as argocd-configurer writes it",
    pull({ "ghcr.io": { username: "u", password: OLD, auth: auth("u", OLD) } }),
    json({ "ghcr.io": { username: "u", password: NEW, auth: auth("u", NEW) } }),
  ],
  [
    "an entry with auth alone",
    pull({ "ghcr.io": { auth: auth("u", OLD) } }),
    json({
      "ghcr.io": { auth: auth("u", NEW) },
    }),
  ],
  [
    "an entry without auth, with another user name",
    pull({ "ghcr.io": { username: "u", password: OLD, email: "a@b" } }),
    json({ "ghcr.io": { username: "robot", password: NEW, email: "a@b" } }),
    asRobot,
  ],
  [
    "an entry with auth alone, with another user name",
    pull({ "ghcr.io": { auth: auth("u", OLD) } }),
    json({ "ghcr.io": { auth: auth("robot", NEW) } }),
    asRobot,
  ],
  [
    "an identity token",
    pull({ "x.azurecr.io": { auth: auth("0000", ""), identitytoken: OLD } }),
    json({ "x.azurecr.io": { auth: auth("0000", ""), identitytoken: NEW } }),
  ],
  [
    "an identity token with another user name",
    pull({ "x.azurecr.io": { auth: auth("0000", ""), identitytoken: OLD } }),
    json({ "x.azurecr.io": { auth: auth("robot", ""), identitytoken: NEW } }),
    asRobot,
  ],
  [
    "a registry token",
    pull({ "ghcr.io": { registrytoken: OLD } }),
    json({
      "ghcr.io": { registrytoken: NEW },
    }),
  ],
  [
    "both keys of Docker Hub, and no other registry",
    pull({
      "https://index.docker.io/v1/": { username: "u", password: OLD, auth: auth("u", OLD) },
      "https://registry-1.docker.io": { username: "u", password: OLD, auth: auth("u", OLD) },
      "ghcr.io": { auth: auth("u", "other") },
    }),
    json({
      "https://index.docker.io/v1/": { username: "u", password: NEW, auth: auth("u", NEW) },
      "https://registry-1.docker.io": { username: "u", password: NEW, auth: auth("u", NEW) },
      "ghcr.io": { auth: auth("u", "other") },
    }),
  ],
  [
    "an entry whose fields differ, only in the fields that held it",
    pull({ "ghcr.io": { username: "v", password: "other", auth: auth("u", OLD) } }),
    json({ "ghcr.io": { username: "v", password: "other", auth: auth("robot", NEW) } }),
    asRobot,
  ],
  [
    "a password beside an auth with another value",
    pull({ "ghcr.io": { username: "v", password: OLD, auth: auth("u", "other") } }),
    json({ "ghcr.io": { username: "robot", password: NEW, auth: auth("u", "other") } }),
    asRobot,
  ],
  [
    "an entry whose user name is the token",
    pull({
      "ghcr.io": { username: OLD, password: "x-oauth-basic", auth: auth(OLD, "x-oauth-basic") },
    }),
    json({
      "ghcr.io": { username: NEW, password: "x-oauth-basic", auth: auth(NEW, "x-oauth-basic") },
    }),
  ],
  [
    "a password with a colon",
    pull({ "ghcr.io": { auth: auth("u", `${OLD}:x`) } }),
    json({
      "ghcr.io": { auth: auth("u", `${NEW}:y`) },
    }),
    { sought: old(`${OLD}:x`), set: newOf({ password: `${NEW}:y` }) },
  ],
  [
    "the older type",
    legacyPull({ "ghcr.io": { username: "u", password: OLD, auth: auth("u", OLD) } }),
    {
      ".dockercfg": JSON.stringify({
        "ghcr.io": { username: "u", password: NEW, auth: auth("u", NEW) },
      }),
    },
  ],
  [
    "an unusually formatted text, with all else in it byte for byte",
    pullText(
      `{ "credHelpers": {"a": "b"},\n  "auths": {"ghcr.io": {"Auth": "${
        auth("u", OLD)
      }",\t"email":1.0}}\n}`,
    ),
    {
      ".dockerconfigjson": `{ "credHelpers": {"a": "b"},\n  "auths": {"ghcr.io": {"Auth": "${
        auth("u", NEW)
      }",\t"email":1.0}}\n}`,
    },
  ],
  [
    "an entry and a field that exist twice, each of them",
    pullText(`{"auths":{"x":{"password":"${OLD}"},"x":{"password":"${OLD}","Password":"${OLD}"}}}`),
    {
      ".dockerconfigjson":
        `{"auths":{"x":{"password":"${NEW}"},"x":{"password":"${NEW}","Password":"${NEW}"}}}`,
    },
  ],
];

for (const [what, of, after, request] of ROWS) {
  Deno.test(`a new value replaces the old one: ${what}`, async () => {
    const plan = await plannedRotation([of], request);
    assert.deepEqual([plan.left, plan.cannotHold], [[], []]);
    const [{ rewritten, secret } = assert.fail("not found")] = plan.toRotate;
    assert.deepEqual(textsOf(rewritten), { ...textsOf(of), ...after });
    assert.equal(secret, of);
    assert.deepEqual({ ...rewritten, data: 0 }, { ...of, data: 0 });
    // Searched again, it has the new value and nothing of the old one.
    const again = await plannedRotation([rewritten], request);
    assert.deepEqual([again.status, again.places], ["unchanged", []]);
  });
}
