import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { shapeOf } from "../../fields/field.ts";
import { seal } from "../../log/sealed.ts";
import { OLD, plainFingerprint } from "../fake/rotation.ts";
import { besideOf, newFields, soughtFields } from "./fields.ts";
import { newCredential } from "./new_credential.ts";
import { isSameValue, soughtValue } from "./sought.ts";

Deno.test("each secret field of each kind can be searched for, and set with its accompanying fields", () => {
  assert.deepEqual(besideOf(), {
    password: ["username"],
    ssh_private_key: [],
    github_app_private_key: [
      "github_app_id",
      "github_app_installation_id",
      "github_app_enterprise_url",
    ],
    bearer_token: [],
    gcp_service_account_key: [],
    azure_service_principal_client_secret: [
      "azure_service_principal_client_id",
      "azure_service_principal_tenant_id",
      "azure_service_principal_authority_url",
    ],
    tls_client_key: ["tls_client_cert"],
  });
  assert.deepEqual(Object.keys(soughtFields()), Object.keys(besideOf()));
  assert.deepEqual(
    Object.keys(newFields()).sort(),
    Object.entries(besideOf()).flatMap(([name, beside]) => [name, ...beside]).sort(),
  );
});

Deno.test("each of these fields is optional, and secret values are not shown", () => {
  for (const fields of [soughtFields(), newFields()]) {
    assert.deepEqual(z.strictObject(shapeOf(fields)).parse({}), {});
  }
  for (const field of Object.values(soughtFields())) assert.equal(field.shown(), "***");
});

Deno.test("an old and a new value are recognized as the same in any form", async () => {
  const same = async (old: Record<string, unknown>, set: Record<string, unknown>) => {
    const understood = newCredential(set);
    assert.ok(understood.ok);
    return await isSameValue(soughtValue(old)!, understood.value, plainFingerprint);
  };
  const password = (text: string) => ({ password: seal(text) });
  assert.equal(await same(password(OLD), { ...password(OLD), username: "other" }), true);
  assert.equal(await same(password(OLD), { bearer_token: seal(OLD) }), true);
  assert.equal(await same(password(OLD), password(`${OLD}\n`)), false);
  const google = '{"type": "service_account", "private_key": "x"}';
  assert.equal(
    await same({ gcp_service_account_key: seal(google) }, password(google.replaceAll(" ", ""))),
    true,
  );
  const set = newCredential(password(OLD));
  const by = (of: string) => ({ by: "fingerprint", fingerprint: `fingerprint of ${of}` }) as const;
  assert.ok(set.ok);
  assert.equal(await isSameValue(by(OLD), set.value, plainFingerprint), true);
  assert.equal(await isSameValue(by("x"), set.value, plainFingerprint), false);
  const named = { by: "name", name: "x" } as const;
  assert.equal(await isSameValue(named, set.value, plainFingerprint), false);
});

Deno.test("without a secret field there is no search by value", () => {
  assert.equal(soughtValue({ username: "robot", password: undefined }), undefined);
});
