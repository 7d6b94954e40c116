import { seal, type Sealed } from "../../log/sealed.ts";
import { newCredential } from "./new_credential.ts";
import type { GivenFields } from "./new_credential.ts";
import { soughtValue } from "./sought.ts";

/**
 * The value that is given in one of `soughtFields`, in the one form by which it is known in the audit log:
 * as this program would write it. What it would refuse to write is known as it was given.
 */
export function recordedValue(given: GivenFields): Sealed<string> | undefined {
  const written = newCredential(given);
  if (written.ok) return written.value.value;
  const [form] = soughtValue(given)?.forms.reveal() ?? [];
  return form === undefined ? undefined : seal(form);
}
