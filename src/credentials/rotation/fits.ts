import { encodeBase64Text } from "../../text/bytes.ts";
import { valuesOf } from "../kinds/repository_credential.ts";
import { googleKeyIn } from "../material/canonical.ts";
import { type Checked, no, yes } from "../material/checked.ts";
import { MATERIAL_WORDS, materialOf } from "../material/material.ts";
import { secretParts } from "./fields.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";

/**
 * The text of a new credential as a place of another kind holds it: a token by another key, in a URL or in a pull
 * secret. What a place holds now tells what its readers make of it.
 * @returns `why` is the rest of "the place …"
 */
export function textFor({ holder, canonical, text }: Slot, set: NewCredential): Checked<string> {
  const kind = holder.in === "key" ? holder.kind : undefined;
  const part = kind && secretParts().find((each) => each.kind === kind);
  const [name, key] = Object.entries(kind?.keys ?? {})
    .find(([, { field }]) => field === part?.field) ?? [];
  const material = key?.material ?? materialOf(canonical.reveal());
  // Another user name may stand for another way to log in: `_json_key` is for Google's keys alone.
  const isFree = key?.material === undefined && material !== "pem" && set.material !== "pem" &&
    set.username !== undefined;
  if (material !== set.material && !isFree) {
    return no(`holds ${MATERIAL_WORDS[material]}, not ${MATERIAL_WORDS[set.material]}`);
  }
  const after = asBefore(text.reveal(), set);
  if (part === undefined || kind === set.kind) return yes(after);
  const [first, second] = part.path;
  const given = part.field.schema.safeParse(after);
  if (!given.success) return no(given.error.issues[0]?.message ?? "cannot hold it");
  const understood = kind!.understand(
    second === undefined ? { [first!]: given.data } : { [first!]: { [second]: given.data } },
  );
  if (!understood.ok) return no(understood.why);
  return yes(valuesOf(kind!, understood.value, undefined)[name!] ?? after);
}

/** In base64 where the old one is, as `_json_key_base64` says that Google's keys are. */
export function asBefore(old: string, { text }: NewCredential): string {
  const isBase64 = googleKeyIn(old)?.isBase64 === true;
  const json = isBase64 ? googleKeyIn(text.reveal()) : undefined;
  return json === undefined ? text.reveal() : encodeBase64Text(json.json);
}

/** What a place has no room for of what is given beside the secret, but a user name; `undefined` when nothing. */
export function noRoom(set: NewCredential, isNameHeld: boolean): string | undefined {
  const names = set.beside.filter((name) => name !== "username" || !isNameHeld);
  return names.length === 0
    ? undefined
    : `has no place for ${names.map((name) => `'${name}'`).join(" and ")}`;
}
