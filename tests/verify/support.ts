import assert from "node:assert/strict";
import { seal } from "../../src/log/sealed.ts";
import { addressRules } from "../../src/verify/address_rules.ts";
import type {
  HelmCredential,
  TransportOptions,
  Verdict,
  Verifiable,
} from "../../src/verify/verdict.ts";
import { verifyCredential, type VerifyOptions } from "../../src/verify/verify.ts";

/** Allows the tests' servers, which are all on this machine. */
export const LOOPBACK = addressRules(["127.0.0.0/8"]);

/** Long enough for any machine; tests of a deadline set their own. */
const SECONDS = 60;

/** A verdict, which may not contain a value of the credential. */
export async function tried(
  what: Verifiable,
  options: Partial<VerifyOptions> = {},
): Promise<Verdict> {
  const verdict = await verifyCredential(what, { seconds: SECONDS, allowed: LOOPBACK, ...options });
  const text = JSON.stringify(verdict).toLowerCase();
  for (const form of formsOf(what)) {
    assert.ok(!text.includes(form.toLowerCase()), `a credential is in ${text}`);
  }
  return verdict;
}

/** A credential's values, in plain text and as they are sent. */
function formsOf(what: Verifiable): string[] {
  if (what.kind === "github_app") {
    return what.privateKey.reveal().split("\n").filter((line) => line.length > 20);
  }
  if (what.kind === "google_key") return [JSON.parse(what.key.reveal()).private_key];
  const values = [what.password, what.kind === "git" ? what.bearerToken : undefined]
    .flatMap((sealed) => sealed?.reveal() || []);
  return values.flatMap((value) => [
    value,
    new TextEncoder().encode(`${what.username ?? ""}:${value}`).toBase64(),
  ]);
}

/** Alice's login at a chart repository. */
export function helmLogin(
  url: string,
  password: string,
  transport: TransportOptions = {},
): HelmCredential {
  return { kind: "helm", url, username: "alice", password: seal(password), transport };
}

/** A resolver that knows these names only, each at these addresses. */
export function names(
  known: Readonly<Record<string, readonly string[]>>,
): VerifyOptions["resolve"] {
  return (name) => {
    const addresses = known[name];
    if (addresses) return Promise.resolve(addresses);
    return Promise.reject(Object.assign(new Error(`no ${name}`), { code: "ENOTFOUND" }));
  };
}
