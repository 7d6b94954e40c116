import assert from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import type { Verdict, Verifiable } from "../../verify/verdict.ts";
import { argocdRepository } from "../fake/argocd_secret.ts";
import { fakePullSecret, login } from "../fake/pull_secret.ts";
import { CheckMemory } from "./memory.ts";
import { isUsable } from "./result.ts";
import { valuesToCheck } from "./values_to_check.ts";
import { PendingChecks } from "./pending_checks.ts";
import { runChecks } from "./run_checks.ts";

const DAY = 24 * 60 * 60 * 1000;

const VERDICT: Verdict = {
  reachable: true,
  accepted: true,
  may: [],
  status: 200,
  asked: "https://x/",
  why: "It is accepted",
};
const REFUSED: Verdict = { ...VERDICT, accepted: false, status: 401, why: "It is refused" };
const UNREACHABLE: Verdict = {
  reachable: false,
  accepted: undefined,
  may: [],
  asked: "https://x/",
  why: "Nobody answers",
};

/** Secrets, their servers, and a clock. */
function stage(answer: (what: Verifiable, count: number) => Verdict = () => VERDICT) {
  const asked: string[] = [];
  const pauses: number[] = [];
  let time = Date.parse("2026-11-30T00:00:00Z");
  let underWay = 0;
  const most = { atOnce: 0 };
  const memory = new CheckMemory({ now: () => time });
  const deps = {
    memory,
    async verify(what: Verifiable) {
      most.atOnce = Math.max(most.atOnce, ++underWay);
      await Promise.resolve();
      underWay--;
      asked.push(what.kind === "registry" ? what.host : "url" in what ? what.url : what.kind);
      return answer(what, asked.length);
    },
    pause(milliseconds: number) {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  return {
    asked,
    pauses,
    memory,
    most,
    later: (milliseconds: number) => time += milliseconds,
    async try(
      secrets: readonly Parameters<typeof valuesToCheck>[0][],
      more: { whyStopped?: () => string | undefined; isFresh?: boolean } = {},
    ) {
      const fingerprint = ({ reveal }: { reveal(): string }) => Promise.resolve(reveal());
      const tries = new PendingChecks<string>({
        memory,
        fingerprint: (value) => fingerprint({ reveal: () => `of ${value.reveal()}` }),
      });
      for (const secret of secrets) {
        for (const value of valuesToCheck(secret)) await tries.add(value, secret.name);
      }
      return await runChecks(tries.all(), { ...deps, ...more });
    },
  };
}

const pull = (name: string, ...hosts: readonly string[]) =>
  fakePullSecret(name, Object.fromEntries(hosts.map((host) => [host, login("ci", "s3cret")])));
const app = (name: string, password = "s3cret") =>
  argocdRepository(name, { url: `https://git.example.com/${name}`, username: "ci", password });

Deno.test("each distinct value and place is checked once, however many secrets contain it", async () => {
  const it = stage();
  const checked = await it.try([
    pull("a", "ghcr.io", "https://ghcr.io/v2/"),
    pull("b", "ghcr.io/org"),
    pull("c", "quay.io"),
    app("a"),
    app("b", "another"),
  ]);
  assert.deepEqual(
    checked.map(({ fingerprint, place, state, cells }) => [fingerprint, place, state, cells]),
    [
      ["of s3cret", "ghcr.io", "accepted", ["a", "a", "b"]],
      ["of s3cret", "quay.io", "accepted", ["c"]],
      ["of s3cret", "https://git.example.com/a", "accepted", ["a"]],
      ["of another", "https://git.example.com/b", "accepted", ["b"]],
    ],
  );
  assert.equal(it.asked.length, 4);
  assert.deepEqual(checked[0], {
    fingerprint: "of s3cret",
    place: "ghcr.io",
    username: "ci",
    state: "accepted",
    at: "2026-11-30T00:00:00.000Z",
    message: "It is accepted",
    cells: ["a", "a", "b"],
  });
});

Deno.test("one password with two user names is two logins", async () => {
  const it = stage();
  const other = fakePullSecret("other", { "ghcr.io": login("robot", "s3cret") });
  const checked = await it.try([pull("a", "ghcr.io"), other]);
  assert.deepEqual(checked.map(({ username }) => username), ["ci", "robot"]);
  assert.equal(it.asked.length, 2);
});

Deno.test("the user name of a login is shown, whichever of its secrets comes first", async () => {
  const inUrl = argocdRepository("url", { url: "https://ci:s3cret@git.example.com/a" });
  for (const secrets of [[inUrl, app("a")], [app("a"), inUrl]]) {
    const checked = await stage().try(secrets);
    assert.deepEqual(checked.map(({ username, cells }) => [username, cells.length]), [["ci", 2]]);
  }
});

Deno.test("hosts are checked concurrently, and the values of one host one after the other with a pause", async () => {
  const it = stage();
  await it.try([app("a"), app("b"), app("c")]);
  assert.equal(it.most.atOnce, 1);
  assert.deepEqual(it.pauses, [100, 100]);
  const many = stage();
  await many.try([pull("a", ...Array.from({ length: 20 }, (_, i) => `r${i}.example.com`))]);
  assert.deepEqual([many.asked.length, many.most.atOnce, many.pauses], [20, 8, []]);
});

const STATES: [what: string, verdict: Partial<Verdict>, state: string, isUsable: boolean][] = [
  ["accepted", {}, "accepted", true],
  ["refused with 401", { accepted: false, status: 401 }, "refused", false],
  ["refused with 404", { accepted: false, status: 404 }, "refused", false],
  ["open to everybody", { accepted: undefined, open: true }, "not_tried", true],
  ["without an answer", { ...UNREACHABLE, status: undefined }, "unreachable", false],
  ["failing", { accepted: undefined, status: 503 }, "unreachable", false],
  ["too busy", { accepted: undefined, status: 429 }, "unreachable", false],
  ["answering something else", { accepted: undefined, status: 200 }, "not_tried", false],
  ["without a URL", { ...UNREACHABLE, status: undefined, asked: "" }, "not_tried", false],
  ["behind a proxy that refuses", { ...UNREACHABLE, status: 407 }, "unreachable", false],
];

for (const [what, verdict, state, usable] of STATES) {
  Deno.test(`a place that is ${what} has the state ${state}, and again from memory`, async () => {
    const it = stage(() => ({ ...VERDICT, ...verdict }));
    const [checked] = await it.try([app("a")]);
    assert.deepEqual([checked!.state, isUsable(checked!)], [state, usable]);
    const [value] = valuesToCheck(app("a"));
    const { at, message } = checked!;
    const remembered = it.memory.resultOf(value!);
    assert.deepEqual(
      [remembered?.state, remembered?.at, remembered?.message, remembered?.cached],
      [state, at, message, true],
    );
  });
}

Deno.test("a login that was refused is not sent to that host again, by any secret or request", async () => {
  const it = stage(() => REFUSED);
  const first = await it.try([app("a"), app("b")]);
  assert.deepEqual(first.map(({ state }) => state), ["refused", "refused"]);
  assert.match(
    first[1]!.message,
    /^git\.example\.com refused the login\. The same login is not sent again for 24 hours, .* use 'verify'$/,
  );
  const again = await it.try([app("a"), app("b"), app("c")]);
  assert.deepEqual(again.map(({ state, cached }) => [state, cached]), [
    ["refused", true],
    ["refused", true],
    ["refused", true],
  ]);
  assert.equal(it.asked.length, 1, "at one of the three");
  assert.equal((await it.try([app("a", "another")]))[0]!.cached, undefined);
  it.later(DAY - 1);
  await it.try([app("b")]);
  assert.equal(it.asked.length, 2);
  it.later(1);
  await it.try([app("b")]);
  assert.equal(it.asked.length, 3, "after a day");
});

Deno.test("a login without permission for one repository is checked at the others, and never again at that one", async () => {
  const it = stage((what) =>
    "url" in what && what.url.endsWith("/a") ? { ...REFUSED, status: 403 } : VERDICT
  );
  const states = async () => {
    it.later(1);
    return (await it.try([app("a"), app("b")])).map(({ state }) => state);
  };
  assert.deepEqual(await states(), ["refused", "accepted"]);
  assert.deepEqual(await states(), ["refused", "accepted"]);
  assert.deepEqual(it.asked.map((url) => url.at(-1)), ["a", "b", "b"]);
});

Deno.test("a login that 'verify' found accepted since is checked again", async () => {
  const it = stage((_, count) => count === 1 ? REFUSED : VERDICT);
  await it.try([app("a")]);
  it.later(1);
  const again = await it.try([app("a")]);
  assert.match(again[0]!.message, /^It is refused\. The same login is not sent again for 24 hours/);
  const [value] = valuesToCheck(app("a"));
  assert.ok("what" in value!);
  it.memory.learn(value.what, VERDICT);
  it.later(1);
  const states = (await it.try([app("a"), app("b")])).map((
    { state, cached },
  ) => [state, cached]);
  assert.deepEqual(states, [["accepted", undefined], ["accepted", undefined]]);
});

Deno.test("a login that its host accepted at another place since is checked again", async () => {
  const it = stage((_, count) => count === 1 ? REFUSED : VERDICT);
  await it.try([app("a")]);
  it.later(1);
  const [, other] = [app("a"), app("b")].map((each) => valuesToCheck(each)[0]!);
  assert.ok("what" in other!);
  it.memory.learn(other.what, VERDICT);
  it.later(1);
  assert.deepEqual((await it.try([app("a")])).map(({ state }) => state), ["accepted"]);
});

Deno.test("two concurrent requests check a login once, even if it is accepted", async () => {
  for (const verdict of [VERDICT, REFUSED]) {
    const it = stage(() => verdict);
    const both = await Promise.all([it.try([app("a")]), it.try([app("a")])]);
    assert.equal(it.asked.length, 1);
    assert.equal(both[0]![0]!.state, both[1]![0]!.state);
  }
});

Deno.test("an accepted login is checked again by a later request", async () => {
  const it = stage((_, count) => count === 1 ? VERDICT : REFUSED);
  await it.try([app("a")]);
  it.later(1);
  assert.equal((await it.try([app("a")]))[0]!.state, "refused");
});

Deno.test("an unreachable host is retried once, and then backs off for longer and longer", async () => {
  const it = stage(() => UNREACHABLE);
  const [first, second] = await it.try([app("a"), app("b")]);
  assert.deepEqual([first!.state, second!.state], ["unreachable", "unreachable"]);
  assert.equal(second!.message, "Nobody answers; no retry before 2026-11-30T00:00:05.000Z");
  assert.equal(it.asked.length, 2, "of the first one");
  assert.deepEqual(it.pauses, [1000]);
  it.later(4_999);
  await it.try([app("c")]);
  assert.equal(it.asked.length, 2);
  it.later(1);
  await it.try([app("c")]);
  assert.equal(it.asked.length, 4);
  it.later(9_999);
  await it.try([app("c")]);
  assert.equal(it.asked.length, 4, "now for ten seconds");
});

Deno.test("a host with too many requests backs off like an unreachable one, and is not retried", async () => {
  const busy = { ...VERDICT, accepted: undefined, status: 429, why: "It answers with 429" };
  const it = stage((_, count) => count < 3 ? busy : VERDICT);
  const checked = await it.try([app("a"), app("b", "other"), app("c", "third")]);
  assert.deepEqual(checked.map(({ state, cached }) => [state, cached]), [
    ["unreachable", undefined],
    ["unreachable", true],
    ["unreachable", true],
  ]);
  assert.equal(
    checked[1]!.message,
    "It answers with 429; no retry before 2026-11-30T00:00:05.000Z",
  );
  assert.deepEqual([it.asked.length, it.pauses], [1, []]);
  it.later(5_000);
  await it.try([app("a")]);
  it.later(9_999);
  await it.try([app("a")]);
  assert.equal(it.asked.length, 2, "now for ten seconds");
  it.later(1);
  assert.equal((await it.try([app("a")]))[0]!.state, "accepted");
  // An accepted login does not count against its host.
  const listed = stage(() => ({ ...VERDICT, status: 429 }));
  const both = await listed.try([app("a"), app("b")]);
  assert.deepEqual(both.map(({ state }) => state), ["accepted", "accepted"]);
});

Deno.test("an unreachable scheme or port does not affect the others of its host", async () => {
  const at = (url: string) => argocdRepository("app", { url, username: "ci", password: "s3cret" });
  const others = ["https://git.example.com/a", "https://git.example.com:8443/a"];
  const it = stage((what) => "url" in what && others.includes(what.url) ? VERDICT : UNREACHABLE);
  await it.try([at("http://git.example.com/a")]);
  assert.deepEqual(
    (await it.try(others.map(at))).map(({ state }) => state),
    ["accepted", "accepted"],
  );
  const refusing = stage(() => REFUSED);
  await refusing.try([at("http://git.example.com/a")]);
  await refusing.try([at("https://git.example.com/a")]);
  assert.equal(refusing.asked.length, 1, "a refused login is not sent to the host in another way");
});

Deno.test("a host that answers the retry gets that result", async () => {
  const it = stage((_, count) => count === 1 ? UNREACHABLE : VERDICT);
  const checked = await it.try([app("a"), app("b")]);
  assert.deepEqual(checked.map(({ state }) => state), ["accepted", "accepted"]);
});

Deno.test("a proxy that refused its login does not get it again, for any repository", async () => {
  const it = stage(() => ({ ...UNREACHABLE, status: 407, why: "Its proxy answers with 407" }));
  const by = (name: string) =>
    argocdRepository(name, {
      url: `https://${name}.example.com`,
      username: "ci",
      password: "s3cret",
      proxy: "http://p:q@proxy:3128",
    });
  const states = (await it.try([by("a"), by("b")])).map((
    { fingerprint, state },
  ) => [fingerprint, state]);
  assert.deepEqual(states, [
    ["of s3cret", "unreachable"],
    ["of q", "refused"],
    ["of s3cret", "unreachable"],
    ["of q", "refused"],
  ]);
});

Deno.test("after the caller is gone, no request is sent", async () => {
  const it = stage();
  const whyStopped = () => it.asked.length === 1 ? "the client is gone" : undefined;
  const checked = await it.try([app("a"), app("b")], { whyStopped });
  assert.deepEqual(checked.map(({ state, message }) => [state, message]), [
    ["accepted", "It is accepted"],
    ["not_tried", "the client is gone"],
  ]);
  assert.equal(it.memory.resultOf(valuesToCheck(app("b"))[0]!), undefined);
});

Deno.test("the expiry that an issuer reported is remembered by fingerprint for a day", async () => {
  const expires = "2027-01-02T03:04:05.000Z";
  const it = stage(() => ({ ...VERDICT, expires }));
  const [checked] = await it.try([app("a")]);
  assert.equal(checked!.expires, expires);
  assert.equal(it.memory.expiryOf("of s3cret"), expires);
  assert.equal(it.memory.expiryOf("of another"), undefined);
  it.later(DAY);
  assert.equal(it.memory.expiryOf("of s3cret"), undefined);
});

Deno.test("results are bounded, and the oldest are dropped first", () => {
  const memory = new CheckMemory({ most: 2 });
  const values = ["a", "b", "c"].map((name) => valuesToCheck(app(name))[0]!);
  for (const value of values) if ("what" in value) memory.learn(value.what, VERDICT);
  assert.deepEqual(values.map((each) => memory.resultOf(each)?.state), [
    undefined,
    "accepted",
    "accepted",
  ]);
});

Deno.test("nothing in the memory shows a value", () => {
  const canary = "CANARY-s3cret";
  const memory = new CheckMemory();
  const [value] = valuesToCheck(app("a", canary));
  assert.ok("what" in value!);
  memory.learn(value.what, REFUSED, "fingerprint");
  const keys = memory.keysOf({ ...value.what, transport: { tlsClientKey: seal(canary) } });
  for (const text of [Deno.inspect(memory, { depth: 9 }), JSON.stringify(keys)]) {
    assert.ok(!text.includes(canary));
  }
});

Deno.test("a fresh check sends a value that was refused before once more", async () => {
  let verdict = REFUSED;
  const it = stage(() => verdict);
  const states = async (isFresh: boolean) =>
    (await it.try([app("a"), app("b")], { isFresh })).map(({ state }) => state);
  assert.deepEqual(await states(false), ["refused", "refused"]);
  it.later(1000);
  assert.deepEqual(await states(false), ["refused", "refused"]);
  assert.equal(it.asked.length, 1, "without `fresh` no request is sent");
  assert.deepEqual(await states(true), ["refused", "refused"]);
  assert.equal(
    it.asked.length,
    2,
    "the host has refused it now, and gets no request for the other",
  );
  it.later(1000);
  verdict = VERDICT;
  assert.deepEqual(await states(true), ["accepted", "accepted"]);
});

Deno.test("a fresh check contacts a host that was unreachable before", async () => {
  let verdict = UNREACHABLE;
  const it = stage(() => verdict);
  await it.try([app("a")]);
  it.later(1000);
  verdict = VERDICT;
  const [left] = await it.try([app("a")]);
  assert.deepEqual([left!.state, left!.cached], ["unreachable", true]);
  const [asked] = await it.try([app("a")], { isFresh: true });
  assert.deepEqual([asked!.state, asked!.cached], ["accepted", undefined]);
});
