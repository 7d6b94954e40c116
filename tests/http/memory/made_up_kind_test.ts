import "../../support/made_up_kind.ts";
import assert from "node:assert/strict";
import { parametersOf } from "../../../src/cli/bind/field_flags.ts";
import { load, namedCommands } from "../../../src/cli/bind/load.ts";
import { unsent } from "../../../src/cli/client/client_dry_run.ts";
import { shownFields } from "../../../src/fields/field.ts";
import { seal } from "../../../src/log/sealed.ts";
import { operationNamed, OPERATIONS } from "../../../src/operations/table.ts";
import { send, withLog } from "../audit_place.ts";
import { openapi } from "../documented.ts";
import { dataOf, NO_LOGIN, REPO, repo, sent, show, verification } from "../requests.ts";
import { stage } from "../stage.ts";
import { assertAbsent, CANARY, get, refused, type Row, testsOf } from "../support.ts";

/**
 * A kind of credential that is only added to the list: it is accepted, written, verified and
 * shown, and its secret is nowhere but in the written data.
 */

const MADE_UP = {
  account: "robot",
  token: CANARY,
  service: `https://user:${CANARY}@service.example.com/x`,
};
const SHOWN = { account: "robot", token: "***", service: "https://***@service.example.com/x" };

const madeUp = (more: object = {}) => repo({ ...NO_LOGIN, made_up: MADE_UP, ...more });

const changed = (field: string, after: string) => ({ field: `data.${field}`, after });

/** A dry run's changes of its data. */
const dryRun = (name: string, more: object, before: Row["before"], changes: object[]): Row => ({
  name,
  request: () => madeUp({ dry_run: true, upsert: true, ...more }),
  before,
  status: 200,
  changes: false,
  after(_stage, body) {
    const { results } = body as { results: { result: { changes: { field: string }[] } }[] };
    const told = results[0]!.result.changes;
    assert.deepEqual(told.filter(({ field }) => /madeUp|password|username/.test(field)), changes);
  },
});

const rows: Row[] = [
  {
    name: "a made-up kind is stored under the keys it declares, which differ in a template",
    request: () => madeUp({ as: "repo-creds", url: "https://github.com/org/" }),
    before: sent(() => madeUp({ name: "one" })),
    status: 200,
    changes: true,
    after({ cluster }) {
      const common = { madeUpAccount: "robot", madeUpService: MADE_UP.service };
      const { name: _, type: _type, url: _url, ...repository } = dataOf(cluster, "argocd/one");
      assert.deepEqual(repository, { ...common, madeUpToken: CANARY });
      const { type: _oftype, url: _ofUrl, ...template } = dataOf(cluster, "argocd/my-repo");
      assert.deepEqual(template, { ...common, madeUpTOKEN: CANARY });
    },
  },
  dryRun("a dry run shows a made-up kind without its secret", {}, undefined, [
    changed("madeUpAccount", SHOWN.account),
    changed("madeUpService", SHOWN.service),
    changed("madeUpToken", "***"),
  ]),
  dryRun("a dry run over another kind shows that its fields are removed", {}, sent(() => repo()), [
    changed("madeUpAccount", SHOWN.account),
    changed("madeUpService", SHOWN.service),
    changed("madeUpToken", "***"),
    { field: "data.password", before: "***" },
    { field: "data.username", before: "git-user" },
  ]),
  dryRun(
    "a dry run over another value shows that the secret differs",
    { made_up: { ...MADE_UP, token: `${CANARY}-new` } },
    sent(() => madeUp()),
    [{ field: "data.madeUpToken", before: "***", after: "***" }] as object[],
  ),
  {
    name: "a made-up kind is shown by its name",
    request: () => show("my-repo"),
    before: sent(() => madeUp()),
    status: 200,
    after(_stage, body) {
      const { secrets } = body as { secrets: { credentials: string[] }[] };
      assert.deepEqual(secrets[0]!.credentials, ["made_up"]);
    },
  },
  {
    name: "a list shows no value of a made-up kind",
    request: () => get("/secrets?cluster=test-cluster"),
    before: sent(() => madeUp()),
    status: 200,
  },
  {
    name: "a made-up kind is verified as it declares, and its hint is shown",
    request: () => verification({ ...NO_LOGIN, type: "git", url: "https://a/b", made_up: MADE_UP }),
    options: {
      verifyOne: (what) => {
        assert.ok(what.kind === "git");
        assert.equal(what.password!.reveal(), CANARY);
        const asked = { asked: what.url, may: [], why: "It is fine" };
        return Promise.resolve({ reachable: true, accepted: true, ...asked });
      },
    },
    status: 200,
    after: (_stage, body) =>
      assert.equal((body as { hint: string }).hint, "Account robot is made up"),
  },
  ...([
    [
      "beside a password",
      { username: "a", password: CANARY },
      "cannot be combined with 'username'",
    ],
    ["for charts", { type: "helm", url: "https://a/b" }, "is for Git repositories only"],
    ["over SSH", { url: "git@a:b" }, "needs an HTTPS URL"],
    ["as a string", { made_up: CANARY }, "must be an object"],
    ["with an unknown field", { made_up: { ...MADE_UP, [CANARY]: 1 } }, "has an unknown field"],
    [
      "with the secret under a misspelled name",
      { made_up: { account: "robot", tokens: CANARY } },
      "'made_up.tokens'; did you mean 'token'",
    ],
    ["with an invalid secret", { made_up: { ...MADE_UP, token: [CANARY] } }, "made_up.token"],
  ] satisfies [string, object, string][]).map(([how, more, why]): Row =>
    refused(
      `a made-up kind is rejected ${how}, and not quoted`,
      () => madeUp(more),
      400,
      new RegExp(why),
    )
  ),
  {
    name: "a refused credential of a made-up kind is not quoted",
    request: () => madeUp({ verify: true }),
    status: 422,
    changes: false,
  },
];

for (const test of testsOf(rows)) Deno.test(test);

const ARGOCD = { argocdNamespace: "argocd" };

for (const name of ["addRepo", "verifyCredential"]) {
  Deno.test(`the command line has flags for a made-up kind, and a dry run of ${name} hides its secret`, async () => {
    const operation = operationNamed(name);
    const { words } = operation.command!;
    const named = namedCommands(OPERATIONS)
      .find((each) => each.words.join() === words.join())!;
    const { flags } = (await load(named)).loaded[0];
    assert.deepEqual(
      flags.flatMap((each) => Object.keys(parametersOf(each)))
        .filter((flag) => flag.startsWith("made-up")),
      ["made-up-account", "made-up-token-file"],
    );
    const common = { type: "git", url: "https://github.com/org/app.git", made_up: MADE_UP };
    const ofWrite = name === "addRepo" ? { cluster: "test-cluster", name: "x" } : {};
    const { body } = await unsent(operation, { ...ofWrite, ...common }, ARGOCD);
    assertAbsent(JSON.stringify(body), CANARY);
    assert.deepEqual((body as { body: object }).body, { ...ofWrite, ...common, made_up: SHOWN });
    const wrong = { ...ofWrite, ...common, made_up: { ...MADE_UP, token: `bad${CANARY}` } };
    assertAbsent(JSON.stringify(await unsent(operation, wrong, ARGOCD)), CANARY);
  });
}

Deno.test("the value of an unknown field is masked", async () => {
  const { fields } = await operationNamed("addRepo").load();
  assert.deepEqual(shownFields(fields!, { madeUp: CANARY }), { madeUp: "***" });
});

Deno.test("a value rejected by a made-up kind's own check is not quoted", async () => {
  const bad = madeUp({ made_up: { ...MADE_UP, token: `bad${CANARY}` } });
  const { status, body } = await send(stage(), bad);
  assert.deepEqual([status, body.message], [400, "Field 'made_up.token' must be good"]);
});

Deno.test("the audit log has only the fingerprint of a made-up kind's secret", async () => {
  await withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog });
    assert.equal((await send(it, madeUp())).status, 200);
    assert.equal((await send(it, madeUp({ dry_run: true }))).status, 409);
    const own = await auditLog.fingerprint(seal(CANARY));
    const told = entries().flatMap((each) => each.phase === "begin" ? [each.credential] : []);
    assert.deepEqual(told, [own, own]);
  });
});

Deno.test("OpenAPI describes a made-up kind's fields, marks its secret and has its example", async () => {
  const document = await openapi();
  const { schema, examples } = document.paths[REPO].post.requestBody.content["application/json"];
  assert.ok(examples.made_up);
  const text = JSON.stringify([schema, document.components.schemas.AddRepoAtRoot]);
  assert.match(text, /"token":\{"type":"string","format":"password"/);
  assertAbsent(JSON.stringify(document), CANARY);
});
