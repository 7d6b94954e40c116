import { encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { encodedUserInfo, userInfoParts } from "../kinds/user_info.ts";
import { utf8Text } from "../material/canonical.ts";
import { no, type Validated, yes } from "../material/validated.ts";
import type { ValuesOf } from "../values.ts";
import { type Edit, edited } from "./edits.ts";
import { asBefore, CANNOT_STORE, noRoom, textFor } from "./fits.ts";
import { loginEdits, TOKEN_NAME } from "./login_edits.ts";
import type { NewCredential } from "./new_credential.ts";
import { dockerEntryOf, type Slot } from "./slot.ts";

export type Rewritten =
  | { readonly ok: true; readonly data: Sealed<SecretData> }
  /** `why` continues "'PLACE' …", and quotes no value. */
  | { readonly ok: false; readonly slot: Slot; readonly why: string };

/**
 * The data of a secret with the old credential replaced by a new one. Nothing else changes, except for fields that are
 * given with the new value, such as a user name or a certificate.
 * @param slots that contain the old value
 */
export function rewritten(
  { labels, data: sealed }: ValuesOf,
  slots: readonly Slot[],
  set: NewCredential,
): Rewritten {
  const data = sealed.reveal();
  const secretType = labels[SECRET_TYPE_LABEL];
  const keys: SecretData = {};
  const edits: Edit[] = [];
  for (const group of together(slots)) {
    const [slot] = group;
    const entry = dockerEntryOf(slot!);
    const { location, key } = slot!;
    const made: Validated<unknown> = entry !== undefined
      ? taken(loginEdits(key, entry, group, set), (more) => edits.push(...more))
      : location.in === "user_info"
      ? taken(urlEdits(key, utf8Text(data[key]!) ?? "", group, set), (more) => edits.push(...more))
      : taken(keyTexts(slot!, slots, set, secretType), (more) => Object.assign(keys, more));
    if (!made.ok) return { ok: false, slot: slot!, why: made.why };
  }
  const texts = Object.entries(keys).map(([key, text]) => [key, encodeBase64Text(text)]);
  return { ok: true, data: seal({ ...edited(data, edits), ...Object.fromEntries(texts) }) };
}

function taken<Value>(made: Validated<Value>, take: (value: Value) => void): Validated<Value> {
  if (made.ok) take(made.value);
  return made;
}

/** Groups slots that are rewritten together: those of one entry of a Docker configuration, or of one URL. */
function together(slots: readonly Slot[]): Slot[][] {
  return [
    ...Map.groupBy(slots, (slot) => {
      const entry = dockerEntryOf(slot);
      return entry ?? (slot.location.in === "user_info" ? slot.key : slot);
    }).values(),
  ];
}

/** The new texts of data keys. */
function keyTexts(
  slot: Slot,
  all: readonly Slot[],
  set: NewCredential,
  secretType: string | undefined,
): Validated<Readonly<Record<string, string>>> {
  const { key, role, location } = slot;
  if (location.in !== "key") return no(location.in === "opaque" ? location.why : CANNOT_STORE);
  if (role !== "secret" && set.username !== undefined) return no(TOKEN_NAME);
  if (role === "secret" && location.kind === set.kind) {
    const texts = set.keysIn(secretType).reveal();
    return yes({ ...texts, [key]: asBefore(slot.text.reveal(), set) });
  }
  const text = textFor(slot, set);
  if (!text.ok) return text;
  // A key that Argo CD ignores needs no user name next to it if another place of the secret has one.
  const isNameHeld = location.kind === undefined &&
    all.some((other) => other.location.in !== "key" || other.location.kind === set.kind);
  const room = noRoom(set, isNameHeld);
  return room === undefined ? yes({ [key]: text.value }) : no(room);
}

/** The edits of a URL's user information. */
function urlEdits(
  key: string,
  url: string,
  slots: readonly Slot[],
  set: NewCredential,
): Validated<Edit[]> {
  const edits: Edit[] = [];
  const room = noRoom(set, true);
  if (room !== undefined) return no(room);
  for (const slot of slots) {
    if (slot.location.in !== "user_info") continue;
    const { part, from, to } = slot.location.part;
    if (part === "user" && set.username !== undefined) return no(TOKEN_NAME);
    const text = textFor(slot, set);
    if (!text.ok) return text;
    edits.push({ key, from, to, text: encodedUserInfo(text.value) });
    if (part === "password" && set.username !== undefined) {
      const user = userInfoParts(url).find((each) => each.part === "user") ??
        { from: from - 1, to: from - 1 };
      edits.push({ key, from: user.from, to: user.to, text: encodedUserInfo(set.username) });
    }
  }
  return yes(edits);
}
