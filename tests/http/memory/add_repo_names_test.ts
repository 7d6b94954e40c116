import assert from "node:assert/strict";
import { repo } from "../requests.ts";
import { CANARY, refused, type Row, testsOf } from "../support.ts";

/** Names of secrets and clusters in add_repo. */

const envelope = (message: string) => ({ error: true, message, status_code: 400 });
const shown = (value: unknown) => JSON.stringify(value).replaceAll(CANARY, "x");

const NAME = /^Field 'name' must be a valid secret name: .*at most 253 characters$/;
const SEVERAL = { url: undefined, urls: ["https://a.example/1", "https://a.example/2"] };

const TEMPLATES = {
  type: "helm",
  url: undefined,
  urls: ["ghcr.io/some-organisation-of-many-words/*", "ghcr.io/b/*"],
};

const NAMES: Row[] = [
  ...["", "My-Repo", "a_b", "-a", "a.", "../x", "a\0", "x".repeat(254), `${CANARY}!`].map(
    (name) => refused(`add_repo rejects the name ${shown(name)}`, () => repo({ name }), 400, NAME),
  ),
  ...["", "../x", "-v", CANARY + "/"].map((cluster_name) =>
    refused(
      `add_repo rejects the cluster name ${shown(cluster_name)}`,
      () => repo({ cluster_name }),
      400,
      /^Field 'cluster_name' is invalid: a cluster name /,
    )
  ),
  refused(
    "several URLs leave less room for the name",
    () => repo({ ...SEVERAL, name: "x".repeat(222) }),
    400,
    envelope("Field 'name' must have at most 221 characters with several URLs"),
  ),
  refused(
    "several URLs with templates leave even less room for the name",
    () => repo({ ...TEMPLATES, name: "x".repeat(213) }),
    400,
    envelope("Field 'name' must have at most 212 characters with several URLs"),
  ),
  refused(
    "a template's suffix leaves less room for the name",
    () => repo({ ...TEMPLATES, urls: TEMPLATES.urls.slice(0, 1), name: "x".repeat(245) }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 244 characters$/,
  ),
  {
    name: "several URLs accept a name of the maximum length",
    request: () => repo({ ...SEVERAL, name: "x".repeat(221) }),
    status: 200,
    changes: true,
  },
  {
    name: "several URLs with templates accept a name of the maximum length",
    request: () => repo({ ...TEMPLATES, name: "x".repeat(212) }),
    status: 200,
    changes: true,
    after: ({ cluster }) => {
      const lengths = [...cluster.secrets.values()].map(({ name }) => name.length);
      assert.ok(Math.max(...lengths) <= 253, lengths.join());
    },
  },
  {
    name: "a template alone accepts a name of the maximum length",
    request: () =>
      repo({ url: "https://github.com/org/", as: "repo-creds", name: "x".repeat(253) }),
    status: 200,
    changes: true,
  },
  refused(
    "the repository beside a template leaves less room for the template's name",
    () =>
      repo({ ...TEMPLATES, urls: ["oci://ghcr.io/a"], as: "repo-creds", name: "x".repeat(243) }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 242 characters$/,
  ),
  {
    name: "a template with the repository of its URL accepts a name of the maximum length",
    request: () =>
      repo({ ...TEMPLATES, urls: ["oci://ghcr.io/a"], as: "repo-creds", name: "x".repeat(242) }),
    status: 200,
    changes: true,
  },
  {
    name: "one URL accepts a name of the maximum length",
    request: () => repo({ name: "x".repeat(253) }),
    status: 200,
    changes: true,
  },
];

for (const test of testsOf(NAMES)) Deno.test(test);
