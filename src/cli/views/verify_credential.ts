import type { VerifiedAllBody, VerifiedEntry } from "../client/answers.ts";
import { verdictOf } from "../client/verify_lines.ts";
import type { View } from "./view.ts";

export const view: View<VerifiedAllBody, VerifiedEntry> = {
  columns: () => ({
    PLACE: ({ at }) => at,
    RESULT: verdictOf,
    // Servers of version 0.1 answer the old name only.
    PERMISSIONS: ({ may = [], permissions = may }) => permissions.join(", "),
    MESSAGE: ({ message }) => message,
  }),
  wide: { EXPIRES: ({ expires }) => expires, REQUEST: ({ asked }) => asked },
  rows: ({ verified = [] }) => verified,
  showsVerified: true,
};
