/**
 * A hint about a URL that is not the API of a GitHub Enterprise Server. Argo CD appends
 * `/app/installations/ID/access_tokens` to the URL as given, and gets a web page or 404 if it is wrong.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/git/creds.go GitHubAppCreds
 * @see https://docs.github.com/en/enterprise-server@3.10/rest/enterprise-admin for `/api/v3`
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/using-the-rest-api for ghe.com
 */
export function enterpriseUrlHint(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, hostname, pathname } = new URL(text);
  const path = pathname.replace(/(?<!\/)\/+$/, "");
  if (/^((www|api)\.)?github\.com$/.test(hostname)) {
    return "github.com is not a GitHub Enterprise Server; omit the URL to use the API of github.com";
  }
  const [, tenant] = /^(?:api\.)?([^.]+)\.ghe\.com$/.exec(hostname) ?? [];
  const api = tenant === undefined ? `https://${host}/api/v3` : `https://api.${tenant}.ghe.com`;
  const isApi = tenant === undefined ? path === "/api/v3" : hostname.startsWith("api.") && !path;
  return isApi
    ? undefined
    : `The GitHub Enterprise URL does not look like the server's API, which is usually ${api}; ` +
      "Argo CD uses the URL as given";
}
