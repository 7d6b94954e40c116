import type { Sealed } from "../../log/sealed.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import type { UserInfoPart } from "../kinds/user_info.ts";
import type { EntryNode, LoginNode } from "../material/docker_nodes.ts";

/** A text in a secret that may be a credential. */
export interface Slot {
  /** The key of the secret's data. */
  readonly key: string;
  /** For display: the name in `valuesIn`, if it has one. */
  readonly place: string;
  /** For display, only of an entry of a pull secret. */
  readonly registry?: string;
  /** For display. */
  readonly username?: string;
  /** The stored text, decoded. */
  readonly text: Sealed<string>;
  /** In the form in which values are compared. */
  readonly canonical: Sealed<string>;
  /**
   * `secret`: a password, token or key. `token_name`: a user name that is a token. `name`: a user name that does not
   * look like a token; it is a credential only if it is the value searched for.
   */
  readonly role: "secret" | "token_name" | "name";
  readonly location: SlotLocation;
}

/** Where a text is stored, which decides how it is replaced. */
export type SlotLocation =
  /** The whole value of a key; `kind` is absent where the key is not one of Argo CD's credential keys. */
  | { readonly in: "key"; readonly kind?: CredentialKind }
  /** Part of a URL. */
  | { readonly in: "user_info"; readonly part: UserInfoPart }
  /** A field of an entry of a Docker configuration, or one half of its `auth`. */
  | {
    readonly in: "login";
    readonly entry: EntryNode;
    readonly node: LoginNode;
    readonly half?: "user" | "password";
  }
  /**
   * A text that can only be compared as a whole, and not replaced. `from` is its offset in a Docker configuration that
   * cannot be parsed.
   */
  | { readonly in: "opaque"; readonly why: string; readonly from?: number };

/** The Docker configuration entry that contains a slot. */
export function dockerEntryOf({ location }: Slot): EntryNode | undefined {
  return location.in === "login" ? location.entry : undefined;
}
