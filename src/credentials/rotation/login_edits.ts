import { encodeBase64Text } from "../../text/bytes.ts";
import { NO_COLON } from "../kinds/docker_logins.ts";
import { no, type Validated, yes } from "../material/validated.ts";
import { authText, type EntryNode, type LoginNode } from "../material/docker_nodes.ts";
import type { Edit } from "./edits.ts";
import { noRoom, textFor } from "./fits.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";

/**
 * The edits that put a new credential into one entry of a Docker configuration: fields with the old value get the new
 * one, `auth` is recomputed, no field is added, and everything else is kept byte for byte.
 * @param chosen the slots of this entry that contain the old value
 */
export function loginEdits(
  key: string,
  { nodes }: EntryNode,
  chosen: readonly Slot[],
  set: NewCredential,
): Validated<Edit[]> {
  const { username } = set;
  if (username?.includes(":")) return no(`stores a user name, which ${NO_COLON}`);
  const texts = new Map<Slot, string>();
  for (const slot of chosen) {
    const text = textFor(slot, set);
    if (!text.ok) return text;
    if (slot.role === "token_name" && username !== undefined) return no(TOKEN_NAME);
    texts.set(slot, text.value);
  }
  const at = (node: LoginNode, half?: "user" | "password") => {
    const slot = chosen.find(({ location }) =>
      location.in === "login" && location.node === node && location.half === half
    );
    return slot && texts.get(slot);
  };
  const isRenamed = renames(nodes, (node) => at(node, "password") ?? at(node));
  let isNamed = false;
  const edits: Edit[] = [];
  for (const node of nodes) {
    const { field, text } = node;
    const after = field === "auth"
      ? auth(node, at(node, "user"), at(node, "password"))
      : at(node) ?? (field === "username" && isRenamed(node) ? username : undefined);
    if (username !== undefined && isRenamed(node)) isNamed = true;
    if (after === undefined || after === text) continue;
    edits.push({ key, from: node.from, to: node.to, text: JSON.stringify(after) });
  }
  const room = noRoom(set, isNamed);
  return room === undefined ? yes(edits) : no(room);

  function auth(node: LoginNode, user?: string, password?: string): string | undefined {
    const old = authText(node.text);
    if (old === undefined) return undefined;
    const name = user ?? (isRenamed(node) ? username : undefined) ?? old.user;
    const secret = password ?? old.password;
    const isSame = name === old.user && secret === old.password;
    return isSame ? undefined : encodeBase64Text(`${name}:${secret}`);
  }
}

/** Why a place whose user name is the credential cannot take a new user name. */
export const TOKEN_NAME =
  "stores the token as its user name, so it cannot store 'username' as well";

/**
 * The fields that a new user name is written to: those of the replaced credential. The user name of another password,
 * which is kept, is kept too.
 */
function renames(
  nodes: readonly LoginNode[],
  isReplaced: (node: LoginNode) => string | undefined,
): (node: LoginNode) => boolean {
  const any = nodes.some((node) => isReplaced(node) !== undefined);
  const passwords = nodes.filter(({ field, text }) => field === "password" && text !== "");
  return (node) => {
    if (!any) return false;
    if (node.field === "auth") {
      return isReplaced(node) !== undefined || authText(node.text)?.password === "";
    }
    return node.field === "username" &&
      passwords.every((password) => isReplaced(password) !== undefined);
  };
}
