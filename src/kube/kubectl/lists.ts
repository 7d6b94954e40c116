import type { Deadline } from "../deadline.ts";
import { doing } from "../reasons.ts";
import type { SecretStore } from "../store.ts";
import type { Kubectl } from "./command.ts";
import {
  ACCOUNTS_TEMPLATE,
  NAMESPACES_TEMPLATE,
  parseAccounts,
  parseNamespaces,
  parseSummaries,
  summaryTemplate,
} from "./templates.ts";

/** What is listed by one `kubectl get` and a template. */
export function kubectlLists(
  kubectl: Kubectl,
): Pick<SecretStore, "list" | "namespaces" | "serviceAccounts"> {
  function get(
    what: string,
    resource: string,
    scope: readonly string[],
    template: string,
    deadline: Deadline,
  ): Promise<string> {
    const args = ["get", resource, ...scope, `--output=go-template=${template}`];
    return kubectl.query(what, args, deadline);
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
      const stdout = await get(what, "secrets", scope, template, deadline);
      return parseSummaries(stdout, annotation !== undefined);
    },
    async namespaces(selector, deadline) {
      const scope = selector === undefined ? [] : [`--selector=${selector}`];
      const what = doing.listNamespaces;
      return parseNamespaces(await get(what, "namespaces", scope, NAMESPACES_TEMPLATE, deadline));
    },
    async serviceAccounts(namespace, deadline) {
      const scope = inNamespace(namespace);
      const what = doing.listAccounts(namespace);
      return parseAccounts(await get(what, "serviceaccounts", scope, ACCOUNTS_TEMPLATE, deadline));
    },
  };
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? ["--all-namespaces"] : [`--namespace=${namespace}`];
}
