import type { ImageExplainedBody } from "../client/answers.ts";
import type { Columns } from "./view.ts";

export type ImageCandidate = ImageExplainedBody["candidates"][number];

const STATES: Readonly<Record<ImageCandidate["state"], string>> = {
  used: "used",
  possible: "possible",
  next: "next",
  not_used: "skipped",
};

/** The entries of pull secrets, in the order in which the kubelet tries them. */
export const imageColumns: Columns<ImageCandidate> = {
  RESULT: ({ state }) => STATES[state],
  NAMESPACE: ({ namespace }) => namespace,
  NAME: ({ name }) => name,
  REGISTRY: ({ key }) => key,
  USERNAME: ({ username }) => username,
  WHY: ({ why }) => why,
};

/** The result. */
export function imageNotes(body: ImageExplainedBody): string[] {
  const { image, namespace, service_account: account, kubelet_rules: rules } = body;
  const subject = `${image} with service account '${account}' in namespace '${namespace}'`;
  return [`${subject}: ${resultOf(body)} (rules of Kubernetes ${rules})`];
}

function resultOf({ used, failed, ambiguous }: ImageExplainedBody): string {
  if (failed !== null) {
    return `the kubelet cannot read pull secret '${failed.name}', so the pull fails`;
  }
  if (used === null) return "the kubelet uses no login from a pull secret";
  const { name, key, username } = used;
  const user = username === undefined ? "" : ` of user '${username}'`;
  return ambiguous
    ? `the kubelet tries several logins of pull secret '${name}' in random order`
    : `the kubelet tries the login${user} for ${key} from pull secret '${name}' first`;
}
