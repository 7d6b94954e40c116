/**
 * What to know about the URL of a GitHub's API. Argo CD takes it as it is and asks for
 * `URL/app/installations/ID/access_tokens`: what is no API is answered with a page, or with 404.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/git/creds.go GitHubAppCreds
 * @see https://docs.github.com/en/enterprise-server@3.10/rest/enterprise-admin for `/api/v3`
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/using-the-rest-api for ghe.com
 */
export function enterpriseUrlHint(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, hostname, pathname } = new URL(text);
  const path = pathname.replace(/(?<!\/)\/+$/, "");
  if (/^((www|api)\.)?github\.com$/.test(hostname)) {
    return "github.com is no GitHub Enterprise Server: leave its URL out, and the API of github.com " +
      "is asked";
  }
  const [, tenant] = /^(?:api\.)?([^.]+)\.ghe\.com$/.exec(hostname) ?? [];
  const api = tenant === undefined ? `https://${host}/api/v3` : `https://api.${tenant}.ghe.com`;
  const isApi = tenant === undefined ? path === "/api/v3" : hostname.startsWith("api.") && !path;
  return isApi
    ? undefined
    : `The URL of the GitHub Enterprise Server is not that of its API, which is usually ${api}: ` +
      "Argo CD asks below it as it was given";
}
