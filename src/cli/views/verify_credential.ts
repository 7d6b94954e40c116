import type { Verified, VerifiedAll } from "../client/answers.ts";
import { verdictOf } from "../client/tried.ts";
import type { View } from "./view.ts";

export const view: View<VerifiedAll, Verified> = {
  columns: () => ({
    AT: ({ at }) => at,
    RESULT: verdictOf,
    MAY: ({ may = [] }) => may.join(", "),
    MESSAGE: ({ message }) => message,
  }),
  wide: { EXPIRES: ({ expires }) => expires, ASKED: ({ asked }) => asked },
  rows: ({ verified = [] }) => verified,
  showsVerified: true,
};
