import type { ImageExplained } from "../client/answers.ts";
import type { Columns } from "./view.ts";

export type ImageCandidate = ImageExplained["candidates"][number];

const STATES: Readonly<Record<ImageCandidate["state"], string>> = {
  used: "used",
  possible: "possible",
  next: "next",
  not_used: "passed over",
};

/** Each entry of a pull secret, in the order in which kubelet tries them. */
export const imageColumns: Columns<ImageCandidate> = {
  RESULT: ({ state }) => STATES[state],
  NAMESPACE: ({ namespace }) => namespace,
  NAME: ({ name }) => name,
  REGISTRY: ({ key }) => key,
  USERNAME: ({ username }) => username,
  WHY: ({ why }) => why,
};

/** What comes of it. */
export function imageNotes(body: ImageExplained): string[] {
  const { image, namespace, service_account: account, kubelet_rules: rules } = body;
  const asked = `${image} with service account '${account}' in namespace '${namespace}'`;
  return [`${asked}: ${saidOf(body)} (rules of Kubernetes ${rules})`];
}

function saidOf({ used, failed, ambiguous }: ImageExplained): string {
  if (failed !== null) return `kubelet cannot read pull secret '${failed.name}', and pulls nothing`;
  if (used === null) return "kubelet pulls without a login from a pull secret";
  const { name, key, username } = used;
  const user = username === undefined ? "" : ` of user '${username}'`;
  return ambiguous
    ? `kubelet tries several logins of pull secret '${name}' in random order`
    : `kubelet tries the login${user} for ${key} from pull secret '${name}' first`;
}
