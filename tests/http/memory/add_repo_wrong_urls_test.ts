import { makeSshKey } from "../material.ts";
import { NO_LOGIN, repo } from "../requests.ts";
import { CANARY, refused, testsOf } from "../support.ts";

/** URLs that add_repo refuses, by type; none is echoed. */

const ssh = { ...NO_LOGIN, ssh_private_key: makeSshKey() };

const CREDENTIALS = "must not contain credentials; give them as username and password";
const SPACE = "must not contain white space, control characters or backslashes";
const SSH = "must have a user, and no password, before the host, like ssh://git@host/path";
const ONE = 'must name one repository; send "as": "repo-creds" for all below a prefix';
const SHORT = "must be like git@host:path";

/** Where the URL is wrong, whatever the credential. */
const REFUSED: [type: string, url: string, why: string][] = [
  ...["git", "helm", "oci"].flatMap((type): [string, string, string][] => [
    [type, "", "must name a host"],
    [type, "https://", "must name a host"],
    [type, `https://host.example/ ${CANARY}`, SPACE],
    [type, `https://host.example/${CANARY}\n`, SPACE],
    [type, "https:\\\\host.example\\x", SPACE],
    [type, "https://host.example/\0", SPACE],
    [type, `https://user:${CANARY}@host.example/x`, CREDENTIALS],
    [type, `https://${CANARY}@host.example/x`, CREDENTIALS],
    [type, `https://host.example/x?token=${CANARY}`, "must not have a query or a fragment"],
    [type, `https://host.example/x#${CANARY}`, "must not have a query or a fragment"],
    [type, "https://host.example/https://other.example/x", "must be one URL"],
    [type, "https://host.example:99999/x", "must name a host"],
    [type, "https://-x/y", "must name a host"],
    [type, `https://host.example/${"x".repeat(2048)}`, "must be at most 2048 characters long"],
  ]),
  [
    "git",
    "ftp://host.example/x",
    "must begin with https://, http:// or ssh://, or be like git@host:path",
  ],
  [
    "git",
    "oci://ghcr.io/x",
    "must begin with https://, http:// or ssh://, or be like git@host:path",
  ],
  [
    "git",
    "file:///etc/passwd",
    "must begin with https://, http:// or ssh://, or be like git@host:path",
  ],
  ["git", `ssh://git:${CANARY}@github.com/org/app`, SSH],
  ["git", "ssh://@github.com/org/app", SSH],
  ["git", "ssh://github.com/org/app", SSH],
  ["git", `git@github.com:org/app@${CANARY}`, SHORT],
  ["git", "git@github.com", SHORT],
  ["git", "-oProxyCommand=x@github.com:org/app", SHORT],
  ["git", "https://github.com/org/*", ONE],
  ["git", "git@github.com:org/*", ONE],
  [
    "helm",
    "ssh://git@host.example/x",
    "must begin with https://, http:// or oci://, or with the host",
  ],
  ["helm", "git@github.com:org/app", CREDENTIALS],
  ["helm", "ghcr.io/*/x", "may have a '*' only as its last path segment"],
  ["oci", "http://ghcr.io/x", 'must begin with oci://; send "insecure_oci_http": true for HTTP'],
  ["oci", "ghcr.io/org/*", ONE],
];

const listed = (url: string) => url.slice(0, 40).replaceAll(CANARY, "x");

for (
  const test of testsOf([
    ...REFUSED.map(([type, url, why]) =>
      refused(
        `the ${type} URL ${JSON.stringify(listed(url))} ${why}`,
        () => repo({ type, url }),
        400,
        {
          error: true,
          message: `Field 'url' ${why}`,
          status_code: 400,
        },
      )
    ),
    refused(
      "of several URLs the wrong one is named by its place",
      () =>
        repo({ url: undefined, urls: ["https://a.example/b", `https://u:${CANARY}@a.example/c`] }),
      400,
      { error: true, message: `Field 'urls.1' ${CREDENTIALS}`, status_code: 400 },
    ),
    ...["https://a.example/B", "a.example/b", "https://a.example/b.git"].map((twin) =>
      refused(
        `https://a.example/b and ${twin} are one repository to Argo CD`,
        () => repo({ url: undefined, urls: ["https://a.example/b", "https://a.example/c", twin] }),
        400,
        {
          error: true,
          message: "Field 'urls.2' is the same repository to Argo CD as the one at 0",
          status_code: 400,
        },
      )
    ),
    refused(
      "an SSH URL is not the place for a password",
      () => repo({ url: "git@github.com:org/app" }),
      400,
      {
        error: true,
        message: "Field 'username' needs a URL by HTTPS; for SSH give 'ssh_private_key'",
        status_code: 400,
      },
    ),
    refused(
      "an HTTPS URL is not the place for an SSH key",
      () => repo({ ...ssh }),
      400,
      {
        error: true,
        message: "Field 'ssh_private_key' needs a URL for SSH, like git@host:path",
        status_code: 400,
      },
    ),
    refused(
      "one credential cannot be for SSH and HTTPS at once",
      () => repo({ url: undefined, urls: ["https://a.example/b", "git@a.example:c"] }),
      400,
      /^Field 'username' needs a URL by HTTPS; for SSH give 'ssh_private_key'$/,
    ),
  ])
) Deno.test(test);
