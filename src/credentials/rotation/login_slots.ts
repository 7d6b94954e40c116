import { shownName } from "../../fields/texts.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import type { SecretData } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { dockerConfigsOf, type StoredConfig } from "../kinds/pull_secret.ts";
import { shownUrl } from "../kinds/url.ts";
import { canonicalValue, exactText } from "../material/canonical.ts";
import { type DockerLogin, dockerLogin, shownLoginName } from "../material/docker_config.ts";
import { authText, type EntryNode, entryNodes, unparsedNodes } from "../material/docker_nodes.ts";
import { loginValues } from "../kinds/docker_values.ts";
import type { Slot, SlotLocation } from "./slot.ts";

/** The slots in the Docker configurations of a secret. */
export function loginSlots(type: string, data: Readonly<SecretData>): Slot[] {
  return dockerConfigsOf(type, data).flatMap((config) => slotsIn(config, data));
}

function slotsIn({ key, text, form, isExact }: StoredConfig, data: SecretData): Slot[] {
  const entries = isExact ? entryNodes(text, form) : undefined;
  if (entries === undefined) {
    const why = isExact
      ? "the Docker configuration cannot be parsed"
      : "the Docker configuration is not UTF-8 text";
    const inside = isExact ? unparsedNodes(text).flatMap((each) => entrySlots(key, each)) : [];
    return [
      opaque({ key, place: key }, exactText(data[key]!), why),
      ...inside.map((slot): Slot => ({ ...slot, role: "secret", location: unread(slot, why) })),
    ];
  }
  return entries.flatMap((entry) => entrySlots(key, entry));
}

/** The location of a slot that a reader may use though the configuration cannot be parsed. */
function unread({ location }: Slot, why: string): SlotLocation {
  return { in: "opaque", why, ...location.in === "login" && { from: location.node.from } };
}

function entrySlots(key: string, entry: EntryNode): Slot[] {
  const login = dockerLogin(entry.json);
  const username = shownLoginName(login);
  const registry = shownUrl(entry.name);
  const values = loginValues(login);
  const names = nameRole(login);
  /** The place's name as in `loginValues`, which has each value once. */
  const placeOf = (field: string, text: string) => {
    const at = values.findIndex(([, value]) => value === text);
    return at === 0 ? registry : `${registry} (${values[at]?.[0] ?? field})`;
  };
  const about = (field: string, text: string) => ({
    key,
    registry,
    place: placeOf(field, text),
    ...username !== undefined && { username },
  });
  return entry.nodes.flatMap((node): Slot[] => {
    const { field, text } = node;
    if (text === "" || text === NO_PASSWORD) return [];
    const slot = (text: string, role: Slot["role"], half?: "user" | "password"): Slot[] =>
      text === "" || text === NO_PASSWORD ? [] : [{
        ...about(half === "user" ? "username" : field, text),
        text: seal(text),
        canonical: seal(canonicalValue(text)),
        role,
        location: { in: "login", entry, node, ...half !== undefined && { half } },
      }];
    if (field === "username") return slot(text, names(text));
    if (field !== "auth") return slot(text, "secret");
    const halves = authText(text);
    if (halves === undefined) {
      return [opaque(about(field, text), text, "its 'auth' is not username:password in base64")];
    }
    return [
      ...slot(halves.password, "secret", "password"),
      ...slot(halves.user, names(halves.user), "user"),
    ];
  });
}

/** The role of a user name: it is a token by its form, next to `x-oauth-basic`, or if the entry has nothing else. */
function nameRole(login: DockerLogin): (name: string) => Slot["role"] {
  const { auth, fields } = login;
  const isSole = loginValues(login).length === 0 ||
    [auth, ...Object.values(fields)].includes(NO_PASSWORD);
  return (name) => isSole || shownName(name) !== name ? "token_name" : "name";
}

function opaque(at: Pick<Slot, "key" | "place">, text: string, why: string): Slot {
  return {
    ...at,
    text: seal(text),
    canonical: seal(text),
    role: "secret",
    location: { in: "opaque", why },
  };
}
