import assert from "node:assert/strict";
import { deadlineIn } from "../../src/kube/deadline.ts";
import type { KubeErrorKind } from "../../src/kube/errors.ts";
import { KubeError } from "../../src/kube/errors.ts";
import type { ItemOutcome, SecretManifest } from "../../src/kube/store.ts";
import { seal } from "../../src/log/sealed.ts";
import { encodeBase64 } from "../support/base64.ts";

/** Longer than any call here takes: only a hang reaches it. */
export const soon = () => deadlineIn(30);

/** An Opaque secret with a password. */
export function opaque(
  namespace: string,
  name: string,
  password: string,
  more: Partial<SecretManifest> = {},
): SecretManifest {
  return {
    namespace,
    name,
    type: "Opaque",
    labels: {},
    annotations: {},
    data: seal({ password: encodeBase64(password) }),
    ...more,
  };
}

/** The outcomes as words: `done`, `unknown`, or `rejected` with the kind of its error. */
export function words(outcomes: readonly ItemOutcome[]): string[] {
  return outcomes.map((outcome) =>
    outcome.kind === "rejected" ? `rejected ${outcome.error.kind}` : outcome.kind
  );
}

export function done(outcome: ItemOutcome | undefined): { uid: string; resourceVersion: string } {
  assert.equal(outcome?.kind, "done");
  const { uid, resourceVersion } = outcome;
  return { uid, resourceVersion };
}

/** The error that `call` fails with, which must be of this kind. */
export async function failure(kind: KubeErrorKind, call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof KubeError, `not a KubeError: ${Deno.inspect(error)}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}
