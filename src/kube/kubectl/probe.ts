import { parsedJson } from "../../text/json.ts";
import {
  ARGOCD_SELECTOR,
  argocdVersionOf,
  COMPONENT_LABEL,
  VERSION_LABEL,
} from "../argocd_version.ts";
import { type ClusterProbe, probing, reviewOf, versionIn } from "../probe.ts";
import { errorOf, whyOtherAnswer } from "../reasons.ts";
import { VERSION_ANSWER } from "../shapes.ts";
import type { Kubectl } from "./command.ts";
import { listOf } from "./reads.ts";
import {
  ALLOWED_TEMPLATE,
  deploymentTemplate,
  kindFirst,
  parseAllowed,
  parseDeployments,
  withoutKind,
} from "./templates.ts";

/**
 * A {@link ClusterProbe} over kubectl, with one process per check and one for all access reviews. The API
 * server's clock stays unknown: kubectl logs response headers only together with bodies.
 */
export function kubectlProbe(
  kubectl: Kubectl,
  cluster: string,
  credentialExpires: ClusterProbe["credentialExpires"],
): ClusterProbe {
  const otherAnswer = (doing: string, given: string, wanted: string) =>
    errorOf(cluster, doing, {
      kind: "failed",
      why: whyOtherAnswer(given, wanted),
      uncertain: false,
    });
  return {
    async version(deadline) {
      const args = ["get", "--raw=/version"];
      const body = parsedJson(await kubectl.query(probing.version, args, deadline));
      if (VERSION_ANSWER.fits(body)) return { version: versionIn(body) };
      throw otherAnswer(probing.version, "something else", VERSION_ANSWER.what);
    },
    async access(questions, deadline) {
      const output = `--output=go-template=${ALLOWED_TEMPLATE}`;
      const args = ["create", "--validate=false", "--filename=-", output];
      const reviews = listOf(questions.map(reviewOf));
      const allowed = parseAllowed(await kubectl.query(probing.access, args, deadline, reviews));
      if (allowed.length === questions.length) return allowed;
      throw otherAnswer(probing.access, "something else", "an access review for each question");
    },
    async argocdVersion(namespace, deadline) {
      const template = deploymentTemplate(COMPONENT_LABEL, VERSION_LABEL);
      const args = [
        ...["get", "deployments.apps", `--namespace=${namespace}`],
        ...[`--selector=${ARGOCD_SELECTOR}`, `--output=go-template=${kindFirst(template)}`],
      ];
      const doing = probing.deployments(namespace);
      const lines = withoutKind(await kubectl.query(doing, args, deadline), "Deployment");
      if (lines !== undefined) return argocdVersionOf(parseDeployments(lines));
      throw otherAnswer(doing, "a list of something else", "a list of kind Deployment");
    },
    credentialExpires,
  };
}
