import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "../../../tests/support/arbitrary.ts";
import { comparableUrl } from "./comparable_url.ts";
import { parseRepositoryUrl, type RepositoryUrl, shownUrl } from "./url.ts";

function parsed(text: string, useOci?: boolean): RepositoryUrl {
  const result = parseRepositoryUrl(text, useOci);
  assert.ok(result.ok, `${text} ${result.ok || result.why}`);
  return result.value;
}

/** A spelling, the stored URL, whether it is OCI, and the template's prefix. */
const ACCEPTED: [text: string, url: string, oci: boolean, prefix?: string][] = [
  ["https://charts.bitnami.com/bitnami", "https://charts.bitnami.com/bitnami", false],
  ["charts.bitnami.com/bitnami", "https://charts.bitnami.com/bitnami", false],
  ["http://charts.example.com/x", "http://charts.example.com/x", false],
  ["HTTPS://Charts.Example.com/Path", "https://charts.example.com/Path", false],
  ["charts.example.com", "https://charts.example.com", false],
  ["https://charts.example.com:8443/x", "https://charts.example.com:8443/x", false],
  ["https://charts.example.com/x/", "https://charts.example.com/x/", false],
  ["https://charts.example.com/", "https://charts.example.com/", false],
  ["localhost:8080/charts", "https://localhost:8080/charts", false],
  ["http://[::1]:8080/charts", "http://[::1]:8080/charts", false],
  ["https://x.example/My Charts/y", "https://x.example/My%20Charts/y", false],
  ["https://[fd00::1]/charts", "https://[fd00::1]/charts", false],
  [
    "https://charts.example.com/*",
    "https://charts.example.com",
    false,
    "https://charts.example.com/",
  ],
  [
    "https://charts.example.com/a/*",
    "https://charts.example.com/a",
    false,
    "https://charts.example.com/a/",
  ],
  [
    "http://charts.example.com/a/*",
    "http://charts.example.com/a",
    false,
    "http://charts.example.com/a/",
  ],
  ["https://ghcr.io/", "ghcr.io", true, "ghcr.io/"],
  ["https://ghcr.io", "ghcr.io", true, "ghcr.io/"],
  ["https://ghcr.io/*", "ghcr.io", true, "ghcr.io/"],
  ["https://ghcr.io/org/*", "ghcr.io/org", true, "ghcr.io/org/"],
  ["ghcr.io", "ghcr.io", true, "ghcr.io/"],
  ["GHCR.io", "ghcr.io", true, "ghcr.io/"],
  ["oci://ghcr.io", "ghcr.io", true, "ghcr.io/"],
  ["ghcr.io/org/charts", "ghcr.io/org/charts", true],
  ["ghcr.io/org/charts/", "ghcr.io/org/charts", true],
  ["ghcr.io/org/charts///", "ghcr.io/org/charts", true],
  ["http://ghcr.io/org", "ghcr.io/org", true],
  ["oci://registry.example.com:5000/x", "registry.example.com:5000/x", true],
  ["OCI://registry.example.com/x", "registry.example.com/x", true],
  ["oci://[::1]:5000/x", "[::1]:5000/x", true],
  ["oci://registry.example.com", "registry.example.com", true, "registry.example.com/"],
  ["oci://registry.example.com/a/*", "registry.example.com/a", true, "registry.example.com/a/"],
  ["oci://192.0.2.10:1843", "192.0.2.10:1843", true],
  ["oci://192.0.2.10", "192.0.2.10", true, "192.0.2.10/"],
  ["oci://[2001:db8::5]:5000/a/*", "[2001:db8::5]:5000/a", true],
  ["oci://3scale.example.com:5000", "3scale.example.com:5000", true],
  [
    "https://3scale.example.com:5000/*",
    "https://3scale.example.com:5000",
    false,
    "https://3scale.example.com:5000/",
  ],
];

for (const [text, url, oci, prefix] of ACCEPTED) {
  Deno.test(`${text} is stored as ${url}${prefix ? ` with a template for ${prefix}` : ""}`, () => {
    const value = parsed(text);
    assert.deepEqual([value.url, value.oci, value.templatePrefix], [url, oci, prefix]);
  });
}

const OCI_ONLY = [
  "ghcr.io",
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "public.ecr.aws",
  "ecr-public.aws.com",
  "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
  "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
  "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
  "123456789012.dkr-ecr.eu-west-1.on.aws",
  "123456789012.dkr-ecr-fips.us-east-2.on.aws",
  "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
  "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
  "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu",
  "123456789012.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu",
  "123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov",
  "123456789012.dkr-ecr.us-iso-east-1.on.aws.ic.gov",
  "123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov",
  "123456789012.dkr-ecr.us-isob-east-1.on.aws.scloud",
  "123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk",
  "123456789012.dkr-ecr.eu-isoe-west-1.on.cloud-aws.adc-e.uk",
  "123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov",
  "123456789012.dkr-ecr.us-isof-south-1.on.aws.hci.ic.gov",
  "team.azurecr.io",
  "team-abc123.azurecr.io",
  "team.azurecr.cn",
  "team.azurecr.us",
  "team.azurecr.de",
  "team.eastus.geo.azurecr.io",
  "europe-docker.pkg.dev",
  "gcr.io",
  "eu.gcr.io",
  "quay.io",
  "registry.gitlab.com",
  "QUAY.IO",
  "ghcr.io:443",
];

for (const host of OCI_ONLY) {
  Deno.test(`${host} serves charts as OCI artifacts only`, () => {
    assert.equal(parsed(`https://${host}/org/chart`).oci, true);
    assert.equal(parsed(`https://${host}/org/chart`, false).oci, false);
  });
}

for (
  const host of [
    "charts.bitnami.com",
    "xghcr.io",
    "ghcr.io.example.com",
    "sub.ghcr.io",
    "azurecr.io",
    "team.azurecr.io.example.com",
    "team.azurecr.com",
    "azurecr.cn",
    "pkg.dev.example.com",
    "xgcr.io",
    "gitlab.com",
    "docker.io.example.com",
    "xdocker.io",
    "xpkg.dev",
    "dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com",
    "123456789012.dkr.ecr.eu-west-1.amazonaws-com",
    "123456789012.dkr.ecr-eu-west-1.on.aws",
    "123456789012.dkr-ecr.on.aws",
    "s3.amazonaws.com",
  ]
) {
  Deno.test(`${host} may serve charts over HTTPS`, () => {
    assert.equal(parsed(`https://${host}/charts`).oci, false);
    assert.equal(parsed(`https://${host}/charts`, true).oci, true);
  });
}

const USE_OCI: [text: string, useOci: boolean | undefined, url: string][] = [
  ["https://harbor.example.com/x", true, "harbor.example.com/x"],
  ["harbor.example.com/x", true, "harbor.example.com/x"],
  ["http://harbor.example.com/x/", true, "harbor.example.com/x"],
  ["oci://harbor.example.com/x", true, "harbor.example.com/x"],
  ["oci://harbor.example.com/x", undefined, "harbor.example.com/x"],
  ["harbor.example.com/x", undefined, "https://harbor.example.com/x"],
  ["harbor.example.com/x", false, "https://harbor.example.com/x"],
  ["ghcr.io/x", false, "https://ghcr.io/x"],
];

for (const [text, useOci, url] of USE_OCI) {
  Deno.test(`${text} with use_oci ${useOci ?? "absent"} is stored as ${url}`, () => {
    assert.equal(parsed(text, useOci).url, url);
  });
}

const REFUSED: [text: string, why: RegExp, useOci?: boolean][] = [
  ["", /must name a host/],
  ["https://", /must name a host/],
  ["https:///path", /must name a host/],
  ["/path", /must name a host/],
  ["https://-x/", /must name a host/],
  ["https://x_y/", /must name a host/],
  ["https://*.example.com/", /must name a host/],
  ["https://x:99999/", /must name a host/],
  ["https://x:port/", /must name a host/],
  ["https://[::1/", /must name a host/],
  ["https://999.1.1.1/", /must name a host/],
  ["ftp://x/y", /must begin with/],
  ["git://x/y", /must begin with/],
  ["ssh://git@x/y", /must begin with/],
  ["file:///etc", /must begin with/],
  ["javascript://x", /must begin with/],
  ["git@github.com:org/x", /must not contain credentials/],
  ["https://user:pass@x/y", /must not contain credentials/],
  ["user@x/y", /must not contain credentials/],
  ["oci://user:pass@x/y", /must not contain credentials/],
  [" https://x", /white space/],
  ["https://x/y ", /white space/],
  ["https://x/a\tb", /white space/],
  ["https://a b/x", /must name a host/],
  ["oci://x/a b", /white space/],
  ["https://x/\n", /white space/],
  ["https://x/\0", /white space/],
  ["https://x/\u00a0", /white space/],
  ["https://x/\u2028", /white space/],
  ["https:\\\\x\\y", /white space/],
  ["https://x/y?token=1", /query or a fragment/],
  ["https://x?y", /query or a fragment/],
  ["https://x/y#z", /query or a fragment/],
  ["https://x/*/y", /only as its last path segment/],
  ["https://x/y*", /only as its last path segment/],
  ["https://x/*/*", /only as its last path segment/],
  ["oci://x/y", /contradicts use_oci: false/, false],
  [`https://x/${"y".repeat(2048)}`, /at most 2048/],
];

for (const [text, why, useOci] of REFUSED) {
  Deno.test(`${JSON.stringify(text).slice(0, 50)} is rejected with the reason`, () => {
    const result = parseRepositoryUrl(text, useOci);
    assert.match(result.ok ? "" : result.why, why);
  });
}

const APPLICATION: [text: string, repoUrl: string][] = [
  ["charts.example.com/x", "https://charts.example.com/x"],
  ["https://charts.example.com/x/", "https://charts.example.com/x/"],
  ["https://charts.example.com/a/*", "https://charts.example.com/a"],
  ["ghcr.io/org/charts/", "ghcr.io/org/charts"],
  ["https://ghcr.io/org/*", "ghcr.io/org"],
  ["https://ghcr.io/", "ghcr.io/<path>"],
  ["oci://registry.example.com:5000", "registry.example.com:5000/<path>"],
  // Argo CD cannot parse templates for these, and never uses them.
  ["oci://192.0.2.10:1843", "192.0.2.10:1843"],
  ["oci://[2001:db8::5]:5000/", "[2001:db8::5]:5000"],
  ["oci://3scale.example.com:5000/team/*", "3scale.example.com:5000/team"],
];

for (const [text, repoUrl] of APPLICATION) {
  Deno.test(`the repoURL of an Application for ${text} is ${repoUrl}`, () => {
    assert.equal(parsed(text).applicationRepoUrl, repoUrl);
  });
}

const HINTS: [text: string, useOci: boolean | undefined, hint: RegExp | undefined][] = [
  ["https://x.example/y/", undefined, /ends with a slash/],
  ["192.0.2.10:1843", true, /cannot parse 192\.0\.2\.10:1843\/, so it would never use a template/],
  ["oci://[2001:db8::5]:5000/a/*", undefined, /cannot parse \[2001:db8::5\]:5000\/a\//],
  ["https://x.example/", undefined, /ends with a slash/],
  ["https://x.example/y", undefined, undefined],
  ["https://x.example/*", undefined, undefined],
  ["ghcr.io/org/", undefined, undefined],
  ["http://ghcr.io/org", undefined, /http:\/\/ was dropped/],
];

for (const [text, useOci, hint] of HINTS) {
  Deno.test(`${text} comes with ${hint ? `a hint that matches ${hint.source}` : "no hint"}`, () => {
    const { hints } = parsed(text, useOci);
    if (hint === undefined) assert.deepEqual(hints, []);
    else assert.match(hints[0] ?? "", hint);
  });
}

const piece = fc.constantFrom(
  ..."https:// oci:// http:// ghcr.io x.example [::1] :5000 / * /* // @ u:p@ . .. %2f ? # ü \0 \n \\"
    .split(" "),
  " ",
);
const urlLike = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  webUrl(),
  anyText(),
);

Deno.test("any URL is rejected, or stored in a form that Argo CD matches", () => {
  fc.assert(
    fc.property(urlLike, fc.constantFrom(undefined, true, false), (text, useOci) => {
      const result = parseRepositoryUrl(text, useOci);
      if (!result.ok) return assert.ok(result.why.length > 0);
      const { url, oci, templatePrefix } = result.value;
      assert.doesNotMatch(url, /^ | $|[^\S ]|[\p{Cc}*]/u);
      // A space stays if the URL with %20 is a different one to Argo CD.
      const encoded = url.replaceAll(" ", "%20");
      if (encoded !== url) assert.notEqual(comparableUrl(encoded), comparableUrl(url));
      const { username, password } = new URL(oci ? `https://${url}` : url);
      assert.deepEqual([username, password], ["", ""]);
      if (oci) {
        assert.doesNotMatch(url, /^[a-z]+:\/\/|\/$/);
        assert.ok(URL.canParse(`https://${url}`));
      } else {
        assert.match(url, /^https?:\/\/[^/]/);
        assert.ok(URL.canParse(url));
      }
      // Argo CD removes one .git; if there are two, parsing again removes the other.
      const comparable = comparableUrl(url);
      if (!/\.git$/.test(comparable)) {
        assert.equal(comparableUrl(comparable).toLowerCase(), comparable.toLowerCase());
      }
      if (templatePrefix === undefined) return;
      assert.ok(templatePrefix.endsWith("/") && !templatePrefix.endsWith("//"));
      assert.ok(templatePrefix.startsWith(url));
      assert.ok(!templatePrefix.includes("*"));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a stored URL parses to itself", () => {
  fc.assert(
    fc.property(urlLike, (text) => {
      const result = parseRepositoryUrl(text);
      if (!result.ok) return;
      const { url, oci } = result.value;
      assert.equal(parsed(url, oci).url, url);
    }),
    { numRuns: 1000 },
  );
});

const SHOWN: [url: string, shown: string][] = [
  ["https://x.example/y?private_token=secret", "https://x.example/y?***"],
  ["https://user:pass@x.example/y?a=b@c", "https://***@x.example/y?***"],
  ["https://user:pass@x/y", "https://***@x/y"],
  ["https://token@x/y", "https://***@x/y"],
  ["https://a@b@x/y", "https://***@x/y"],
  ["HTTPS://u:p@x", "HTTPS://***@x"],
  ["https://x/y@z", "https://x/y@z"],
  ["ghcr.io/org", "ghcr.io/org"],
];

/** TOKEN stands for a token of the real length. */
const WITH_TOKEN: [url: string, shown: string][] = [
  ["https://host/glpat-TOKEN/x", "https://host/glpat-***/x"],
  ["https://host/x/glpat-TOKEN", "https://host/x/glpat-***"],
  ["https://host/basic/ghp_TOKEN/helm/", "https://host/basic/ghp_***/helm/"],
  ["https://host/github_pat_TOKEN.git", "https://host/github_pat_***.git"],
  ["host/gho_TOKEN", "host/gho_***"],
  ["https://user:secret@host/glpat-TOKEN?x=1", "https://***@host/glpat-***?***"],
  ["git@host:glpat-TOKEN/x.git", "git@host:glpat-***/x.git"],
  ["ssh://git@host/dckr_pat_TOKEN", "ssh://git@host/dckr_pat_***"],
];

for (const [url, shown] of WITH_TOKEN) {
  Deno.test(`${url} is shown as ${shown}`, () => {
    assert.equal(shownUrl(url.replace("TOKEN", "Fake1Not2Real3".repeat(2))), shown);
  });
}

for (const [url, shown] of SHOWN) {
  Deno.test(`${url} is shown as ${shown}`, () => assert.equal(shownUrl(url), shown));
}
