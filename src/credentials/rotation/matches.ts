import { seal, type Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { canonicalValue } from "../material/canonical.ts";
import type { CredentialValue } from "../values.ts";
import { identified } from "./identified.ts";
import { textsWith } from "./inside.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";
import { slotsIn } from "./slots.ts";
import type { Wanted } from "./wanted.ts";

/** A place in a secret that contains the value searched for. */
export interface Match extends Omit<CredentialValue, "value"> {
  /** The value there, in the form in which values are compared; for `inside`, the part that matched. */
  readonly value: Sealed<string>;
  /**
   * `padded`: with different white space around it. `inside`: as part of a longer text; only found for values that are
   * long enough. Neither is ever rewritten.
   */
  readonly how: "equal" | "padded" | "inside";
  /** The slots of the place; empty for `inside`. */
  readonly slots: Sealed<readonly Slot[]>;
}

/** The parts of the new credential that the search needs. */
type Replacement = Pick<NewCredential, "kind" | "value" | "text">;

/**
 * The places of a secret that match the search, in the secret's order.
 * @param set the new credential. It does not count as a match if it contains the old value, and its kind decides which
 * credential is meant if a secret found by registry, URL or name has several
 */
export function matchesIn(secret: StoredSecret, wanted: Wanted, set?: Replacement): Match[] {
  return matchesAmong(slotsIn(secret), secret, wanted, set);
}

/** Like {@link matchesIn}. @param all the secret's slots */
export function matchesAmong(
  all: readonly Slot[],
  secret: StoredSecret,
  wanted: Wanted,
  set?: Replacement,
): Match[] {
  const meant = wanted.identities.flatMap((sought) =>
    identified(secret, sought, all, set?.kind.name)
  );
  const isMeant = new Set(meant);
  const forms = wanted.forms.reveal();
  const held: (readonly [Slot, Match["how"]])[] = [];
  for (const slot of forms.size === 0 ? [] : all) {
    if (slot.canonical.reveal() === set?.value.reveal() || isMeant.has(slot)) continue;
    const how = howOf(slot, wanted);
    if (how !== undefined) held.push([slot, how]);
  }
  const known = [...meant, ...held.map(([slot]) => slot)];
  const inside = textsWith(forms, secret, known, set?.text.reveal());
  return [
    ...matched([...meant.map((slot) => [slot, "equal"] as const), ...held]),
    ...inside.map(({ part, ...at }): Match => ({
      ...at,
      value: seal(part),
      how: "inside",
      slots: seal([]),
    })),
  ];
}

/** The values that are never shown with matches: those searched for, those found, and the new one. */
export function hiddenOf(
  { forms }: Wanted,
  matches: readonly Match[],
  set?: Replacement,
): Sealed<string>[] {
  return [
    ...[...forms.reveal()].map(seal),
    ...matches.map(({ value }) => value),
    ...set === undefined ? [] : [set.value, set.text],
  ];
}

function howOf({ text, canonical }: Slot, { forms, trimmed }: Wanted): Match["how"] | undefined {
  if (forms.reveal().has(canonical.reveal())) return "equal";
  const inner = text.reveal().trim();
  if (trimmed.reveal().has(inner)) return "padded";
  // White space around a value that is stored in another form than it was given.
  return inner !== text.reveal() && forms.reveal().has(canonicalValue(inner))
    ? "padded"
    : undefined;
}

/** One match per place: several fields of an entry may contain its password. */
function matched(held: readonly (readonly [Slot, Match["how"]])[]): Match[] {
  const byPlace = Map.groupBy(
    held,
    ([{ key, place, canonical }, how]) => JSON.stringify([key, place, how, canonical.reveal()]),
  );
  return [...byPlace.values()].map((those): Match => {
    const [{ key, place, registry, username, canonical }, how] = those.at(-1)!;
    return {
      place,
      key,
      ...registry !== undefined && { registry },
      ...username !== undefined && { username },
      value: canonical,
      how,
      slots: seal(those.map(([slot]) => slot)),
    };
  });
}
