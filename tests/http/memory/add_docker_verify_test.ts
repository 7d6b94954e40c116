import assert from "node:assert/strict";
import type { VerifyOne } from "../../../src/credentials/verify_credential.ts";
import { CANARY, docker, type Row, testsOf } from "../support.ts";

/** add_docker with verify. */

const LOGINS = [
  { registry: "ghcr.io", username: "one", password: CANARY },
  { registry: "quay.io", username: "two", password: CANARY },
];
const several = { username: undefined, password: undefined, registries: LOGINS };

/** Hosts whose registries do not respond or refuse; all others accept. */
function registries(ill: Readonly<Record<string, "silent" | "refusing" | "open">>): Row["options"] {
  const verifyOne: VerifyOne = (what) => {
    assert.ok(what.kind === "registry");
    assert.equal(what.password?.reveal(), CANARY);
    const state = ill[what.host];
    return Promise.resolve({
      reachable: state !== "silent",
      accepted: state === undefined ? true : state === "refusing" ? false : undefined,
      ...(state === "open" ? { open: true } : {}),
      may: state === undefined ? [`read ${what.username}`] : [],
      ...(state === undefined ? { expires: "2030-01-02T03:04:05.000Z" } : {}),
      asked: `https://${what.host}/v2/`,
      why: state ?? "It accepts the credential",
    });
  };
  return { verifyOne };
}

const accepted = (host: string, username: string) => ({
  at: host,
  tried: true,
  asked: `https://${host}/v2/`,
  reachable: true,
  accepted: true,
  may: [`read ${username}`],
  expires: "2030-01-02T03:04:05.000Z",
  message: "It accepts the credential",
});

const other = (host: string, message: string, more: object = {}) => ({
  at: host,
  tried: true,
  asked: `https://${host}/v2/`,
  reachable: true,
  accepted: null,
  may: [],
  message,
  ...more,
});

const VERIFY = { verify: true };

const refused = (name: string, more: object, options: Row["options"], body: object): Row => ({
  name,
  request: () => docker({ ...VERIFY, ...more }),
  options,
  status: 422,
  body: { error: true, ...body },
  asks: false,
  changes: false,
});

for (
  const test of testsOf([
    {
      name: "a login that its registry accepts is written, and its expiry is reported",
      request: () => docker(VERIFY),
      options: registries({}),
      status: 200,
      changes: true,
      after: (_stage, body) =>
        assert.deepEqual((body as { verified: unknown }).verified, [
          accepted("ghcr.io", "your_username"),
        ]),
    },
    {
      name: "a login for a registry that requires none is written",
      request: () => docker(VERIFY),
      options: registries({ "ghcr.io": "open" }),
      status: 200,
      changes: true,
      after: (_stage, body) =>
        assert.deepEqual((body as { verified: unknown }).verified, [other("ghcr.io", "open")]),
    },
    refused(
      "one refusing registry of several prevents every write",
      several,
      registries({ "quay.io": "refusing" }),
      {
        message: "Credential refused by quay.io: refusing. Nothing was changed",
        status_code: 422,
        verified: [accepted("ghcr.io", "one"), other("quay.io", "refusing", { accepted: false })],
      },
    ),
    refused(
      "a registry that does not respond prevents the write",
      {},
      registries({ "ghcr.io": "silent" }),
      {
        message: "Cannot verify the credential at ghcr.io: silent. Nothing was changed",
        status_code: 422,
        registry: "ghcr.io",
        verified: [other("ghcr.io", "silent", { reachable: false })],
      },
    ),
  ])
) Deno.test(test);
