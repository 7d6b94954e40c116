import { refOf, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import type { Inventory } from "../inventory.ts";
import { ownerOf } from "../kinds/owner.ts";
import { type FoundPlace, inventorySecrets, shownPlaces } from "./find.ts";
import { masking } from "./hide.ts";
import { identified } from "./identified.ts";
import {
  type LeftEntry,
  leftPlaces,
  type LeftScope,
  leftWithoutPadding,
  obstacleOf,
} from "./left.ts";
import { hiddenOf, type Match, matchesAmong } from "./matches.ts";
import type { NewCredential } from "./new_credential.ts";
import { isRewritable } from "./place_kind.ts";
import { rewritten } from "./rewrite.ts";
import { saysTheSame } from "./same.ts";
import { dockerEntryOf, type Slot } from "./slot.ts";
import { slotsIn } from "./slots.ts";
import type { Sought } from "./sought.ts";
import { wantedIn } from "./wanted.ts";

export interface PlanRequest extends LeftScope {
  readonly sought: Sought;
  readonly set: NewCredential;
  /** Declared expiry of the new credential, in ISO time. */
  readonly expires?: string;
}

/** A secret to rewrite. */
export interface PlannedSecret {
  /** The secret as it was read; only this version may be replaced. */
  readonly secret: StoredSecret;
  /** The secret after the rotation, without the labels and annotations of the write. */
  readonly rewritten: StoredSecret;
  /** The places that are rewritten. */
  readonly places: readonly FoundPlace[];
  readonly hints: readonly string[];
  /** Values that must never be shown: the old and the new ones. */
  readonly hidden: Sealed<readonly string[]>;
}

/** The plan of a rotation for one cluster. */
export interface RotationPlan {
  /** `not_found`: no secret may be rewritten, and none has the new credential. */
  readonly status: "rotates" | "unchanged" | "not_found";
  readonly toRotate: readonly PlannedSecret[];
  /** Secrets that already contain the complete new credential. */
  readonly unchanged: readonly (SecretRef & { readonly keys: readonly string[] })[];
  readonly left: readonly LeftEntry[];
  /** Places that cannot store the new credential; if there are any, nothing may be written. */
  readonly cannotHold: readonly CannotHold[];
  /** All places with the old value, including those that are not rewritten; sorted. */
  readonly places: readonly FoundPlace[];
  /** The distinct old values, in the form in which values are compared. */
  readonly oldValues: readonly Sealed<string>[];
}

export interface CannotHold extends SecretRef {
  readonly key: string;
  /** A sentence that starts with the place. */
  readonly why: string;
}

/** The part of the plan for one secret. */
type Decision = Partial<Pick<RotationPlan, "toRotate" | "unchanged" | "left" | "cannotHold">>;

/**
 * Plans a rotation on one cluster.
 * @param all as read by `rotationInventory`
 */
export async function planRotation(
  all: Pick<Inventory, "argocd" | "pullSecrets">,
  request: PlanRequest,
  fingerprint: MakeFingerprint,
): Promise<RotationPlan> {
  const { sought, set } = request;
  const decisions: Decision[] = [];
  const places: FoundPlace[] = [];
  const oldValues = new Set<string>();
  const secrets = inventorySecrets(all);
  const wanted = await wantedIn(secrets, [sought], fingerprint);
  for (const secret of secrets) {
    const slots = slotsIn(secret);
    const matches = matchesAmong(slots, secret, wanted, set);
    const masked = masking(() => hiddenOf(wanted, matches, set));
    const decision = decide({ secret, slots, matches, masked }, request);
    decisions.push(decision);
    // A place found by name contains the new value after a rotation.
    const old = matches.filter(({ value }) => value.reveal() !== set.value.reveal());
    places.push(...shownPlaces(secret, old, masked));
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

/** A secret with what a decision is about. */
interface Searched {
  readonly secret: StoredSecret;
  readonly slots: readonly Slot[];
  readonly matches: readonly Match[];
  /** Masks the values in the name of a place, which may be the key of a Docker configuration. */
  readonly masked: (text: string) => string;
}

function decide(searched: Searched, request: PlanRequest): Decision {
  const { secret, slots, matches, masked } = searched;
  const { sought, set } = request;
  const placesOf = (slots: readonly Slot[]) => shownPlacesOf(slots, masked);
  const unchangedAt = (held: readonly Slot[]): Decision => ({
    unchanged: [{ ...refOf(secret), keys: placesOf(held) }],
  });
  if (!isRewritable(secret)) return untouched(searched, request);
  const { chosen, left } = sorted(searched, sought);
  if (chosen.length === 0) {
    const held = holding(secret, slots, request);
    return { left, ...held.length > 0 && isThere(secret, held, set) && unchangedAt(held) };
  }
  const after = rewritten(secret, chosen, set);
  const obstacle = obstacleOf(secret, request);
  const changed = after.ok && { ...secret, data: after.data };
  const isNew = chosen.every(({ canonical }) => canonical.reveal() === set.value.reveal());
  if (changed && isNew && saysTheSame(secret, changed)) {
    return { left, ...unchangedAt(chosen) };
  }
  const keys = placesOf(chosen);
  if (obstacle !== undefined) return { left: [{ ...refOf(secret), keys, ...obstacle }, ...left] };
  if (!after.ok) {
    const { key, place } = after.slot;
    const why = `'${masked(place)}' ${after.why}`;
    return { left, cannotHold: [{ ...refOf(secret), key: masked(key), why }] };
  }
  const isChosen = ({ slots }: Match) => slots.reveal().some((slot) => chosen.includes(slot));
  return {
    left,
    toRotate: [{
      secret,
      rewritten: { ...secret, data: after.data },
      places: shownPlaces(secret, matches.filter(isChosen), masked),
      hints: [...urlHints(secret, chosen), ...ownerHints(secret)],
      hidden: seal([
        ...chosen.flatMap(({ text, canonical }) => [text.reveal(), canonical.reveal()]),
        set.text.reveal(),
      ]),
    }],
  };
}

/** The decision for a secret that is searched but never rewritten. */
function untouched({ secret, matches, masked }: Searched, request: PlanRequest): Decision {
  const old = matches.filter(({ value }) => value.reveal() !== request.set.value.reveal());
  const keys = shownPlacesOf(old, masked);
  const obstacle = obstacleOf(secret, request);
  return keys.length === 0 || obstacle === undefined
    ? {}
    : { left: [{ ...refOf(secret), keys, ...obstacle }] };
}

/** Sorts matches into slots to rewrite and entries that are never rewritten. */
function sorted(
  { secret, matches, masked }: Searched,
  sought: Sought,
): { readonly chosen: readonly Slot[]; readonly left: readonly LeftEntry[] } {
  const placesOf = (slots: readonly Slot[]) => shownPlacesOf(slots, masked);
  const group = (slots: readonly Slot[], make: (keys: readonly string[]) => LeftEntry) =>
    slots.length === 0 ? [] : [make(placesOf(slots))];
  const of = (how: Match["how"]) => matches.filter((match) => match.how === how);
  const padded = of("padded").flatMap(({ slots }) => slots.reveal());
  const equal = of("equal").flatMap(({ slots }) => slots.reveal());
  // All entries of a registry are the same login. Otherwise one value would replace several different ones.
  const isOfOne = sought.by === "name" || sought.by === "url_prefix";
  const areSeveral = isOfOne &&
    new Set(equal.map(({ canonical }) => canonical.reveal())).size > 1;
  if (areSeveral) {
    return { chosen: [], left: [leftPlaces(secret, "several_values", placesOf(equal))] };
  }
  const names = equal.filter(({ role }) => role === "name");
  const opaque = equal.filter(({ location }) => location.in === "opaque");
  // An entry with a padded field is not rewritten at all, or its fields would differ afterwards.
  const entries = new Set(padded.flatMap((slot) => dockerEntryOf(slot) ?? []));
  const isBesidePadded = (slot: Slot) => {
    const entry = dockerEntryOf(slot);
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
    ...of("inside").map(({ place }) => leftPlaces(secret, "inside", [masked(place)])),
    ...group(names, (keys) => leftPlaces(secret, "as_username", keys)),
    ...opaque.map(({ place, location }) =>
      leftPlaces(
        secret,
        "unmergeable",
        [masked(place)],
        location.in === "opaque" ? location.why : "",
      )
    ),
  ];
  return { chosen, left };
}

/** Whether the stored value has the white space; otherwise the given one has it. */
const isPadded = ({ text }: Slot) => text.reveal() !== text.reveal().trim();

/** The names of places, each once. */
const shownPlacesOf = (of: readonly Pick<Slot, "place">[], masked: (text: string) => string) => [
  ...new Set(of.map(({ place }) => masked(place))),
];

/** The slots that the request is about and that contain the new value. */
function holding(
  secret: StoredSecret,
  slots: readonly Slot[],
  { sought, set }: PlanRequest,
): Slot[] {
  const meant = sought.by === "value" || sought.by === "fingerprint"
    ? slots
    : identified(secret, sought, slots, set.kind.name, true);
  return meant.filter(({ canonical, role, location }) =>
    role !== "name" && location.in !== "opaque" && canonical.reveal() === set.value.reveal()
  );
}

/** Whether the secret contains the complete new credential. */
function isThere(secret: StoredSecret, held: readonly Slot[], set: NewCredential): boolean {
  const after = rewritten(secret, held, set);
  return after.ok && saysTheSame(secret, { ...secret, data: after.data });
}

/** A hint for URLs with the credential in them: Argo CD compares an Application's URL including it. */
function urlHints({ name }: StoredSecret, chosen: readonly Slot[]): string[] {
  return chosen.some(({ key, location }) => key === "url" && location.in === "user_info")
    ? [
      `The URL of secret '${name}' contains the credential: change the repoURL of Applications that ` +
      "contain the old one as well",
    ]
    : [];
}

/** A hint for a secret that is only rotated by force. */
function ownerHints(secret: StoredSecret): string[] {
  const owner = ownerOf(secret);
  return owner === undefined ? [] : [
    `Secret '${secret.name}' is managed by ${owner}, which may restore the old value: change it ` +
    "there as well",
  ];
}
