import type { Sealed } from "../../log/sealed.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import type { UserInfoPart } from "../kinds/user_info.ts";
import type { EntryNode, LoginNode } from "../material/docker_nodes.ts";

/** One text in a secret in which a credential may stand. */
export interface Slot {
  /** Of the secret's data. */
  readonly key: string;
  /** For showing: as `valuesIn` names it, where it is one of those. */
  readonly place: string;
  /** Of an entry of a pull secret, for showing. */
  readonly registry?: string;
  /** For showing. */
  readonly username?: string;
  /** As it stands there, decoded. */
  readonly text: Sealed<string>;
  /** In the form in which values are compared. */
  readonly canonical: Sealed<string>;
  /**
   * `secret`: where passwords, tokens and keys stand. `token_name`: a user name that is a token. `name`: one that
   * is none as far as can be told, and a credential only if it is the value that is looked for.
   */
  readonly role: "secret" | "token_name" | "name";
  readonly holder: Holder;
}

/** How a secret holds a text, and so how another one is put there. */
export type Holder =
  /** The whole value of a key; `kind` is absent where it is none of Argo CD's for a credential. */
  | { readonly in: "key"; readonly kind?: CredentialKind }
  /** A part of a URL. */
  | { readonly in: "user_info"; readonly part: UserInfoPart }
  /** A field of an entry of a Docker configuration, or a half of its `auth`. */
  | {
    readonly in: "login";
    readonly entry: EntryNode;
    readonly node: LoginNode;
    readonly half?: "user" | "password";
  }
  /** A place of which only the whole can be compared: nothing can be put there. */
  | { readonly in: "opaque"; readonly why: string };

/** The entry of a Docker configuration that a slot is in. */
export function entryOf({ holder }: Slot): EntryNode | undefined {
  return holder.in === "login" ? holder.entry : undefined;
}
