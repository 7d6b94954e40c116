import { decodeBase64Text } from "../text/bytes.ts";
import type { Answer, Request } from "../verify/exchange.ts";
import { NoAnswer } from "../verify/no_answer.ts";
import type { Send } from "../verify/way.ts";

/** How long the token that the demo uses at GitHub is still good for, in days. */
const GITHUB_DAYS = 50;

/**
 * Registries, Git servers and chart repositories of every name but `….invalid`, for whoever tries a
 * credential of the demo: nothing leaves this machine.
 * @param refused passwords that none of them takes; every other one is good everywhere
 * @param now milliseconds since 1970
 */
export function emulatedServers(refused: ReadonlySet<string>, now: () => number = Date.now): Send {
  return async (request) => await answerTo(request, refused, now);
}

function answerTo(
  { url, authorization }: Request,
  refused: ReadonlySet<string>,
  now: () => number,
): Answer {
  const { hostname, pathname } = url;
  if (hostname.endsWith(".invalid")) throw new NoAnswer("the host is not known");
  const [, what] = WHAT.find(([pattern]) => pattern.test(pathname)) ?? [];
  if (what === undefined) return { status: 404, headers: {}, body: "" };
  const password = authorization === undefined ? undefined : passwordIn(authorization.reveal());
  if (password === undefined || refused.has(password)) {
    return { status: 401, headers: { "www-authenticate": 'Basic realm="demo"' }, body: "" };
  }
  // A header that GitHub sends with each answer to a personal token that expires.
  const expires = new Date(now() + GITHUB_DAYS * 24 * 60 * 60 * 1000).toISOString();
  const github = /^(.*\.)?github\.com$/.test(hostname)
    ? { "github-authentication-token-expiration": `${expires.replace("T", " ").slice(0, 19)} UTC` }
    : {};
  return { status: 200, headers: { "content-type": what.type, ...github }, body: what.body };
}

interface What {
  readonly type: string;
  readonly body: string;
}

/** By the path: a registry, a Git server, a repository of charts, GitHub's API. */
const WHAT: readonly (readonly [pattern: RegExp, what: What])[] = [
  [/^\/v2\//, { type: "application/json", body: "{}" }],
  [/\/info\/refs$/, { type: "application/x-git-upload-pack-advertisement", body: "" }],
  [/\/index\.yaml$/, { type: "text/yaml", body: "apiVersion: v1\nentries: {}\n" }],
  [/\/rate_limit$/, { type: "application/json", body: "{}" }],
];

/** In a header `Authorization`, as Basic or as a token. */
function passwordIn(authorization: string): string {
  const [scheme, value = ""] = authorization.split(/ (.*)/s);
  if (scheme !== "Basic") return value;
  const [, password = ""] = decodeBase64Text(value).split(/:(.*)/s) ?? [];
  return password;
}
