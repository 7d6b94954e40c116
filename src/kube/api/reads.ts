import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import {
  fromWire,
  namespacePhase,
  type ObjectKind,
  pathOf,
  type WireNamespace,
  type WireSecret,
} from "../manifest.ts";
import type { WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf, type Reported, together } from "../reasons.ts";
import { objectShape } from "../shapes.ts";
import { refKey, type SecretRef, type Snapshot } from "../store.ts";
import type { Answered, ApiSend } from "./send.ts";

/** Concurrent requests per call. */
export const AT_ONCE = 16;

/** Reads objects by name, with one request each. */
export function apiReads(send: ApiSend, cluster: string) {
  async function read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot> {
    const names = [...new Set(refs.map(({ namespace }) => namespace))].map((name) => ({ name }));
    const limit = pLimit(AT_ONCE);
    const [secrets, namespaces] = await Promise.all([
      get("Secret", refs, deadline, limit),
      get("Namespace", names, deadline, limit),
    ]);
    const mayRead = !namespaces.some((answer) => !answer.ok && answer.report.kind === "forbidden");
    throwFailed(doing.read, [...secrets, ...(mayRead ? namespaces : [])]);
    const stored = found<WireSecret>(secrets).map(fromWire);
    const phases = found<WireNamespace>(namespaces)
      .map(({ metadata, status }) => [metadata.name, namespacePhase(status?.phase)] as const);
    return {
      secrets: new Map(stored.map((secret) => [refKey(secret), secret])),
      namespaces: mayRead ? new Map(phases) : undefined,
    };
  }

  async function readAccounts(
    refs: readonly SecretRef[],
    deadline: Deadline,
  ): Promise<WireServiceAccount[]> {
    const answers = await get("ServiceAccount", refs, deadline);
    throwFailed(doing.readAccounts, answers);
    return found(answers);
  }

  function get(
    kind: ObjectKind,
    refs: readonly Partial<SecretRef>[],
    deadline: Deadline,
    limit = pLimit(AT_ONCE),
  ): Promise<Answered[]> {
    return Promise.all(refs.map((ref) => {
      const request = { method: "GET", path: pathOf(kind, ref) } as const;
      return limit(() => send(request, objectShape(kind, ref), deadline));
    }));
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

function found<Item>(answers: readonly Answered[]): Item[] {
  return answers.flatMap((answer) => answer.ok ? [answer.body as Item] : []);
}
