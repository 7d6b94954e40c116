import { encodeBase64Text } from "../../text/bytes.ts";
import { valuesOf } from "../kinds/repository_credential.ts";
import { googleKeyIn } from "../material/canonical.ts";
import { no, type Validated, yes } from "../material/validated.ts";
import { MATERIAL_WORDS, materialOf } from "../material/material.ts";
import { secretParts } from "./fields.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";

/**
 * The text of a new credential in the form that a place of another kind needs: a token under another key, in a URL or
 * in a pull secret. The current content of the place tells what its readers expect.
 * @returns `why` continues "'PLACE' …"
 */
export function textFor(
  { location, canonical, text }: Slot,
  set: NewCredential,
): Validated<string> {
  const kind = location.in === "key" ? location.kind : undefined;
  const part = kind && secretParts().find((each) => each.kind === kind);
  const [name, key] = Object.entries(kind?.keys ?? {})
    .find(([, { field }]) => field === part?.field) ?? [];
  const material = key?.material ?? materialOf(canonical.reveal());
  // A new user name may change the type of login: `_json_key` is for Google's keys only.
  const isFree = key?.material === undefined && material !== "pem" && set.material !== "pem" &&
    set.username !== undefined;
  if (material !== set.material && !isFree) {
    return no(`contains ${MATERIAL_WORDS[material]}, not ${MATERIAL_WORDS[set.material]}`);
  }
  const after = asBefore(text.reveal(), set);
  if (part === undefined || kind === set.kind) return yes(after);
  const [first, second] = part.path;
  const given = part.field.schema.safeParse(after);
  if (!given.success) return no(given.error.issues[0]?.message ?? CANNOT_STORE);
  const understood = kind!.parse(
    second === undefined ? { [first!]: given.data } : { [first!]: { [second]: given.data } },
  );
  if (!understood.ok) return no(understood.why);
  return yes(valuesOf(kind!, understood.value, undefined)[name!] ?? after);
}

/** Why a place is not rewritten, where nothing more specific is known. */
export const CANNOT_STORE = "cannot store the new credential";

/**
 * The new text; a Google key in the form that its user name requires: in base64 for `_json_key_base64`, as JSON for
 * `_json_key`. Without one of these as the new user name, in the form of the old key.
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function asBefore(old: string, { text, username }: NewCredential): string {
  const key = googleKeyIn(text.reveal());
  const isBase64 = needsBase64(username) ?? googleKeyIn(old)?.isBase64;
  if (key === undefined || isBase64 === undefined) return text.reveal();
  if (isBase64) return encodeBase64Text(key.json);
  return key.isBase64 ? key.json : text.reveal();
}

/** Whether a user name requires a Google key in base64; `undefined` if it requires no form. */
function needsBase64(username: string | undefined): boolean | undefined {
  if (username === "_json_key_base64") return true;
  return username === "_json_key" ? false : undefined;
}

/**
 * Why a place cannot take the fields that are given with the new secret; `undefined` when it can.
 * @param isNameHeld whether a user name can be stored
 */
export function noRoom(set: NewCredential, isNameHeld: boolean): string | undefined {
  const names = set.beside.filter((name) => name !== "username" || !isNameHeld);
  return names.length === 0
    ? undefined
    : `cannot store ${names.map((name) => `'${name}'`).join(" and ")}`;
}
