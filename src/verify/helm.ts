import { basicOf } from "./authorization.ts";
import { countCharts, HEAD } from "./helm_index.ts";
import { isPublic, refusal } from "./public.ts";
import type { Session } from "./session.ts";
import type { Finding, HelmCredential } from "./verdict.ts";

/**
 * Reads the head of the repository's index with the credential, and looks whether it needs one. Argo CD's own
 * test fails at whatever is not 200 and an index, too.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.12/util/helm/client.go GetIndex
 */
export async function verifyHelm(
  credential: HelmCredential,
  url: URL,
  session: Session,
): Promise<Finding> {
  const authorization = basicOf(credential);
  const isOpen = await isPublic({ url }, session);
  const answer = await session.ask({ url, authorization, maxBody: HEAD, headOnly: true });
  const { status } = answer;
  const refused = refusal(status, authorization !== undefined);
  if (refused) return refused;
  if (status !== 200) {
    const why = status === 404
      ? "There is no index.yaml at the URL, or the repository hides it from the credential"
      : `The repository answers with ${status}`;
    return { accepted: undefined, why };
  }
  const charts = countCharts(answer.body);
  if (charts === undefined) {
    return { accepted: undefined, why: "What the URL's index.yaml gives is no index of charts" };
  }
  const entries = charts.count === 1 ? "1 entry" : `${charts.count} entries`;
  const may = [`list charts (${charts.isCut ? "at least " : ""}${entries})`];
  return isOpen || !authorization
    ? {
      accepted: undefined,
      open: true,
      may,
      why: "The repository is public: everyone may list its charts",
    }
    : { accepted: true, may, why: "The repository accepts the credential and lists its charts" };
}
