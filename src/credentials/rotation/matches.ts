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
export function matchesIn(secret: StoredSecret, wanted: Wanted, set?: Replacement): Match[] {
  return matchesAmong(slotsIn(secret), secret, wanted, set);
}

/** The same. @param all the secret's slots */
export function matchesAmong(
  all: readonly Slot[],
  secret: StoredSecret,
  wanted: Wanted,
  set?: Replacement,
): Match[] {
  const meant = wanted.identities.flatMap((sought) =>
    identified(secret, sought, all, set?.kind.name)
  );
  const forms = wanted.forms.reveal();
  const held: (readonly [Slot, Match["how"]])[] = [];
  for (const slot of forms.size === 0 ? [] : all) {
    if (slot.canonical.reveal() === set?.value.reveal() || meant.includes(slot)) continue;
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

function howOf({ text, canonical }: Slot, { forms, trimmed }: Wanted): Match["how"] | undefined {
  if (forms.reveal().has(canonical.reveal())) return "equal";
  const inner = text.reveal().trim();
  if (trimmed.reveal().has(inner)) return "padded";
  // White space around a value that is told in another form than it stands there.
  return inner !== text.reveal() && forms.reveal().has(canonicalValue(inner))
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
