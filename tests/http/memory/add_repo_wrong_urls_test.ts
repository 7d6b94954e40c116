import { makeSshKey } from "../material.ts";
import { NO_LOGIN, repo } from "../requests.ts";
import { CANARY, refused, testsOf } from "../support.ts";

/** URLs that add_repo rejects, by type; none is echoed. */

const ssh = { ...NO_LOGIN, ssh_private_key: makeSshKey() };

const CREDENTIALS = "must not contain credentials; give them as username and password";
const SPACE = "must not contain white space, control characters or backslashes";
const SSH = "must have a user, and no password, before the host, like ssh://git@host/path";
const ONE = 'must name one repository; send "as": "repo-creds" for all below a prefix';
const SHORT = "must be like git@host:path";

/** Errors in the URL, whatever the credential. */
const REFUSED: [type: string, url: string, why: string][] = [
  ...["git", "helm", "oci"].flatMap((type): [string, string, string][] => [
    [type, "", "must name a host"],
    [type, "https://", "must name a host"],
    [type, `https://host.example/\t${CANARY}`, SPACE],
    [type, ` https://host.example/${CANARY}`, SPACE],
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

const unparsable = (prefix: string) =>
  `is a prefix that Argo CD cannot parse (${prefix}), so it would never use the template: add each ` +
  "repository by its own URL";

/** Templates that Argo CD would not use, or would use for more URLs than intended. */
const TEMPLATES: [type: string, url: string, why: string][] = [
  [
    "git",
    "https://github.com/org/app.git",
    "ends with .git, which Argo CD cuts off before it compares prefixes, so a template would be used " +
    'for https://github.com/org/app-other too: send "as": "repository", or end the prefix with a slash',
  ],
  ["helm", "oci://192.0.2.10:1843", unparsable("192.0.2.10:1843/")],
  ["helm", "oci://[2001:db8::5]:5000/team", unparsable("[2001:db8::5]:5000/team/")],
  ["helm", "oci://3scale.example.com:5000", unparsable("3scale.example.com:5000/")],
];

const listed = (url: string) => url.replaceAll(CANARY, "x").slice(0, 40);

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
      "an invalid entry of urls is named by its index",
      () =>
        repo({ url: undefined, urls: ["https://a.example/b", `https://u:${CANARY}@a.example/c`] }),
      400,
      { error: true, message: `Field 'urls.1' ${CREDENTIALS}`, status_code: 400 },
    ),
    ...[
      ["https://a.example/b", "https://a.example/B"],
      ["https://a.example/b", "a.example/b"],
      ["https://a.example/b", "https://a.example/b.git"],
      ["https://a.example/b d", "https://a.example/b%20d"],
      ['https://a.example/b"', "https://a.example/b%22"],
    ].map(([one, twin]) =>
      refused(
        `${one} and ${twin} are the same repository to Argo CD`,
        () => repo({ url: undefined, urls: [one, "https://a.example/c", twin] }),
        400,
        {
          error: true,
          message: "Field 'urls.2' is the same repository for Argo CD as the URL at index 0",
          status_code: 400,
        },
      )
    ),
    ...TEMPLATES.map(([type, url, why]) =>
      refused(
        `the ${type} template ${url} ${why}`,
        () => repo({ type, url, as: "repo-creds" }),
        400,
        { error: true, message: `Field 'url' ${why}`, status_code: 400 },
      )
    ),
    refused(
      "an SSH URL with a password is rejected",
      () => repo({ url: "git@github.com:org/app" }),
      400,
      {
        error: true,
        message: "Field 'username' needs an HTTPS URL; for SSH give 'ssh_private_key'",
        status_code: 400,
      },
    ),
    refused(
      "an HTTPS URL with an SSH key is rejected",
      () => repo({ ...ssh }),
      400,
      {
        error: true,
        message: "Field 'ssh_private_key' needs an SSH URL, like git@host:path",
        status_code: 400,
      },
    ),
    refused(
      "one credential for an SSH and an HTTPS URL is rejected",
      () => repo({ url: undefined, urls: ["https://a.example/b", "git@a.example:c"] }),
      400,
      /^Field 'username' needs an HTTPS URL; for SSH give 'ssh_private_key'$/,
    ),
  ])
) Deno.test(test);
