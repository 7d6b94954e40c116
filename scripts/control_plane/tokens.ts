/** The users that the server knows by their tokens. */
export const users = ["administrator", "two-namespaces", "reader", "no-rights"] as const;

/** A random bearer token for each user. */
export type Tokens = Record<typeof users[number], string>;

export function makeTokens(): Tokens {
  return Object.fromEntries(users.map((user) => [user, randomToken()])) as Tokens;
}

export function randomToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The lines of `--token-auth-file`: token, user, id, groups. */
export function tokenFile(tokens: Tokens): string {
  return users.map((user) => {
    const group = user === "administrator" ? "system:masters" : "testers";
    return `${tokens[user]},${user},${user},"${group}"\n`;
  }).join("");
}
