import { decodeBase64Text } from "../../text/bytes.ts";
import { tlsClientCertificate } from "../kinds/tls_client_certificate.ts";
import { canonicalPem } from "../material/canonical.ts";
import type { ValuesOf } from "../values.ts";
import type { Slot } from "./slot.ts";
import { slotsIn } from "./slots.ts";

/** Whether the rewritten secret means the same as the stored one, even if the text differs. */
export function saysTheSame(before: ValuesOf, after: ValuesOf): boolean {
  const [old, now] = [before.data.reveal(), after.data.reveal()];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => old[key] !== now[key]);
  if (changed.length === 0) return true;
  const [slots, newSlots] = [slotsIn(before), slotsIn(after)];
  return changed.every((key) => {
    if (old[key] === undefined || now[key] === undefined) return false;
    if (CERTIFICATES.includes(key)) return certificate(old[key]) === certificate(now[key]);
    const texts = textsAt(slots, key);
    return texts !== "" && texts === textsAt(newSlots, key);
  });
}

/** Keys of certificates, which are compared as PEM. */
const CERTIFICATES = tlsClientCertificate.marks ?? [];

const certificate = (base64: string) => canonicalPem(decodeBase64Text(base64));

function textsAt(slots: readonly Slot[], key: string): string {
  return slots.filter((slot) => slot.key === key).map(({ canonical, place }) =>
    JSON.stringify([place, canonical.reveal()])
  ).join();
}
