import { no, type Validated, yes } from "../material/validated.ts";

/** Docker Hub's host in an image name, and its older name. */
const DOCKER_HUB = "docker.io";
const DOCKER_HUB_BEFORE = "index.docker.io";

/** The most characters after the host. */
const MAX_PATH = 255;

/**
 * The parts of an image name.
 * @see https://github.com/distribution/reference/blob/v0.6.0/regexp.go
 */
const HOST =
  /^([a-zA-Z0-9]+(-+[a-zA-Z0-9]+)*(\.[a-zA-Z0-9]+(-+[a-zA-Z0-9]+)*)*|\[[a-fA-F0-9:]+\])(:[0-9]+)?$/;
const PART = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** @see https://github.com/opencontainers/go-digest/blob/v1.0.0/algorithm.go */
const DIGEST = /^(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/**
 * The repository by which the kubelet looks up a login for an image of a pod: `docker.io/library/nginx` for
 * `nginx:1.27`, `ghcr.io/org/app` for `ghcr.io/org/app@sha256:…`.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/util/parsers/parsers.go ParseImageName
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go ParseNormalizedNamed
 */
export function imageRepository(image: string): Validated<string> {
  const [domain, remainder] = splitDomain(image);
  const [named, digest] = cut(remainder, "@");
  const [below, tag] = cut(named, ":");
  // An invalid host may still be the first part of a path: `a_b.c/x`.
  const path = HOST.test(domain) ? below : `${domain}/${below}`;
  const isWhole = path.split("/").every((part) => PART.test(part)) &&
    (tag === undefined || TAG.test(tag)) && (digest === undefined || DIGEST.test(digest));
  if (!isWhole || /^[a-f0-9]{64}$/.test(image)) {
    return no("must be an image as a pod names it, such as ghcr.io/org/app:1.2 or nginx");
  }
  if (path.length > MAX_PATH) {
    return no(`must have at most ${MAX_PATH} characters after the registry's host`);
  }
  return yes(`${domain}/${below}`);
}

/** The text before the first slash is the host if it looks like one. */
function splitDomain(image: string): [domain: string, remainder: string] {
  const slash = image.indexOf("/");
  if (slash < 0) return [DOCKER_HUB, `library/${image}`];
  const [first, rest] = [image.slice(0, slash), image.slice(slash + 1)];
  const isDomain = first === "localhost" || /[.:]/.test(first) || first !== first.toLowerCase();
  const domain = !isDomain || first === DOCKER_HUB_BEFORE ? DOCKER_HUB : first;
  const remainder = isDomain ? rest : image;
  return [
    domain,
    domain === DOCKER_HUB && !remainder.includes("/") ? `library/${remainder}` : remainder,
  ];
}

/** The text before a separator, and the text after it; `undefined` where there is no separator. */
function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
