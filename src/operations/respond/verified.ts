import type { NotAccepted } from "../../credentials/adding.ts";
import { isAccepted, type VerificationResult } from "../../credentials/verify_credential.ts";
import { OperationError } from "../errors.ts";
import type { Face } from "../face.ts";
import type { Json } from "../reply.ts";
import type { VerifiedAnswer } from "../write_answers.ts";

/**
 * The verdicts on a credential, one for each place where it is used. Below `/api/v1` permissions are in
 * `permissions` and, as from the first, in `may`; at the root in `may` only.
 */
export function verifiedAnswers(
  verified: readonly VerificationResult[],
  face: Face,
): VerifiedAnswer[] {
  return verified.map(({ at, verdict, notVerified, expires: itself }) => {
    const [first] = [verdict?.expires, itself].filter((each) => each !== undefined).sort();
    const expires = first === undefined ? {} : { expires: first };
    if (verdict === undefined) return { at, tried: false, ...expires, message: notVerified ?? "" };
    const { reachable, accepted, may, asked, why } = verdict;
    return {
      at,
      tried: true,
      asked,
      reachable,
      accepted: accepted ?? null,
      ...face === "v1" ? { permissions: [...may] } : {},
      may: [...may],
      ...expires,
      message: why,
    };
  });
}

/** The field `verified` of a write's answer; absent where nothing was to be verified. */
export function verifiedField(verified: readonly VerificationResult[], face: Face) {
  return verified.length === 0 ? {} : { verified: verifiedAnswers(verified, face) };
}

/**
 * The error of a write whose credential is not accepted where it would be used: nothing was written.
 * @param registry of a pull secret; the user may have meant another one
 */
export function notAccepted(
  { verified, hints }: NotAccepted,
  face: Face,
  registry?: string,
): OperationError {
  const about = registry === undefined ? {} : { registry };
  return refusal({ ...about, ...answersOf(verified, hints, face) }, verified, true);
}

/**
 * The answer of a request that only verifies a credential.
 * @throws {OperationError} when a server refuses the credential or cannot be reached
 */
export function verifyAnswer(
  verified: readonly VerificationResult[],
  hints: readonly string[],
  face: Face,
): Json {
  const answers = answersOf(verified, hints, face);
  if (!isAccepted(verified)) throw refusal(answers, verified, false);
  const verdicts = verified.map(({ verdict }) => verdict).filter((each) => each !== undefined);
  // A public repository accepts nobody: it does not look at the credential.
  const accepted = verdicts.every((verdict) => verdict.accepted === true)
    ? "accepted"
    : "not refused";
  const message = verdicts.length === 0
    ? "The credential is well-formed. It was not verified"
    : `Credential ${accepted} (${verdicts.length} of ${verified.length} verified)`;
  return { status: 200, body: { success: true, ...answers, message } };
}

function answersOf(verified: readonly VerificationResult[], hints: readonly string[], face: Face) {
  return {
    verified: verifiedAnswers(verified, face),
    ...(hints.length === 0 ? {} : { hint: hints.join(". ") }),
  };
}

function refusal(
  body: object,
  verified: readonly VerificationResult[],
  isWrite: boolean,
): OperationError {
  const { at, verdict } = verified.find((each) => !isAccepted([each]))!;
  const code = verdict!.accepted === false ? "credential_refused" : "credential_unverifiable";
  return new OperationError(code, { at, why: verdict!.why, isWrite }, { body });
}
