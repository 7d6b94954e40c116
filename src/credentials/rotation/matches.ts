import { seal, type Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import { canonicalValue } from "../material/canonical.ts";
import type { CredentialValue } from "../values.ts";
import { identified } from "./identified.ts";
import { textsWith } from "./inside.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";
import { slotsIn } from "./slots.ts";
import type { Sought } from "./sought.ts";

/** A place in a secret that holds what is looked for. */
export interface Match extends Omit<CredentialValue, "value"> {
  /** What stands there in the form in which values are compared; of `inside` the part that was looked for. */
  readonly value: Sealed<string>;
  /**
   * `padded`: with other white space around it. `inside`: as a part of a longer text, which is seen only of
   * values that are long enough for that to say something. Neither is ever rewritten.
   */
  readonly how: "equal" | "padded" | "inside";
  /** What stands there, in the open; none of `inside`. */
  readonly slots: Sealed<readonly Slot[]>;
}

/** What takes the place of what is looked for. */
type Replacement = Pick<NewCredential, "kind" | "value" | "text">;

/**
 * The places of a secret that hold what is looked for, in the secret's order.
 * @param set what takes its place: it is not taken for the old value where that is a part of it, and of
 * what is looked for by registry, URL or name it says which credential is meant where a secret has several
 */
export async function matchesIn(
  secret: StoredSecret,
  sought: Sought,
  fingerprint: MakeFingerprint,
  set?: Replacement,
): Promise<Match[]> {
  return await matchesAmong(slotsIn(secret), secret, sought, fingerprint, set);
}

/** The same. @param all the secret's slots */
export async function matchesAmong(
  all: readonly Slot[],
  secret: StoredSecret,
  sought: Sought,
  fingerprint: MakeFingerprint,
  set?: Replacement,
): Promise<Match[]> {
  if (sought.by !== "value" && sought.by !== "fingerprint") {
    return matched(identified(secret, sought, all, set?.kind.name).map((slot) => [slot, "equal"]));
  }
  const held: (readonly [Slot, Match["how"]])[] = [];
  for (const slot of all) {
    if (slot.canonical.reveal() === set?.value.reveal()) continue;
    const how = sought.by === "value"
      ? howOf(slot, sought.forms.reveal())
      : await howByFingerprint(slot, sought, fingerprint);
    if (how !== undefined) held.push([slot, how]);
  }
  const inside = sought.by === "value"
    ? textsWith(sought.forms.reveal(), secret, held.map(([slot]) => slot), set?.text.reveal())
    : [];
  return [
    ...matched(held),
    ...inside.map(({ part, ...at }): Match => ({
      ...at,
      value: seal(part),
      how: "inside",
      slots: seal([]),
    })),
  ];
}

function howOf(
  { text, canonical }: Slot,
  forms: ReadonlySet<string>,
): Match["how"] | undefined {
  if (forms.has(canonical.reveal())) return "equal";
  const trimmed = text.reveal().trim();
  if (trimmed === "") return undefined;
  for (const form of forms) if (form.trim() === trimmed) return "padded";
  return undefined;
}

async function howByFingerprint(
  { text, canonical }: Slot,
  sought: Extract<Sought, { by: "fingerprint" }>,
  fingerprint: MakeFingerprint,
): Promise<Match["how"] | undefined> {
  if (await fingerprint(canonical) === sought.fingerprint) return "equal";
  const trimmed = text.reveal().trim();
  if (trimmed === text.reveal() || trimmed === "") return undefined;
  return await fingerprint(seal(canonicalValue(trimmed))) === sought.fingerprint
    ? "padded"
    : undefined;
}

/** One match for each place: an entry's password may stand in several of its fields. */
function matched(held: readonly (readonly [Slot, Match["how"]])[]): Match[] {
  const matches = new Map<string, Match>();
  for (const [slot, how] of held) {
    const { key, place, registry, username, canonical } = slot;
    const id = JSON.stringify([key, place, how, canonical.reveal()]);
    const slots = seal([...matches.get(id)?.slots.reveal() ?? [], slot]);
    matches.set(id, {
      place,
      key,
      ...registry !== undefined && { registry },
      ...username !== undefined && { username },
      value: canonical,
      how,
      slots,
    });
  }
  return [...matches.values()];
}
