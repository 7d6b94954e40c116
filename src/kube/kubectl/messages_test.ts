import assert from "node:assert/strict";
import { assertTakesLess } from "../../../tests/support/takes_less.ts";
import { reported } from "./messages.ts";

/** Output of kubectl 1.32 and 1.35, with the kind of failure. */
const TABLE: [line: string, kind: string, uncertain: boolean, whole: boolean][] = [
  [
    'Error from server (AlreadyExists): error when creating "STDIN": secrets "s" already exists',
    "exists",
    false,
    false,
  ],
  [
    'Error from server (NotFound): error when creating "STDIN": namespaces "zz" not found',
    "namespace_not_found",
    false,
    false,
  ],
  [
    'Error from server (NotFound): error when replacing "STDIN": secrets "s" not found',
    "not_found",
    false,
    false,
  ],
  [
    'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on secrets "s": the object has been modified; please apply your changes to the latest version and try again',
    "conflict",
    false,
    false,
  ],
  [
    'Error from server (Forbidden): error when creating "STDIN": secrets "s" is forbidden: unable to create new content in namespace ns because it is being terminated',
    "namespace_terminating",
    false,
    false,
  ],
  [
    'Error from server (Forbidden): secrets is forbidden: User "u" cannot list resource "secrets" in API group "" at the cluster scope',
    "forbidden",
    false,
    false,
  ],
  [
    'Error from server (Invalid): error when replacing "STDIN": Secret "s" is invalid: [type: Invalid value]',
    "invalid",
    false,
    false,
  ],
  [
    'Error from server (BadRequest): error when creating "STDIN": Secret in version "v1" cannot be handled as a Secret: illegal base64 data',
    "invalid",
    false,
    false,
  ],
  [
    "Error from server (BadRequest): Unable to find \"/v1, Resource=namespaces\" that match label selector \"a=b=c\", field selector \"\": found '=', expected: ',' or 'end of string'",
    "invalid",
    false,
    false,
  ],
  [
    'Error from server (NotFound): error when replacing "STDIN": serviceaccounts "default" not found',
    "not_found",
    false,
    false,
  ],
  [
    'Error from server (AlreadyExists): error when creating "STDIN": namespaces "a" already exists',
    "exists",
    false,
    false,
  ],
  [
    'Error from server (Forbidden): error when creating "STDIN": namespaces is forbidden: User "u" cannot create resource "namespaces" in API group "" at the cluster scope',
    "forbidden",
    false,
    false,
  ],
  [
    "Error from server (TooManyRequests): the server has received too many requests",
    "busy",
    false,
    false,
  ],
  [
    'Error from server (InternalError): an error on the server ("") has prevented the request from succeeding',
    "failed",
    true,
    false,
  ],
  ["Error from server (Timeout): request timed out", "timeout", true, false],
  ["error: You must be logged in to the server (Unauthorized)", "unauthorized", false, false],
  [
    'error: You must be logged in to the server (error when creating "STDIN": Unauthorized)',
    "unauthorized",
    false,
    false,
  ],
  [
    'error: unable to recognize "STDIN": the server has asked for the client to provide credentials',
    "unauthorized",
    false,
    true,
  ],
  [
    "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
    "unreachable",
    false,
    true,
  ],
  [
    'error: unable to recognize "STDIN": Get "https://127.0.0.1:1/api?timeout=32s": dial tcp 127.0.0.1:1: connect: connection refused',
    "unreachable",
    false,
    true,
  ],
  [
    "Unable to connect to the server: dial tcp: lookup nosuch.invalid: no such host",
    "unreachable",
    false,
    true,
  ],
  [
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "untrusted",
    false,
    true,
  ],
  ["Unable to connect to the server: net/http: TLS handshake timeout", "timeout", false, true],
  [
    "Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
    "timeout",
    true,
    false,
  ],
  [
    'error when creating "STDIN": Post "https://127.0.0.1:6443/api/v1/namespaces/a/secrets": unexpected EOF',
    "unreachable",
    true,
    false,
  ],
  [
    "Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 1",
    "unauthorized",
    false,
    true,
  ],
  [
    'Error from server (InternalError): error when creating "STDIN": Internal error occurred: failed calling webhook "w": Post "https://w.svc:443/": dial tcp 10.0.0.1:443: connect: connection refused',
    "failed",
    true,
    false,
  ],
  [
    'Error from server: error when creating "STDIN": admission webhook "w" denied the request: no certificate',
    "invalid",
    false,
    false,
  ],
  [
    'Error from server: error when creating "STDIN": some proxy says: no certificate',
    "failed",
    true,
    false,
  ],
  [
    'error when creating "STDIN": Post "https://h/": local error: tls: bad record MAC',
    "untrusted",
    true,
    false,
  ],
  [
    'error when creating "STDIN": Post "https://h/": read tcp 1.2.3.4:5: read: no route to host',
    "failed",
    true,
    false,
  ],
  ['error: host must be a URL or a host:port pair: "ht!tp://["', "invalid_kubeconfig", false, true],
  ['error: error loading config file "x": yaml: line 1', "invalid_kubeconfig", false, true],
  ["error: something that no version has said yet", "failed", true, false],
];

for (const [line, kind, uncertain, whole] of TABLE) {
  Deno.test(`kubectl's "${line.slice(0, 70)}" is ${kind}`, () => {
    const [report, ...more] = reported(line + "\n");
    assert.deepEqual([report?.kind, report?.uncertain, report?.whole], [kind, uncertain, whole]);
    assert.equal(more.length, 0);
  });
}

Deno.test("log lines, warnings and details are not failures of their own", () => {
  const stderr = [
    'E1123 23:07:16.465271   13646 memcache.go:265] "Unhandled Error" err="connection refused"',
    "Warning: something is deprecated",
    'The Secret "s1" is invalid: ',
    '* type: Invalid value: "x": field is immutable',
    "* data[username]: Required value",
    "",
  ].join("\n");
  assert.deepEqual(reported(stderr).map(({ kind }) => kind), ["invalid"]);
});

Deno.test("the reason contains nothing of kubectl's own text", () => {
  const why = reported('Error from server (Invalid): Secret "canary" is invalid: canary')[0]!.why;
  assert.ok(!why.includes("canary"));
});

/** kubectl's errors, and what follows `the kubeconfig cannot be used: `. */
const KUBECONFIGS: [line: string, why: RegExp][] = [
  ["error: The gcp auth plugin has been removed.", /no longer supports its auth provider$/],
  [
    'error: no Auth Provider found for name "canary"',
    /kubectl does not support its auth provider$/,
  ],
  [
    "error: specifying a root certificates file with the insecure flag is not allowed",
    /insecure-skip-tls-verify$/,
  ],
  [
    "error: unable to load root certificates: unable to parse bytes as PEM block",
    /not a PEM certificate$/,
  ],
  ["error: tls: private key does not match public key", /not a PEM pair$/],
  ['error: exec plugin: invalid apiVersion "canary"', /unknown apiVersion$/],
  [
    "Unable to connect to the server: getting credentials: exec: executable canary not found",
    /not on PATH$/,
  ],
  [
    'error: invalid \'proxy-url\' "http://u:canary@p" for cluster "canary": could not parse',
    /'proxy-url' is invalid$/,
  ],
  [
    "error: interactiveMode must be specified for canary to use exec authentication plugin",
    /'exec' of its user is invalid$/,
  ],
];

for (const [line, why] of KUBECONFIGS) {
  Deno.test(`kubectl's "${line.slice(0, 60)}" is reported as an error of the kubeconfig, and not quoted`, () => {
    const [report, ...more] = reported(line);
    assert.deepEqual(more, []);
    assert.equal(report?.kind, "invalid_kubeconfig");
    assert.match(report.why, /^the kubeconfig cannot be used: /);
    assert.match(report.why, why);
    assert.ok(!report.why.includes("canary"));
  });
}

const UNTRUSTED: [of: string, why: RegExp][] = [
  ["certificate signed by unknown authority", /^the kubeconfig does not trust/],
  ["certificate is valid for canary, not h", /^its certificate is for another host name$/],
  [
    "certificate has expired or is not yet valid: current time 2026-11-30T01:00:00Z is after 2020",
    /^its certificate has expired$/,
  ],
];

for (const [of, expected] of UNTRUSTED) {
  Deno.test(`an untrusted server is reported as: ${expected.source}`, () => {
    const line = `Unable to connect to the server: tls: failed to verify certificate: x509: ${of}`;
    const [report] = reported(line);
    assert.deepEqual([report?.kind, report?.uncertain, report?.whole], ["untrusted", false, true]);
    assert.match(report!.why, expected);
  });
}

Deno.test("an API server's message about an object is not reported as an error of the kubeconfig", () => {
  const line = "Error from server (BadRequest): tls: private key may be set, but not both";
  assert.deepEqual(reported(line).map(({ kind }) => kind), ["invalid"]);
});

Deno.test("a policy that denies is named, if its name has only the characters of names", () => {
  const why = (line: string) => reported(line).map(({ why }) => why);
  assert.deepEqual(
    why(
      "The secrets \"canary\" is invalid: : ValidatingAdmissionPolicy 'no-secrets.example' with " +
        "binding 'canary' denied request: canary",
    ),
    ["ValidatingAdmissionPolicy 'no-secrets.example' denied the request"],
  );
  assert.deepEqual(
    why('Error from server: admission webhook "Can Ary" denied the request: canary'),
    ["the API server or one of its admission webhooks returned an error"],
  );
});

Deno.test("an exceeded quota is not reported as a missing permission", () => {
  const line = 'Error from server (Forbidden): error when creating "STDIN": secrets "x" is ' +
    "forbidden: exceeded quota: q, requested: secrets=1, used: secrets=0, limited: secrets=0";
  assert.deepEqual(
    reported(line).map(({ kind, why }) => [kind, why]),
    [["forbidden", "exceeded quota of the namespace"]],
  );
});

Deno.test("a refusal names the missing permission and its namespace", () => {
  const refusal = (where: string) =>
    `Error from server (Forbidden): secrets is forbidden: User "u" cannot list resource "secrets" in API group "" ${where}`;
  assert.deepEqual(
    reported([refusal("at the cluster scope"), refusal('in the namespace "team-a"')].join("\n"))
      .map(({ why }) => why),
    [
      "the kubeconfig's user cannot list secrets in all namespaces (Forbidden)",
      "the kubeconfig's user cannot list secrets in namespace 'team-a' (Forbidden)",
    ],
  );
});

Deno.test("a permission is named with its resource, and its namespace unless the resource is namespaces", () => {
  const why = (right: string) =>
    reported(`Error from server (Forbidden): x is forbidden: User "u" cannot ${right}`)[0]?.why;
  const inGroup = (right: string, where: string) => why(`${right} in API group "" ${where}`);
  const cannot = "the kubeconfig's user cannot";
  assert.equal(
    inGroup('update resource "serviceaccounts"', 'in the namespace "a"'),
    `${cannot} update serviceaccounts in namespace 'a' (Forbidden)`,
  );
  assert.equal(
    inGroup('list resource "serviceaccounts"', "at the cluster scope"),
    `${cannot} list serviceaccounts in all namespaces (Forbidden)`,
  );
  assert.equal(
    inGroup('create resource "namespaces"', "at the cluster scope"),
    `${cannot} create namespaces (Forbidden)`,
  );
  assert.equal(
    inGroup('get resource "namespaces"', 'in the namespace "a"'),
    `${cannot} get namespaces (Forbidden)`,
  );
});

const MIB = 1024 * 1024;
const HOSTILE: [what: string, line: string][] = [
  ["endless dials", "x\nerror: " + "dial tcp ".repeat(MIB / 9)],
  ["endless look-ups", "error: " + "lookup ".repeat(MIB / 7)],
  ["lines of dials", ("error: " + "dial tcp ".repeat(100) + "\n").repeat(1000)],
  ["names in quotes", 'The a "' + '" is "'.repeat(MIB / 6)],
  ["selectors", "Error from server (BadRequest): " + "Unable to find ".repeat(MIB / 15)],
  ["namespaces", "Error from server (NotFound): " + ' namespaces "'.repeat(MIB / 13).slice(0, -1)],
  ["rights", "Error from server (Forbidden): " + 'cannot a resource "b" in '.repeat(MIB / 25)],
  ["empty lines", "\n".repeat(MIB)],
];

for (const [what, stderr] of HOSTILE) {
  Deno.test(`an error of ${what} is read quickly`, () =>
    assertTakesLess(1000, () => void reported(stderr)));
}

Deno.test("a refused dial is recognized only in the order in which Go writes it", () => {
  const kinds = (line: string) => reported(line).map(({ kind }) => kind);
  assert.deepEqual(kinds("error: connection refused by dial tcp 1.2.3.4:5"), ["failed"]);
  assert.deepEqual(kinds("error: lookup a.test: server misbehaving"), ["unreachable"]);
});
