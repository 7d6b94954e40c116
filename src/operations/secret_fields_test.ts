import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { CLIENT_CERTIFICATE, KINDS } from "../credentials/kinds/kinds.ts";
import { type Fields, shownFields } from "../fields/field.ts";
import { Sealed } from "../log/sealed.ts";
import { OPERATIONS } from "./table.ts";

const CANARY = "canary-4711";

/** Inputs of a schema whose parsed value has a secret in it. */
function secretsOf(schema: z.core.$ZodType): unknown[] {
  const direct = [CANARY, { [CANARY]: CANARY }].filter((given) =>
    z.safeParse(schema, given).data instanceof Sealed
  );
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inside = () => {
    switch (def.type) {
      case "optional":
      case "nullable":
      case "default":
        return secretsOf(def.innerType);
      case "pipe":
        return secretsOf(def.in);
      case "array":
        return secretsOf(def.element).map((each) => [each]);
      case "union":
        return def.options.flatMap(secretsOf);
      case "record":
        return secretsOf(def.valueType).map((each) => ({ x: each }));
      case "object":
        return Object.entries(def.shape).flatMap(([name, inner]) =>
          secretsOf(inner).map((each) => ({ [name]: each }))
        );
      default:
        return [];
    }
  };
  return [...direct, ...inside()];
}

/** Secret inputs of fields, and whether each is hidden. */
const hides = (fields: Fields) =>
  Object.entries(fields).flatMap(([name, { schema }]) =>
    secretsOf(schema).map((value) => {
      const given = { [name]: value };
      return [given, !JSON.stringify(shownFields(fields, given)).includes(CANARY)] as const;
    })
  );

/** The fields of all operations and kinds, by name. */
async function allFields(): Promise<(readonly [of: string, fields: Fields])[]> {
  const ofOperations = await Promise.all(OPERATIONS.map(async (each) => {
    const { fields = {} } = await each.load();
    return [each.name, fields] as const;
  }));
  return [
    ...ofOperations,
    ...[...KINDS, CLIENT_CERTIFICATE].map(({ name, fields }) => [name, fields] as const),
  ];
}

Deno.test("every secret field of all operations and kinds is hidden", async () => {
  const found = (await allFields()).flatMap(([of, fields]) =>
    hides(fields).map(([given, isHidden]) => {
      assert.ok(isHidden, `${of}: ${JSON.stringify(given)}`);
      return `${of}: ${JSON.stringify(given)}`;
    })
  );
  for (
    const each of [
      `addDocker: {"registries":[{"password":"${CANARY}"}]}`,
      `addHelmRepo: {"password":"${CANARY}"}`,
      `addRepo: {"gcp_service_account_key":{"${CANARY}":"${CANARY}"}}`,
      `verifyCredential: {"azure_service_principal":{"client_secret":"${CANARY}"}}`,
      `bearer_token: {"bearer_token":"${CANARY}"}`,
    ]
  ) assert.ok(found.includes(each), each);
});

/** A user's name in each place that fields have for one. */
const usernames = (fields: Fields, name: string): object[] =>
  Object.entries(fields).flatMap(([field, { fields: inside }]): object[] =>
    field === "username"
      ? [{ username: name }]
      : usernames(inside ?? {}, name).map((each) => ({ [field]: [each] }))
  );

Deno.test("a user name that is a token is masked in all operations and kinds", async () => {
  const token = `ghp_${CANARY.replace("-", "")}`;
  const found = (await allFields()).flatMap(([of, fields]) =>
    usernames(fields, token).map((given, i) => {
      const masked = usernames(fields, "ghp_***")[i];
      assert.deepEqual(shownFields(fields, given as Record<string, unknown>), masked, of);
      const [plain] = usernames(fields, "octocat").slice(i);
      assert.deepEqual(shownFields(fields, plain as Record<string, unknown>), plain, of);
      return `${of} ${Object.keys(given)}`;
    })
  );
  assert.deepEqual(found, [
    "listSecrets username",
    "addDocker username",
    "addDocker registries",
    "addHelmRepo username",
    "addRepo username",
    "verifyCredential username",
    "verifyCredential registries",
    "rotateCredential find",
    "rotateCredential set",
    "password username",
  ]);
});
