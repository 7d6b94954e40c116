/** Holds a token of an admin, which the server accepts. */
export const TOKEN_VARIABLE = "ARGOCD_CONFIGURER_TOKEN";

/** Holds the token that commands send to a server; without it, they send the other one. */
export const SERVER_TOKEN_VARIABLE = "ARGOCD_CONFIGURER_SERVER_TOKEN";

/** Characters below which a token of one's own making can be guessed. */
const MIN_TOKEN = 20;

/** Characters beyond which a header's token is not looked at. */
const MAX_TOKEN = 512;

/** Why a server cannot take a token of its environment, without quoting it; `undefined` when it can. */
export function tokenFault(token: string): string | undefined {
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) {
    return "it may consist of letters, digits and . _ ~ + / = - only";
  }
  if (token.length > MAX_TOKEN) return `it is longer than ${MAX_TOKEN} characters`;
  if (token.length >= MIN_TOKEN) return undefined;
  return `it is shorter than ${MIN_TOKEN} characters, so that it can be guessed; ` +
    "'argocd-configurer token create' makes one";
}
