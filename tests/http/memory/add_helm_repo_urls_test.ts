import assert from "node:assert/strict";
import { stored } from "../stage.ts";
import { CANARY, helm, refused, type Row, testsOf } from "../support.ts";

/** Repository URLs that are echoed, stored or rejected. */

interface Accepted {
  readonly url: string;
  readonly more?: object;
  readonly stored: string;
  readonly application: string;
  readonly template?: string;
  readonly hint?: RegExp;
}

const ACCEPTED: Accepted[] = [
  {
    url: "charts.bitnami.com/bitnami",
    stored: "https://charts.bitnami.com/bitnami",
    application: "https://charts.bitnami.com/bitnami",
  },
  {
    url: "https://ghcr.io/",
    stored: "ghcr.io",
    application: "ghcr.io/<path>",
    template: "ghcr.io/",
  },
  {
    url: "https://ghcr.io/org/*",
    stored: "ghcr.io/org",
    application: "ghcr.io/org",
    template: "ghcr.io/org/",
  },
  {
    url: "https://ghcr.io/",
    more: { template: false },
    stored: "ghcr.io",
    application: "ghcr.io/<path>",
  },
  { url: "ghcr.io/org/charts", stored: "ghcr.io/org/charts", application: "ghcr.io/org/charts" },
  {
    url: "oci://registry.example.com:5000/x",
    stored: "registry.example.com:5000/x",
    application: "registry.example.com:5000/x",
  },
  {
    url: "https://harbor.example.com/x",
    more: { use_oci: true },
    stored: "harbor.example.com/x",
    application: "harbor.example.com/x",
  },
  {
    url: "https://ghcr.io/x",
    more: { use_oci: false },
    stored: "https://ghcr.io/x",
    application: "https://ghcr.io/x",
  },
  {
    url: "https://charts.example.com/x/",
    stored: "https://charts.example.com/x/",
    application: "https://charts.example.com/x/",
    hint: /ends with a slash/,
  },
  {
    url: "https://charts.example.com/My Charts",
    stored: "https://charts.example.com/My%20Charts",
    application: "https://charts.example.com/My%20Charts",
  },
  // Argo CD cannot parse the template prefix of these and would never use it.
  ...[
    ["192.0.2.10:1843", "192.0.2.10:1843"],
    ["https://[2001:db8::5]:5000/", "[2001:db8::5]:5000"],
    ["https://3scale.example.com:5000/team/*", "3scale.example.com:5000/team"],
  ].map(([url, stored]): Accepted => ({
    url: url!,
    more: { use_oci: true },
    stored: stored!,
    application: stored!,
    hint: /^Argo CD cannot parse .*\/, so it would never use a template for what is below: /,
  })),
];

const accepted = ACCEPTED.map((row): Row => ({
  name: `${row.url} with ${JSON.stringify(row.more ?? {})} is echoed and stored as ${row.stored}`,
  request: () => helm({ repository_url: row.url, ...row.more }),
  status: 200,
  changes: true,
  after: ({ cluster }, body) => {
    const { message: _message, hint, ...rest } = body as Record<string, unknown>;
    assert.deepEqual(rest, {
      success: true,
      cluster: "test-cluster",
      secret_name: "my-helm-repo",
      repository_url: row.url,
      helm_secret_applied: {
        success: true,
        namespace: "argocd",
        output: "secret/my-helm-repo created",
      },
      ...(row.template ? { template: "my-helm-repo-template" } : {}),
      application_repo_url: row.application,
    });
    assert.match(String(hint ?? ""), row.hint ?? /^$/);
    assert.equal(stored(cluster, "argocd/my-helm-repo", "url"), row.stored);
    assert.equal(cluster.secrets.size, row.template ? 2 : 1);
    if (row.template) {
      assert.equal(stored(cluster, "argocd/my-helm-repo-template", "url"), row.template);
    }
  },
}));

const REFUSED: [what: string, url: string, why: RegExp, more?: object][] = [
  ["an empty URL", "", /must name a host$/],
  ["no host", "https://", /must name a host$/],
  ["another scheme", "ftp://charts.example.com", /must begin with /],
  [
    "credentials in it",
    `https://user:${CANARY}@charts.example.com`,
    /must not contain credentials/,
  ],
  ["a token in it", `https://${CANARY}@charts.example.com`, /must not contain credentials/],
  ["a query", `https://charts.example.com/x?token=${CANARY}`, /must not have a query/],
  ["white space", `https://charts.example.com/\t${CANARY}`, /must not contain white space/],
  ["a line break in it", "https://charts.example.com/\nx", /must not contain white space/],
  ["NUL", "https://charts.example.com/\0", /must not contain white space/],
  ["oci:// and use_oci: false", "oci://ghcr.io/x", /contradicts use_oci: false$/, {
    use_oci: false,
  }],
];

for (
  const test of testsOf([
    ...accepted,
    ...REFUSED.map(([what, url, why, more]) =>
      refused(
        `an invalid repository URL is rejected and not echoed: ${what}`,
        () => helm({ repository_url: url, ...more }),
        400,
        new RegExp(`^Field 'repository_url' .*${why.source}`),
      )
    ),
  ])
) Deno.test(test);
