import { decodeBase64Text } from "../text/bytes.ts";
import type { IncomingResponse, OutgoingRequest } from "../verify/exchange.ts";
import { NoAnswer } from "../verify/no_answer.ts";
import type { Send } from "../verify/way.ts";

/** Days until the demo's GitHub token expires. */
const GITHUB_DAYS = 50;

/**
 * Emulates registries, Git servers and chart repositories of every host name except `….invalid`, to verify
 * the demo's credentials. Nothing leaves this machine.
 * @param refused passwords that all of them refuse; they accept every other one
 * @param now milliseconds since 1970
 */
export function emulatedServers(refused: ReadonlySet<string>, now: () => number = Date.now): Send {
  return async (request) => await answerTo(request, refused, now);
}

function answerTo(
  { url, authorization }: OutgoingRequest,
  refused: ReadonlySet<string>,
  now: () => number,
): IncomingResponse {
  const { hostname, pathname } = url;
  if (hostname.endsWith(".invalid")) throw new NoAnswer("the host is not known");
  const [, what] = WHAT.find(([pattern]) => pattern.test(pathname)) ?? [];
  if (what === undefined) return { status: 404, headers: {}, body: "" };
  const password = authorization === undefined ? undefined : passwordIn(authorization.reveal());
  if (password === undefined || refused.has(password)) {
    return { status: 401, headers: { "www-authenticate": 'Basic realm="demo"' }, body: "" };
  }
  // GitHub sends this header with each response to a personal access token that expires.
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

/** Responses by path: of a registry, a Git server, a chart repository, GitHub's API. */
const WHAT: readonly (readonly [pattern: RegExp, what: What])[] = [
  [/^\/v2\//, { type: "application/json", body: "{}" }],
  [/\/info\/refs$/, { type: "application/x-git-upload-pack-advertisement", body: "" }],
  [/\/index\.yaml$/, { type: "text/yaml", body: "apiVersion: v1\nentries: {}\n" }],
  [/\/rate_limit$/, { type: "application/json", body: "{}" }],
];

/** The password or token in an `Authorization` header. */
function passwordIn(authorization: string): string {
  const [scheme, value = ""] = authorization.split(/ (.*)/s);
  if (scheme !== "Basic") return value;
  const [, password = ""] = decodeBase64Text(value).split(/:(.*)/s) ?? [];
  return password;
}
