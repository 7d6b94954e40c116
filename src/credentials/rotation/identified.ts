import { decodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { comparableUrl } from "../kinds/comparable_url.ts";
import { registryName, registryPlace } from "../kinds/registry.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { userInfoParts } from "../kinds/user_info.ts";
import { dockerLogin } from "../material/docker_config.ts";
import type { EntryNode } from "../material/docker_nodes.ts";
import { loginValues } from "../kinds/docker_values.ts";
import { tlsClientCertificate } from "../kinds/tls_client_certificate.ts";
import { canonicalValue } from "../material/canonical.ts";
import { entryOf, type Slot } from "./slot.ts";
import type { Identity } from "./sought.ts";

/**
 * The slots of the credential that is meant by where it is and whose it is: of an entry of a pull secret what
 * kubelet takes, of a repository or template the credential of the preferred kind, else the one that it has.
 * @param isAnyUser whether the user name does not matter. @default false
 */
export function identified(
  secret: StoredSecret,
  sought: Identity,
  slots: readonly Slot[],
  prefer?: string,
  isAnyUser = false,
): Slot[] {
  const isNamed = sought.by === "name" && sought.name === secret.name &&
    (sought.namespace === undefined || sought.namespace === secret.namespace);
  const username = sought.by === "name" || isAnyUser ? undefined : sought.username;
  const entries = [...new Set(slots.flatMap((slot) => entryOf(slot) ?? []))].filter((entry) =>
    isNamed || sought.by === "registry" && isOf(entry, sought.registry, username)
  );
  const ofEntries = entries.flatMap((entry) => {
    const [, first] = loginValues(dockerLogin(entry.json))[0] ?? [];
    const value = first === undefined ? undefined : canonicalValue(first);
    return slots.filter((slot) =>
      entryOf(slot) === entry && slot.role !== "name" && slot.canonical.reveal() === value
    );
  });
  const isBelow = sought.by === "url_prefix" && isAt(secret, sought.urlPrefix, username);
  return [...ofEntries, ...isNamed || isBelow ? ofKeys(slots, prefer) : []];
}

/** Whether an entry is the login of a registry, by this user where one is given. */
function isOf(entry: EntryNode, registry: string, username: string | undefined): boolean {
  return comparableRegistry(entry.name) === comparableRegistry(registry) &&
    (username === undefined || dockerLogin(entry.json).username === username);
}

/** A registry, or a part of one, as it is compared: Docker Hub has several names. */
function comparableRegistry(key: string): string {
  const place = registryPlace(key);
  return place === undefined ? key.trim() : registryName(place).replace(/\/$/, "");
}

/** A URL as repositories are compared with it. */
const comparablePrefix = (url: string) => withoutUser(comparableUrl(url)).replace(/\/$/, "");

/** What is meant, in words that are the same for all that mean the same. */
export function identityText(sought: Identity): string {
  switch (sought.by) {
    case "registry":
      return JSON.stringify([sought.by, comparableRegistry(sought.registry), sought.username]);
    case "url_prefix":
      return JSON.stringify([sought.by, comparablePrefix(sought.urlPrefix), sought.username]);
    case "name":
      return JSON.stringify([sought.by, sought.name, sought.namespace]);
  }
}

/** Whether a repository or template is for a URL at or below this one, with this user where one is given. */
function isAt({ labels, data }: StoredSecret, prefix: string, username?: string): boolean {
  if (labels[SECRET_TYPE_LABEL] === undefined) return false;
  const { url: encoded = "", username: name = "" } = data.reveal();
  const url = decodeBase64Text(encoded);
  const users = [
    decodeBase64Text(name),
    ...userInfoParts(url).flatMap(({ part, text }) => part === "user" ? [text] : []),
  ];
  const above = comparablePrefix(prefix);
  const at = withoutUser(comparableUrl(url));
  const isBelow = at.replace(/\/$/, "") === above || at.startsWith(`${above}/`);
  return above !== "" && isBelow && (username === undefined || users.includes(username));
}

function withoutUser(url: string): string {
  return url.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?)[^/?#]*@/i, "$1");
}

/** What an Argo CD secret, or Image Updater's, is used with; and the same value wherever else it stands there. */
function ofKeys(slots: readonly Slot[], prefer?: string): Slot[] {
  const keys = slots.filter((slot) => slot.holder.in === "key" && slot.role !== "name");
  const known = keys.filter(({ holder }) => holder.in === "key" && holder.kind !== undefined);
  const kindOf = ({ holder }: Slot) => holder.in === "key" ? holder.kind?.name : undefined;
  const preferred = known.filter((slot) => kindOf(slot) === prefer);
  const main = preferred.length > 0
    ? preferred
    : known.filter((slot) => kindOf(slot) !== tlsClientCertificate.name);
  const inUrl = slots.filter(({ key, holder }) =>
    key === "url" && holder.in === "user_info" && holder.part.isCredential
  );
  // The password before a user name that is a token.
  const of = main.filter(({ role }) => role === "secret");
  const primary = of.length > 0 ? of : main.length > 0 ? main : inUrl;
  const values = new Set(primary.map(({ canonical }) => canonical.reveal()));
  return slots.filter((slot) =>
    entryOf(slot) === undefined && slot.role !== "name" && values.has(slot.canonical.reveal())
  );
}
