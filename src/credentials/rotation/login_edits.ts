import { encodeBase64Text } from "../../text/bytes.ts";
import { NO_COLON } from "../kinds/docker_logins.ts";
import { type Checked, no, yes } from "../material/checked.ts";
import { authText, type EntryNode, type LoginNode } from "../material/docker_nodes.ts";
import type { Edit } from "./edits.ts";
import { noRoom, textFor } from "./fits.ts";
import type { NewCredential } from "./new_credential.ts";
import type { Slot } from "./slot.ts";

/**
 * How one entry of a Docker configuration comes to hold a new credential: the fields that held the old one get it,
 * `auth` is made anew, fields that are not there stay away, and all else stays to the letter.
 * @param chosen slots of this entry, which hold the old value
 */
export function loginEdits(
  key: string,
  { nodes }: EntryNode,
  chosen: readonly Slot[],
  set: NewCredential,
): Checked<Edit[]> {
  const { username } = set;
  if (username?.includes(":")) return no(`needs a user name that ${NO_COLON}`);
  const texts = new Map<Slot, string>();
  for (const slot of chosen) {
    const text = textFor(slot, set);
    if (!text.ok) return text;
    if (slot.role === "token_name" && username !== undefined) return no(TOKEN_NAME);
    texts.set(slot, text.value);
  }
  const at = (node: LoginNode, half?: "user" | "password") => {
    const slot = chosen.find(({ holder }) =>
      holder.in === "login" && holder.node === node && holder.half === half
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

/** Said of a place whose user name is what is replaced. */
export const TOKEN_NAME = "has the token as its user name, and so no place for another 'username'";

/**
 * Which fields a new user name goes to: those that belong to what is replaced. Beside another password, which
 * stays, the user name stays, too.
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
