import type { Deadline } from "../deadline.ts";
import type { KubeError } from "../errors.ts";
import { fromListed, type ObjectKind, PLURALS } from "../manifest.ts";
import { doing, errorOf, whyOtherAnswer } from "../reasons.ts";
import type { SecretStore } from "../store.ts";
import type { Kubectl } from "./command.ts";
import { dataTemplate, parseData, secretsIn } from "./data.ts";
import {
  ACCOUNTS_TEMPLATE,
  kindFirst,
  NAMESPACES_TEMPLATE,
  parseAccounts,
  parseNamespaces,
  parseSummaries,
  summaryTemplate,
  withoutKind,
} from "./templates.ts";

/** Implements the lists of a store, each by one `kubectl get` with a template. */
export function kubectlLists(
  kubectl: Kubectl,
  cluster: string,
): Pick<SecretStore, "list" | "listData" | "namespaces" | "serviceAccounts"> {
  /**
   * @throws {KubeError} also when the objects are of another kind. An empty list of another kind is not
   * detected, since kubectl wraps the objects into its own List
   */
  async function get(
    what: string,
    kind: ObjectKind,
    scope: readonly string[],
    template: string,
    deadline: Deadline,
  ): Promise<string> {
    const output = `--output=go-template=${kindFirst(template)}`;
    const args = ["get", PLURALS[kind], ...scope, output];
    const lines = withoutKind(await kubectl.query(what, args, deadline), kind);
    if (lines !== undefined) return lines;
    throw ofOther(what, kind);
  }

  function ofOther(what: string, kind: ObjectKind): KubeError {
    const why = whyOtherAnswer("a list of something else", `a list of kind ${kind}`);
    return errorOf(cluster, what, { kind: "failed", why, uncertain: false });
  }

  return {
    async list(query, deadline) {
      const { selector, name, namespace, annotation, repository = false } = query;
      const scope = [
        ...inNamespace(namespace),
        ...(selector === undefined ? [] : [`--selector=${selector}`]),
        ...(name === undefined ? [] : [`--field-selector=metadata.name=${name}`]),
      ];
      const what = doing.list(namespace);
      const template = summaryTemplate(repository, annotation);
      const stdout = await get(what, "Secret", scope, template, deadline);
      return parseSummaries(stdout, annotation !== undefined);
    },
    async listData({ selector, namespace, type, keys }, deadline) {
      const scope = [
        ...inNamespace(namespace),
        ...(selector === undefined ? [] : [`--selector=${selector}`]),
        ...(type === undefined ? [] : [`--field-selector=type=${type}`]),
      ];
      const what = doing.list(namespace);
      if (keys !== undefined) {
        const stdout = await get(what, "Secret", scope, dataTemplate(keys), deadline);
        return parseData(stdout);
      }
      const args = ["get", PLURALS.Secret, ...scope, "--output=json"];
      const secrets = secretsIn(await kubectl.query(what, args, deadline));
      if (secrets === undefined) throw ofOther(what, "Secret");
      return secrets.map((secret) => fromListed(secret));
    },
    async namespaces(selector, deadline) {
      const scope = selector === undefined ? [] : [`--selector=${selector}`];
      const what = doing.listNamespaces;
      return parseNamespaces(await get(what, "Namespace", scope, NAMESPACES_TEMPLATE, deadline));
    },
    async serviceAccounts(namespace, deadline) {
      const scope = inNamespace(namespace);
      const what = doing.listAccounts(namespace);
      return parseAccounts(await get(what, "ServiceAccount", scope, ACCOUNTS_TEMPLATE, deadline));
    },
  };
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? ["--all-namespaces"] : [`--namespace=${namespace}`];
}
