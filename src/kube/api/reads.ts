import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { fromWire, namespacePhase, secretPath, type WireNamespace } from "../manifest.ts";
import type { WireSecret } from "../manifest.ts";
import { accountPath, type WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf, type Reported, together } from "../reasons.ts";
import {
  type NamespacePhase,
  refKey,
  type SecretRef,
  type Snapshot,
  type StoredSecret,
} from "../store.ts";
import type { Answered, ApiClient } from "./client.ts";
import { objectShape, type Shape } from "../shapes.ts";

/** Requests of one call under way at once. */
export const AT_ONCE = 16;

export interface ApiReads {
  read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot>;
  readAccounts(refs: readonly SecretRef[], deadline: Deadline): Promise<WireServiceAccount[]>;
}

/** What is read by name, a request each. */
export function apiReads(call: ApiClient["call"], cluster: string): ApiReads {
  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const names = [...new Set(refs.map(({ namespace }) => namespace))];
    const limit = pLimit(AT_ONCE);
    const get = (path: string, shape: Shape) =>
      limit(() => call({ method: "GET", path }, shape, deadline));
    const [secrets, namespaces] = await Promise.all([
      Promise.all(refs.map((ref) => get(secretPath(ref), objectShape("Secret", ref)))),
      Promise.all(
        names.map((name) => get(`/api/v1/namespaces/${name}`, objectShape("Namespace", { name }))),
      ),
    ]);
    const mayRead = !namespaces.some((answer) => !answer.ok && answer.report.kind === "forbidden");
    throwFailed(doing.read, [...secrets, ...(mayRead ? namespaces : [])]);
    return { secrets: found(secrets), namespaces: mayRead ? phases(namespaces) : undefined };
  }

  async function readAccounts(
    refs: readonly SecretRef[],
    deadline: Deadline,
  ): Promise<WireServiceAccount[]> {
    const answers = await pLimit(AT_ONCE).map(
      refs,
      (ref) =>
        call(
          { method: "GET", path: accountPath(ref) },
          objectShape("ServiceAccount", ref),
          deadline,
        ),
    );
    throwFailed(doing.readAccounts, answers);
    return answers.flatMap((answer) => answer.ok ? [answer.body as WireServiceAccount] : []);
  }

  function throwFailed(what: string, answers: readonly Answered[]): void {
    const failed = together(
      answers.flatMap((answer) => answer.ok || isAbsent(answer.report) ? [] : [answer.report]),
    );
    if (failed) throw errorOf(cluster, what, failed);
  }

  return { read, readAccounts };
}

function isAbsent({ kind }: Reported): boolean {
  return kind === "not_found" || kind === "namespace_not_found";
}

function found(answers: readonly Answered[]): Map<string, StoredSecret> {
  const secrets = answers.flatMap((answer) =>
    answer.ok ? [fromWire(answer.body as WireSecret)] : []
  );
  return new Map(secrets.map((secret) => [refKey(secret), secret]));
}

function phases(answers: readonly Answered[]): Map<string, NamespacePhase> {
  return new Map(answers.flatMap((answer) => {
    if (!answer.ok) return [];
    const { metadata, status } = answer.body as WireNamespace;
    return [[metadata.name, namespacePhase(status?.phase)] as const];
  }));
}
