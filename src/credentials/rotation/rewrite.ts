import { encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { encodedUserInfo, userInfoParts } from "../kinds/user_info.ts";
import { utf8Text } from "../material/canonical.ts";
import { type Checked, no, yes } from "../material/checked.ts";
import type { ValuesOf } from "../values.ts";
import { type Edit, edited } from "./edits.ts";
import { asBefore, noRoom, textFor } from "./fits.ts";
import { loginEdits, TOKEN_NAME } from "./login_edits.ts";
import type { NewCredential } from "./new_credential.ts";
import { entryOf, type Slot } from "./slot.ts";

export type Rewritten =
  | { readonly ok: true; readonly data: Sealed<SecretData> }
  /** `why` is the rest of "'PLACE' …", and quotes nothing of a value. */
  | { readonly ok: false; readonly slot: Slot; readonly why: string };

/**
 * The data of a secret with a new credential in the place of an old one. Nothing else of it changes, but what is
 * given beside the new value: a user name, a certificate.
 * @param slots that hold the old value
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
    const entry = entryOf(slot!);
    const { holder, key } = slot!;
    const made: Checked<unknown> = entry !== undefined
      ? taken(loginEdits(key, entry, group, set), (more) => edits.push(...more))
      : holder.in === "user_info"
      ? taken(urlEdits(key, utf8Text(data[key]!) ?? "", group, set), (more) => edits.push(...more))
      : taken(keyTexts(slot!, slots, set, secretType), (more) => Object.assign(keys, more));
    if (!made.ok) return { ok: false, slot: slot!, why: made.why };
  }
  const texts = Object.entries(keys).map(([key, text]) => [key, encodeBase64Text(text)]);
  return { ok: true, data: seal({ ...edited(data, edits), ...Object.fromEntries(texts) }) };
}

function taken<Value>(made: Checked<Value>, take: (value: Value) => void): Checked<Value> {
  if (made.ok) take(made.value);
  return made;
}

/** Those that are rewritten at once: of an entry of a Docker configuration, of a URL. */
function together(slots: readonly Slot[]): Slot[][] {
  return [
    ...Map.groupBy(slots, (slot) => {
      const entry = entryOf(slot);
      return entry ?? (slot.holder.in === "user_info" ? slot.key : slot);
    }).values(),
  ];
}

/** Values of keys. */
function keyTexts(
  slot: Slot,
  all: readonly Slot[],
  set: NewCredential,
  secretType: string | undefined,
): Checked<Readonly<Record<string, string>>> {
  const { key, role, holder } = slot;
  if (holder.in !== "key") return no(holder.in === "opaque" ? holder.why : "cannot hold it");
  if (role !== "secret" && set.username !== undefined) return no(TOKEN_NAME);
  if (role === "secret" && holder.kind === set.kind) {
    const texts = set.keysIn(secretType).reveal();
    return yes({ ...texts, [key]: asBefore(slot.text.reveal(), set) });
  }
  const text = textFor(slot, set);
  if (!text.ok) return text;
  // What says nothing to Argo CD needs no user name beside it, where another place of the secret has it.
  const isNameHeld = holder.kind === undefined &&
    all.some((other) => other.holder.in !== "key" || other.holder.kind === set.kind);
  const room = noRoom(set, isNameHeld);
  return room === undefined ? yes({ [key]: text.value }) : no(room);
}

/** A URL's user information. */
function urlEdits(
  key: string,
  url: string,
  slots: readonly Slot[],
  set: NewCredential,
): Checked<Edit[]> {
  const edits: Edit[] = [];
  const room = noRoom(set, true);
  if (room !== undefined) return no(room);
  for (const slot of slots) {
    if (slot.holder.in !== "user_info") continue;
    const { part, from, to } = slot.holder.part;
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
