import assert from "node:assert/strict";
import { CheckMemory } from "../../credentials/checks/memory.ts";
import type { ValueToCheck } from "../../credentials/checks/check_target.ts";
import { seal } from "../../log/sealed.ts";
import type { VerifyOne } from "../../credentials/verify_credential.ts";
import { verifyNewValue } from "./verify_new.ts";

const VALUE = seal(`new-${crypto.randomUUID()}`);

const BASE = { place: "password", key: "password", username: "ci", value: VALUE };

const repository = (url: string, more: Partial<ValueToCheck> = {}): ValueToCheck => ({
  ...BASE,
  ...{ at: url, by: "login" as const },
  what: { kind: "git", url, username: "ci", password: VALUE, transport: {} },
  ...more as object,
});

const template = (url: string, more: Partial<ValueToCheck> = {}): ValueToCheck => ({
  ...BASE,
  ...{
    at: url,
    notTried:
      "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
  },
  ...more as object,
});

const ACCEPTED: Verdict = {
  ...{ reachable: true, accepted: true, may: [], asked: "https://x/", why: "It is accepted" },
};
const REFUSED: Verdict = { ...ACCEPTED, accepted: false, status: 401, why: "It is refused" };

function trying(verdict: Verdict = ACCEPTED) {
  const asked: Verifiable[] = [];
  const deps = {
    verify: (what: Verifiable) => {
      asked.push(what);
      return Promise.resolve(verdict);
    },
    memory: new CheckMemory(),
    fingerprint: () => Promise.resolve("f"),
    pause: () => Promise.resolve(),
  };
  return {
    asked,
    run: (values: readonly ValueToCheck[], isDryRun = false) =>
      verifyNewValue(values, isDryRun, deps),
  };
}

type Verifiable = Parameters<VerifyOne>[0];
type Verdict = Awaited<ReturnType<VerifyOne>>;

const APP = "https://git.example.com/org/app";

Deno.test("each distinct place is verified once", async () => {
  const { asked, run } = trying();
  const tried = await run([repository(APP), repository(APP), repository(`${APP}2`)]);
  assert.deepEqual(tried.map(({ at, state }) => [at, state]), [
    [APP, "accepted"],
    [`${APP}2`, "accepted"],
  ]);
  assert.equal(asked.length, 2);
});

const BY_ANOTHER: [what: string, values: ValueToCheck[], state: string, message: RegExp][] = [
  [
    "is verified at a repository below its URL",
    [template("https://git.example.com/org"), repository(APP)],
    "accepted",
    /^Verified at https:\/\/git\.example\.com\/org\/app$/,
  ],
  [
    "is not verified at a repository beside its URL",
    [template("https://git.example.com/or"), repository(APP)],
    "not_tried",
    /is a URL prefix: it has no repository of its own/,
  ],
  [
    "is not verified with another login",
    [template("https://git.example.com/org/", { username: "other" }), repository(APP)],
    "not_tried",
    /is a URL prefix: it has no repository of its own/,
  ],
  [
    "is not verified at a repository that is not verified itself",
    [template("https://git.example.com/"), template("https://git.example.com/org/")],
    "not_tried",
    /is a URL prefix: it has no repository of its own/,
  ],
];

for (const [what, values, state, message] of BY_ANOTHER) {
  Deno.test(`a template ${what}`, async () => {
    const [told] = await trying().run(values);
    assert.equal(told!.state, state);
    assert.match(told!.message, message);
  });
}

Deno.test("a template is refused if its repository refuses the value", async () => {
  const [told] = await trying(REFUSED).run([
    template("https://git.example.com/org/"),
    repository(APP),
  ]);
  assert.deepEqual(told, {
    at: "https://git.example.com/org/",
    state: "refused",
    message: `At ${APP}: It is refused`,
  });
});

Deno.test("a dry run sends no request, and returns where the value would be verified", async () => {
  const { asked, run } = trying();
  const other = "https://git.example.net/";
  const told = await run([
    template("https://git.example.com/org/"),
    repository(APP),
    template(other),
  ], true);
  assert.deepEqual(told.map(({ state, message, unverifiable }) => [state, message, unverifiable]), [
    ["not_tried", `Will be verified at ${APP}`, undefined],
    ["not_tried", "Will be verified here", undefined],
    [
      "not_tried",
      "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
      true,
    ],
  ]);
  assert.deepEqual(asked, []);
});
