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

/** What many places may cost together that each answer with much. */

const MIB = 1024 * 1024;
const PLACES = 100;

/** So many MiB unpacked, a thousandth of that packed. */
const bomb = (mebibytes: number) =>
  new Uint8Array(gzipSync(new Uint8Array(mebibytes * MIB).fill(0x20)));

function served(packed: Uint8Array<ArrayBuffer>) {
  return serve(() =>
    new Response(packed, { status: 200, headers: { "content-encoding": "gzip" } })
  );
}

type Credential = VerifyRepo["credential"];

/** Tries a credential at a hundred URLs of a server, as one request does. */
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

Deno.test("of a hundred answers only so much is read as one request may read, and the others say so", async () => {
  await using server = served(bomb(3));
  const all = whys(await triedAt(server.url, "git", app(server.url)));
  const unread = all.filter((why) => UNREAD.test(why));
  assert.ok(unread.length >= PLACES - 64 / 3, `${unread.length} are not read`);
  assert.match(unread[0]!, /the limit for all responses of one request is 64 MiB$/);
});

Deno.test("a hundred answers that are small are all read", async () => {
  await using server = served(bomb(0.5));
  const all = whys(await triedAt(server.url, "git", app(server.url)));
  assert.deepEqual(all.filter((why) => UNREAD.test(why)), []);
});

Deno.test("what others hold cannot be read at the same time, and is free when they are done", async () => {
  await using server = served(bomb(3));
  const process = new ReadBudget(4 * MIB);
  assert.ok(process.take(2 * MIB));
  const during = whys(await triedAt(server.url, "git", app(server.url), { process }));
  for (const why of during) assert.match(why, UNREAD);
  assert.match(during[0]!, /4 MiB over all requests, is reached; try again$/);
  process.give(2 * MIB);
  assert.ok(process.take(4 * MIB), "nothing is held any more");
});

Deno.test("a hundred chart indexes that are small packed and large unpacked take little memory", async () => {
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
