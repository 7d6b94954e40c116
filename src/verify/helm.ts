import { basicOf } from "./authorization.ts";
import { countCharts, HEAD } from "./helm_index.ts";
import { isPublic, refusal } from "./public.ts";
import type { Session } from "./session.ts";
import type { HelmCredential, ServerVerdict } from "./verdict.ts";

/**
 * Reads the first part of the repository's index with the credential, after checking whether it needs one. Like in
 * Argo CD's own test, anything but 200 with an index is a failure.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.12/util/helm/client.go GetIndex
 */
export async function verifyHelm(
  credential: HelmCredential,
  url: URL,
  session: Session,
): Promise<ServerVerdict> {
  const authorization = basicOf(credential);
  const isOpen = await isPublic({ url }, session);
  const answer = await session.request({ url, authorization, maxBody: HEAD, headOnly: true });
  const { status } = answer;
  const refused = refusal(status, authorization !== undefined);
  if (refused) return refused;
  if (status !== 200) {
    const why = status === 404
      ? "No index.yaml at the URL (404 Not Found), or the credential has no access to it"
      : `Unexpected response from the repository: HTTP ${status}`;
    return { accepted: undefined, why };
  }
  const charts = countCharts(answer.body);
  if (charts === undefined) {
    return { accepted: undefined, why: "The URL's index.yaml is not a Helm repository index" };
  }
  const entries = charts.count === 1 ? "1 entry" : `${charts.count} entries`;
  const may = [`list charts (${charts.isCut ? "at least " : ""}${entries})`];
  return isOpen || !authorization
    ? {
      accepted: undefined,
      open: true,
      may,
      why: "The repository is public: its charts can be listed without a credential",
    }
    : {
      accepted: true,
      may,
      why: "The repository accepts the credential: its charts can be listed",
    };
}
