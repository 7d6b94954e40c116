import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { open, secret, shapeOf } from "../../fields/field.ts";
import "../../fields/extend_zod.ts";
import { Password } from "../../fields/texts.ts";
import { Failure } from "../failure.ts";
import { fieldFlags, parametersOf } from "./field_flags.ts";
import { readInput } from "./input.ts";

/** The flags of fields within objects. */

/** As in the kinds of credentials. */
const descriptor = secret(Password.optional(), "The password or token", { by: "password" });

const old = {
  password: { ...descriptor, flag: { ...descriptor.flag!, by: "line" as const } },
  fingerprint: open(z.string().optional(), "Fingerprint", { name: "fingerprint" }),
  username: open(z.string().optional(), "User name of the old value"),
  key: secret(Password.optional(), "A key", { by: "file" }),
};
const fresh = { password: descriptor, username: open(z.string().optional(), "User name") };

const FIELDS = {
  find: open(z.strictObject(shapeOf(old)), "What to replace", { fields: old, prefix: "old" }),
  set: open(z.strictObject(shapeOf(fresh)), "The new one", { fields: fresh, prefix: "" }),
  plain: open(z.strictObject(shapeOf(fresh)), "Another one", { fields: fresh }),
  expires_within: open(z.string().optional(), "Only what ends within this time"),
};

const FLAGS = fieldFlags(FIELDS, { names: { expires_within: "within" } });

Deno.test("the flags of an object's fields start with its prefix, or with its name if it has none", () => {
  assert.deepEqual(FLAGS.map(({ path, name }) => [path.join("."), name]), [
    ["find.password", "old-password"],
    ["find.fingerprint", "fingerprint"],
    ["find.username", "old-username"],
    ["find.key", "old-key"],
    ["set.password", "password"],
    ["set.username", "username"],
    ["plain.password", "plain-password"],
    ["plain.username", "plain-username"],
    ["expires_within", "within"],
  ]);
  const names = FLAGS.flatMap((each) => Object.keys(parametersOf(each)));
  assert.deepEqual(names.slice(0, 7), [
    "old-password-stdin",
    "old-password-file",
    "fingerprint",
    "old-username",
    "old-key-file",
    "password-stdin",
    "password-file",
  ]);
});

Deno.test("the final line break of a file is removed from a password, once, and not from a key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = async (name: string, text: string) => {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      return `${folder}/${name}`;
    };
    const given = {
      oldPasswordFile: await file("old", " old \n\n"),
      oldKeyFile: await file("key", "key\r\n"),
      passwordFile: await file("new", "new\r\n"),
      username: "ci",
    };
    assert.deepEqual(await readInput(FLAGS, given, { within: "30d" }, () => {}), {
      within: "30d",
      find: { password: " old \n", key: "key\r\n" },
      set: { password: "new", username: "ci" },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a flag and its file flag cannot be combined", async () => {
  const given = { oldPasswordFile: "a", oldPasswordStdin: true };
  await assert.rejects(
    readInput(FLAGS, given, {}, () => {}),
    (error) => error instanceof Failure && error.exitCode === 2,
  );
});
