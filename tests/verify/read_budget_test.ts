import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  type VerificationResult,
  type VerifyRepo,
  verifyRepo,
} from "../../src/credentials/verify_credential.ts";
import { seal } from "../../src/log/sealed.ts";
import { ownBudgets, ReadBudget } from "../../src/verify/read_budget.ts";
import { verifyCredential } from "../../src/verify/verify.ts";
import { makeCanary } from "../support/canary.ts";
import { rsaKeys } from "../support/rsa_keys.ts";
import { serve } from "./http_server.ts";
import { LOOPBACK } from "./support.ts";

/** The total budget for many places with large responses. */

const MIB = 1024 * 1024;
const PLACES = 100;

/** This many MiB when decompressed, and a thousandth of it compressed. */
const bomb = (mebibytes: number) =>
  new Uint8Array(gzipSync(new Uint8Array(mebibytes * MIB).fill(0x20)));

function served(packed: Uint8Array<ArrayBuffer>) {
  return serve(() =>
    new Response(packed, { status: 200, headers: { "content-encoding": "gzip" } })
  );
}

type Credential = VerifyRepo["credential"];

/** Verifies a credential at a hundred URLs of a server, as one request does. */
async function triedAt(
  url: string,
  type: VerifyRepo["type"],
  credential: Credential,
  { process }: { process?: ReadBudget } = {},
): Promise<VerificationResult[]> {
  const urls = Array.from({ length: PLACES }, (_, i) => {
    const one = `${url}/${i}`;
    return { spelled: one, url: { url: one, over: "https", oci: false } };
  });
  const request = {
    as: "repository",
    type,
    credential,
    options: {},
    urls,
  } as unknown as VerifyRepo;
  return await verifyRepo(request, (what, budget) =>
    verifyCredential(what, {
      seconds: 60,
      allowed: LOOPBACK,
      budgets: { request: budget, process: process ?? ownBudgets().process },
    }));
}

const app = (url: string): Credential => ({
  kind: "github_app",
  id: "1",
  installationId: "1",
  privateKey: seal(rsaKeys().privateKey.export({ type: "pkcs1", format: "pem" }).toString()),
  enterpriseUrl: url,
});

const whys = (verified: readonly VerificationResult[]) =>
  verified.map(({ verdict }) => verdict!.why);

const UNREAD = /^Request to [^ ]+ failed: cannot read the whole response: /;

Deno.test("the budget of one request limits what is read of a hundred responses, and the others report it", async () => {
  await using server = served(bomb(3));
  const all = whys(await triedAt(server.url, "git", app(server.url)));
  const unread = all.filter((why) => UNREAD.test(why));
  assert.ok(unread.length >= PLACES - 64 / 3, `${unread.length} are not read`);
  assert.match(unread[0]!, /the limit for all responses of one request is 64 MiB$/);
});

Deno.test("a hundred small responses are all read", async () => {
  await using server = served(bomb(0.5));
  const all = whys(await triedAt(server.url, "git", app(server.url)));
  assert.deepEqual(all.filter((why) => UNREAD.test(why)), []);
});

Deno.test("the budget held by other requests cannot be used, and is returned when they finish", async () => {
  await using server = served(bomb(3));
  const process = new ReadBudget(4 * MIB);
  assert.ok(process.take(2 * MIB));
  const during = whys(await triedAt(server.url, "git", app(server.url), { process }));
  for (const why of during) assert.match(why, UNREAD);
  assert.match(during[0]!, /4 MiB over all requests, is reached; try again$/);
  process.give(2 * MIB);
  assert.ok(process.take(4 * MIB), "the budget is free again");
});

Deno.test("a hundred compressed chart indexes that are large when decompressed take little memory", async () => {
  await using server = served(bomb(40));
  let most = 0;
  const before = Deno.memoryUsage().rss;
  const watch = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss - before), 5);
  const password = seal(makeCanary().value);
  await triedAt(
    server.url,
    "helm",
    { kind: "password", username: "alice", password } as Credential,
  );
  clearInterval(watch);
  assert.ok(most < 500 * MIB, `${Math.round(most / MIB)} MiB more than before`);
});
