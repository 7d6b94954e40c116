import type { NotAccepted } from "../../credentials/adding.ts";
import { isAccepted, type Verified } from "../../credentials/verify_credential.ts";
import { OperationError } from "../errors.ts";
import type { Json } from "../reply.ts";
import type { VerifiedAnswer } from "../answers.ts";

/** What came of trying a credential, place by place. */
export function verifiedAnswers(verified: readonly Verified[]): VerifiedAnswer[] {
  return verified.map(({ at, verdict, notTried, expires: itself }) => {
    const [first] = [verdict?.expires, itself].filter((each) => each !== undefined).sort();
    const expires = first === undefined ? {} : { expires: first };
    if (verdict === undefined) return { at, tried: false, ...expires, message: notTried ?? "" };
    const { reachable, accepted, may, asked, why } = verdict;
    return {
      at,
      tried: true,
      asked,
      reachable,
      accepted: accepted ?? null,
      may: [...may],
      ...expires,
      message: why,
    };
  });
}

/** Where it was asked for: as a field of an answer. */
export function verifiedField(verified: readonly Verified[]) {
  return verified.length === 0 ? {} : { verified: verifiedAnswers(verified) };
}

/**
 * The credential is not accepted where it would be used, so it was not written.
 * @param registry the one of a pull secret, which may be another one than was meant
 */
export function notAccepted({ verified, hints }: NotAccepted, registry?: string): OperationError {
  const about = registry === undefined ? {} : { registry };
  return refusal({ ...about, ...answersOf(verified, hints) }, verified, true);
}

/**
 * The answer to trying alone.
 * @throws {OperationError} where it is not accepted, or that cannot be told
 */
export function verifyAnswer(
  verified: readonly Verified[],
  hints: readonly string[],
): Json {
  if (!isAccepted(verified)) throw refusal(answersOf(verified, hints), verified, false);
  const tried = verified.filter(({ verdict }) => verdict !== undefined).length;
  const message = tried === 0
    ? "The credential can be read; it was not tried"
    : `Nothing speaks against the credential at ${tried} of ${verified.length} place(s)`;
  return { status: 200, body: { success: true, ...answersOf(verified, hints), message } };
}

function answersOf(verified: readonly Verified[], hints: readonly string[]) {
  return {
    verified: verifiedAnswers(verified),
    ...(hints.length === 0 ? {} : { hint: hints.join(". ") }),
  };
}

function refusal(
  body: object,
  verified: readonly Verified[],
  isWrite: boolean,
): OperationError {
  const { at, verdict } = verified.find((each) => !isAccepted([each]))!;
  const code = verdict!.accepted === false ? "credential_refused" : "credential_unverifiable";
  return new OperationError(code, { at, why: verdict!.why, isWrite }, { body });
}
