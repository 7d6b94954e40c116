import type { NotAccepted } from "../../credentials/adding.ts";
import { isAccepted, type Verified } from "../../credentials/verify_credential.ts";
import { type Answer, envelope } from "../answer.ts";
import type { VerifiedAnswer } from "../answers.ts";

/** What came of trying a credential, place by place. */
export function verifiedAnswers(verified: readonly Verified[]): VerifiedAnswer[] {
  return verified.map(({ at, verdict, notTried }) => {
    if (verdict === undefined) return { at, tried: false, message: notTried ?? "" };
    const { reachable, accepted, may, expires, asked, why } = verdict;
    return {
      at,
      tried: true,
      asked,
      reachable,
      accepted: accepted ?? null,
      may: [...may],
      ...(expires === undefined ? {} : { expires }),
      message: why,
    };
  });
}

/** Where it was asked for: as a field of an answer. */
export function verifiedField(verified: readonly Verified[]) {
  return verified.length === 0 ? {} : { verified: verifiedAnswers(verified) };
}

/** The credential is not accepted where it would be used, so it was not written. */
export function notAccepted({ verified, hints }: NotAccepted): Answer {
  return envelope(422, `${refusal(verified)}; nothing was written`, {
    verified: verifiedAnswers(verified),
    ...hinted(hints),
  });
}

/** The answer to trying alone. */
export function verifyAnswer(
  verified: readonly Verified[],
  hints: readonly string[],
): Answer {
  const answers = { verified: verifiedAnswers(verified), ...hinted(hints) };
  if (!isAccepted(verified)) return envelope(422, refusal(verified), answers);
  const tried = verified.filter(({ verdict }) => verdict !== undefined).length;
  const message = tried === 0
    ? "The credential can be read; it was not tried"
    : `Nothing speaks against the credential at ${tried} of ${verified.length} place(s)`;
  return { status: 200, body: { success: true, ...answers, message } };
}

function hinted(hints: readonly string[]) {
  return hints.length === 0 ? {} : { hint: hints.join(". ") };
}

function refusal(verified: readonly Verified[]): string {
  const [first] = verified.filter((each) => !isAccepted([each]));
  const { at, verdict } = first!;
  const what = verdict!.accepted === false ? "is not accepted by" : "cannot be tried at";
  return `The credential ${what} ${at}: ${verdict!.why}`;
}
