import { given } from "../../fields/advice.ts";
import { kebab } from "../bind/field_flags.ts";
import { flagFor, ofCommand } from "../client/error_text.ts";

/** Fields that a remedy can name. */
const FIELDS = ["force", "managed_only", "everywhere"];

/** What to do about a secret that is not rotated, in the flags of `rotate`: `rotations` has none of these. */
export const remedyInFlags = (remedy: string): string =>
  ofCommand(given(remedy, FIELDS, (name, value) => flagFor(`--${kebab(name)}`, value)));
