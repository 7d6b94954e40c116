import { createApp } from "../../server/app.ts";
import type { UseCases } from "../../server/endpoint.ts";
import { VERSION } from "../version.ts";
import { answerOf, type Api, httpRequest } from "./request.ts";
import { withoutSecrets } from "./without_secrets.ts";

/**
 * Takes requests up to where a cluster would be asked, by the same routes and schemas: what is
 * wrong with one is answered as ever, and what is not with the request itself, less its secrets.
 * @param argocdNamespace `undefined` where it is a server's and not known
 */
export function checked(argocdNamespace: string | undefined): Api {
  return {
    place: "nowhere",
    async ask(request) {
      let isSent = false;
      const reached = () => {
        isSent = true;
        return Promise.resolve({ kind: "cluster_not_found", cluster: "", file: "" } as const);
      };
      const useCases: UseCases = {
        clusterNames: () => Promise.resolve([]),
        listSecrets: reached,
        showSecret: reached,
        addDocker: reached,
        addRepo: reached,
        removeSecrets: reached,
        verifyDocker: () => Promise.resolve([]),
        verifyRepo: () => Promise.resolve([]),
      };
      const app = createApp({
        useCases,
        version: VERSION,
        argocdNamespace: argocdNamespace ?? "",
        allowedHosts: [],
        corsOrigins: [],
      });
      const sent = httpRequest("http://localhost", request, { Host: "localhost" });
      const answer = (await answerOf(await app.fetch(sent, () => "command line")))!;
      if (!isSent) return answer;
      const body = withoutSecrets(request);
      return { status: 200, text: JSON.stringify(body, null, 2) + "\n", body };
    },
    close: () => Promise.resolve(),
  };
}
