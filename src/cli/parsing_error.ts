import { AliasNotFoundError, FlagNotFoundError, UnexpectedPositionalError } from "@stricli/core";

/** What gives a secret in place of a flag with it. */
const INSTEAD: Readonly<Record<string, string>> = {
  password:
    "give it by --password-stdin, --password-file or the variable ARGOCD_CONFIGURER_PASSWORD",
  "bearer-token": "give it by --bearer-token-stdin or --bearer-token-file",
  "ssh-private-key": "give it by --ssh-private-key-file",
  "github-app-private-key": "give it by --github-app-private-key-file",
  "tls-client-key": "give it by --tls-client-key-file",
  "gcp-service-account-key": "give it by --gcp-service-account-key-file",
  token: "give it by the variable ARGOCD_CONFIGURER_SERVER_TOKEN",
};

/**
 * What is wrong with the arguments. One that may be a secret is not repeated: errors are kept in
 * logs.
 */
export function parsingError(error: unknown): string {
  const flag = secretFlag(error);
  if (flag !== undefined) {
    return `Cannot take --${flag}: arguments are seen by everyone on this machine; ${
      INSTEAD[flag]
    }`;
  }
  if (error instanceof UnexpectedPositionalError && error.input.startsWith("-")) {
    return `No such flag, or it cannot be read: ${/^(--[\w-]{0,40}|-\w?)/.exec(error.input)![0]}…`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The flag, where there is none because it would hold a secret. */
function secretFlag(error: unknown): string | undefined {
  const given = flagIn(error);
  if (given === undefined) return undefined;
  const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.hasOwn(INSTEAD, flag) ? flag : undefined;
}

/** Without its value. Stricli takes for no flag what has one with a line end, or an empty one. */
function flagIn(error: unknown): string | undefined {
  if (error instanceof FlagNotFoundError) return error.input;
  if (error instanceof AliasNotFoundError) return error.input === "p" ? "password" : undefined;
  if (!(error instanceof UnexpectedPositionalError)) return undefined;
  if (/^-p/.test(error.input)) return "password";
  return /^--([\w-]+)/.exec(error.input)?.[1];
}
