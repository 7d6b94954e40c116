/** Environment variable with an admin token that the server accepts. */
export const TOKEN_VARIABLE = "ARGOCD_CONFIGURER_TOKEN";

/** Environment variable with the token that commands send to a server. @default {@link TOKEN_VARIABLE} */
export const SERVER_TOKEN_VARIABLE = "ARGOCD_CONFIGURER_SERVER_TOKEN";

/** Minimum length of a token that users choose themselves, in characters: shorter ones can be guessed. */
const MIN_TOKEN = 20;

/** Maximum length of a token in a header, in characters. */
const MAX_TOKEN = 512;

/** Why a server rejects a token from its environment, without quoting it; `undefined` if it is valid. */
export function tokenFault(token: string): string | undefined {
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) {
    return "only letters, digits and . _ ~ + / = - are allowed";
  }
  if (token.length > MAX_TOKEN) return `longer than ${MAX_TOKEN} characters`;
  if (token.length >= MIN_TOKEN) return undefined;
  return `shorter than ${MIN_TOKEN} characters, which can be guessed. Create a token with ` +
    "'argocd-configurer token create'";
}
