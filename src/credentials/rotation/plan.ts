import { refOf, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import type { Inventory } from "../inventory.ts";
import { type FoundPlace, secretsOf, shownPlaces } from "./find.ts";
import { identified } from "./identified.ts";
import { type Left, leftPlaces, type LeftScope, leftWithoutPadding, obstacleOf } from "./left.ts";
import { type Match, matchesAmong } from "./matches.ts";
import type { NewCredential } from "./new_credential.ts";
import { isRewritable } from "./place_kind.ts";
import { rewritten } from "./rewrite.ts";
import { saysTheSame } from "./same.ts";
import { entryOf, type Slot } from "./slot.ts";
import { slotsIn } from "./slots.ts";
import type { Sought } from "./sought.ts";
import { wantedIn } from "./wanted.ts";

export interface RotationRequest extends LeftScope {
  readonly sought: Sought;
  readonly set: NewCredential;
  /** When the new credential ends, as it is declared: ISO time. */
  readonly expires?: string;
}

/** A secret that is to be rewritten. */
export interface PlannedSecret {
  /** As it was read: it is replaced in this version alone. */
  readonly secret: StoredSecret;
  /** As it will be, less the marks of who wrote it. */
  readonly rewritten: StoredSecret;
  /** What is rewritten in it. */
  readonly places: readonly FoundPlace[];
  readonly hints: readonly string[];
  /** Values that nothing may show: what is rewritten, and by what. */
  readonly hidden: Sealed<readonly string[]>;
}

/** What a rotation is to do on one cluster. */
export interface RotationPlan {
  /** `not_found`: there is nothing that may be rewritten, and nothing that was. */
  readonly status: "rotates" | "unchanged" | "not_found";
  readonly toRotate: readonly PlannedSecret[];
  /** Secrets that hold all of the new credential. */
  readonly unchanged: readonly (SecretRef & { readonly keys: readonly string[] })[];
  readonly left: readonly Left[];
  /** Places that cannot hold the new credential: nothing may be written then. */
  readonly cannotHold: readonly CannotHold[];
  /** All places that hold the old value, those that are left too; sorted. */
  readonly places: readonly FoundPlace[];
  /** What stands there, each once, in the form in which values are compared. */
  readonly oldValues: readonly Sealed<string>[];
}

export interface CannotHold extends SecretRef {
  readonly key: string;
  /** A sentence, which begins with the place. */
  readonly why: string;
}

/** What is to be done about one secret. */
type Decision = Partial<Pick<RotationPlan, "toRotate" | "unchanged" | "left" | "cannotHold">>;

/**
 * Plans a rotation on one cluster: which secrets are rewritten, and how.
 * @param all as `rotationInventory` reads it
 */
export async function planRotation(
  all: Pick<Inventory, "argocd" | "pullSecrets">,
  request: RotationRequest,
  fingerprint: MakeFingerprint,
): Promise<RotationPlan> {
  const { sought, set } = request;
  const decisions: Decision[] = [];
  const places: FoundPlace[] = [];
  const oldValues = new Set<string>();
  const secrets = secretsOf(all);
  const wanted = await wantedIn(secrets, [sought], fingerprint);
  for (const secret of secrets) {
    const slots = slotsIn(secret);
    const matches = matchesAmong(slots, secret, wanted, set);
    const decision = decide(secret, slots, matches, request);
    decisions.push(decision);
    // What is looked for by its name holds the new value in the end.
    const old = matches.filter(({ value }) => value.reveal() !== set.value.reveal());
    places.push(...shownPlaces(secret, old, matches));
    for (const { how, value } of old) if (how === "equal") oldValues.add(value.reveal());
  }
  const toRotate = decisions.flatMap((each) => each.toRotate ?? []);
  const unchanged = decisions.flatMap((each) => each.unchanged ?? []);
  return {
    status: toRotate.length > 0 ? "rotates" : unchanged.length > 0 ? "unchanged" : "not_found",
    toRotate,
    unchanged,
    left: decisions.flatMap((each) => each.left ?? []),
    cannotHold: decisions.flatMap((each) => each.cannotHold ?? []),
    places,
    oldValues: [...oldValues].map((value) => seal(value)),
  };
}

function decide(
  secret: StoredSecret,
  slots: readonly Slot[],
  matches: readonly Match[],
  request: RotationRequest,
): Decision {
  const { sought, set } = request;
  if (!isRewritable(secret)) return untouched(secret, matches, request);
  const { chosen, left } = sorted(secret, matches, sought);
  if (chosen.length === 0) {
    const held = holding(secret, slots, request);
    return { left, ...held.length > 0 && isThere(secret, held, set) && unchangedAt(secret, held) };
  }
  const after = rewritten(secret, chosen, set);
  const obstacle = obstacleOf(secret, request);
  const changed = after.ok && { ...secret, data: after.data };
  const isNew = chosen.every(({ canonical }) => canonical.reveal() === set.value.reveal());
  if (changed && isNew && saysTheSame(secret, changed)) {
    return { left, ...unchangedAt(secret, chosen) };
  }
  const keys = placesOf(chosen);
  if (obstacle !== undefined) return { left: [{ ...refOf(secret), keys, ...obstacle }, ...left] };
  if (!after.ok) {
    const { key, place } = after.slot;
    const why = `'${place}' ${after.why}`;
    return { left, cannotHold: [{ ...refOf(secret), key, why }] };
  }
  const isChosen = ({ slots }: Match) => slots.reveal().some((slot) => chosen.includes(slot));
  return {
    left,
    toRotate: [{
      secret,
      rewritten: { ...secret, data: after.data },
      places: shownPlaces(secret, matches.filter(isChosen), matches),
      hints: urlHints(secret, chosen),
      hidden: seal([
        ...chosen.flatMap(({ text, canonical }) => [text.reveal(), canonical.reveal()]),
        set.text.reveal(),
      ]),
    }],
  };
}

/** Of a secret that is only looked at, whatever holds the old value in it. */
function untouched(
  secret: StoredSecret,
  matches: readonly Match[],
  request: RotationRequest,
): Decision {
  const old = matches.filter(({ value }) => value.reveal() !== request.set.value.reveal());
  const keys = [...new Set(old.map(({ place }) => place))];
  const obstacle = obstacleOf(secret, request);
  return keys.length === 0 || obstacle === undefined
    ? {}
    : { left: [{ ...refOf(secret), keys, ...obstacle }] };
}

/** What of it may be rewritten, and what is left whatever is allowed. */
function sorted(
  secret: StoredSecret,
  matches: readonly Match[],
  sought: Sought,
): { readonly chosen: readonly Slot[]; readonly left: readonly Left[] } {
  const of = (how: Match["how"]) => matches.filter((match) => match.how === how);
  const padded = of("padded").flatMap(({ slots }) => slots.reveal());
  const equal = of("equal").flatMap(({ slots }) => slots.reveal());
  // Of a registry each entry is the same login; else one value would take the place of several.
  const isOfOne = sought.by === "name" || sought.by === "url_prefix";
  const areSeveral = isOfOne &&
    new Set(equal.map(({ canonical }) => canonical.reveal())).size > 1;
  if (areSeveral) {
    return { chosen: [], left: [leftPlaces(secret, "several_values", placesOf(equal))] };
  }
  const names = equal.filter(({ role }) => role === "name");
  const opaque = equal.filter(({ holder }) => holder.in === "opaque");
  // An entry in which one field is padded is left whole: its fields would come to differ.
  const entries = new Set(padded.flatMap((slot) => entryOf(slot) ?? []));
  const isBesidePadded = (slot: Slot) => {
    const entry = entryOf(slot);
    return entry !== undefined && entries.has(entry);
  };
  const chosen = equal.filter((slot) =>
    !names.includes(slot) && !opaque.includes(slot) && !isBesidePadded(slot)
  );
  const left = [
    ...group(
      [...padded.filter(isPadded), ...equal.filter(isBesidePadded)],
      (keys) => leftPlaces(secret, "padded", keys),
    ),
    ...group(
      padded.filter((slot) => !isPadded(slot)),
      (keys) => leftWithoutPadding(secret, keys),
    ),
    ...of("inside").map(({ place }) => leftPlaces(secret, "inside", [place])),
    ...group(names, (keys) => leftPlaces(secret, "as_username", keys)),
    ...opaque.map(({ place, holder }) =>
      leftPlaces(secret, "unmergeable", [place], holder.in === "opaque" ? holder.why : "")
    ),
  ];
  return { chosen, left };
}

/** Whether there is white space around what is stored; else it is around what is looked for. */
const isPadded = ({ text }: Slot) => text.reveal() !== text.reveal().trim();

function group(slots: readonly Slot[], make: (keys: readonly string[]) => Left): Left[] {
  return slots.length === 0 ? [] : [make(placesOf(slots))];
}

const placesOf = (slots: readonly Slot[]) => [...new Set(slots.map(({ place }) => place))];

/** Slots that hold the new value, of those that the request is about. */
function holding(
  secret: StoredSecret,
  slots: readonly Slot[],
  { sought, set }: RotationRequest,
): Slot[] {
  const meant = sought.by === "value" || sought.by === "fingerprint"
    ? slots
    : identified(secret, sought, slots, set.kind.name, true);
  return meant.filter(({ canonical, role, holder }) =>
    role !== "name" && holder.in !== "opaque" && canonical.reveal() === set.value.reveal()
  );
}

/** Whether all of the new credential is there. */
function isThere(secret: StoredSecret, held: readonly Slot[], set: NewCredential): boolean {
  const after = rewritten(secret, held, set);
  return after.ok && saysTheSame(secret, { ...secret, data: after.data });
}

function unchangedAt(secret: StoredSecret, held: readonly Slot[]): Decision {
  return { unchanged: [{ ...refOf(secret), keys: placesOf(held) }] };
}

/** An Application's URL is compared with the credential in it. */
function urlHints({ name }: StoredSecret, chosen: readonly Slot[]): string[] {
  return chosen.some(({ key, holder }) => key === "url" && holder.in === "user_info")
    ? [
      `The URL of secret '${name}' has the credential in it: Applications that name the URL with the ` +
      "old one have to be changed, too",
    ]
    : [];
}
