import fc from "fast-check";
import type { CasePullSecret, PullCase } from "../../scripts/control_plane/ask_kubelet.ts";
import { encodeBase64Text } from "../../src/text/bytes.ts";

/** Generated pull secrets and images that they often match, in all ways that matter to kubelet. */

const hosts = [
  "ghcr.io",
  "quay.io",
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "localhost",
  "myregistry",
  "registry.example.com",
  "a.example.com",
  "GHCR.io",
  "10.0.0.1",
  "[fd00::1]",
  "[::1]",
  "Reg",
];
const ports = ["", "", "", ":5000", ":443", ":"];
const anyPath = fc.array(
  fc.constantFrom("org", "org", "app", "library", "nginx", "v2", "v1", "a-b", "x"),
  {
    maxLength: 3,
  },
).map((parts) => parts.map((part) => `/${part}`).join(""));

/** Hosts of similar registries; a part of a host is often a wildcard. */
const keyHost = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hosts) },
  fc.constantFrom(
    "*.io",
    "*.example.com",
    "g*.io",
    "*r.io",
    "*.*",
    "*",
    "*.*.*",
    "*-1.docker.io",
    "**.io",
    "g*c*.io",
    "[A::1]",
  ),
);
const scheme = fc.constantFrom(
  "",
  "",
  "",
  "https://",
  "http://",
  "oci://",
  "HTTPS://",
  "//",
  "u:p@",
);
const keyEnd = fc.constantFrom(
  "",
  "",
  "",
  "/",
  "/v2/",
  "/v1/",
  "/v2",
  "/v1",
  ":1.0",
  "?q",
  "#f",
  "%2f",
  " ",
);

/** The parts of an image's name, and of keys that match it. */
interface Place {
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

const place: fc.Arbitrary<Place> = fc.record({
  host: fc.constantFrom(...hosts, "ghcr.io", "ghcr.io", "docker.io", "a.example.com"),
  port: fc.constantFrom("", "", "", ":5000", ":443"),
  path: anyPath,
});

const oddKey = fc.constantFrom(
  "https://index.docker.io/v1/",
  "https://index.docker.io/v1",
  "index.docker.io",
  "docker.io",
  "docker.io/library",
  "docker.io/org",
  "",
  "/",
  "%zz",
  "gh%63r.io",
  "ghcr.io/%6frg",
  "ghcr.io/%3fx",
  "ghcr.io/%25zz",
  "ghcr.io:port",
  "gh cr.io",
  "ghcr.io\n",
  "é.io",
  "[fe80::1%25eth0]:5000",
  "a[b].io",
);

/** A key that often matches the place or a parent of it, and sometimes another one. */
function keyFor({ host, port, path }: Place): fc.Arbitrary<string> {
  const cut = fc.nat(path.length).map((length) => path.slice(0, length));
  const near = fc.tuple(
    scheme,
    fc.oneof({ weight: 4, arbitrary: fc.constant(host) }, keyHost),
    fc.oneof({ weight: 6, arbitrary: fc.constant(port) }, fc.constantFrom(...ports)),
    fc.oneof(fc.constant(""), fc.constant(path), cut),
    keyEnd,
  );
  const other = fc.tuple(scheme, keyHost, fc.constantFrom(...ports), anyPath, keyEnd);
  const joined = (parts: readonly string[]) => parts.join("");
  return fc.oneof(
    { weight: 12, arbitrary: near.map(joined) },
    { weight: 3, arbitrary: other.map(joined) },
    { weight: 1, arbitrary: oddKey },
  );
}

function imageAt({ host, port, path }: Place): fc.Arbitrary<string> {
  const named = fc.tuple(
    fc.constantFrom(false, false, false, true),
    fc.constantFrom("org", "app", "nginx", "a__b", "app", "Nginx"),
    fc.constantFrom("", "", ":1.27", ":latest", `@sha256:${"ab".repeat(32)}`, "@sha256:ab", ":"),
  ).map(([isBare, last, end]) => {
    const before = isBare ? path.slice(1) : host + port + path;
    return `${before === "" ? last : `${before}/${last}`}${end}`;
  });
  return fc.oneof({ weight: 12, arbitrary: named }, { weight: 1, arbitrary: oddImage });
}

const oddImage = fc.constantFrom(
  "nginx",
  "nginx:1.27",
  "docker.io/nginx",
  "index.docker.io/nginx",
  "org/app",
  "ab".repeat(32),
  "",
  "A/x",
  `ghcr.io/${"a".repeat(256)}`,
  `ghcr.io/${"a".repeat(255)}`,
  `x@sha512:${"ab".repeat(64)}`,
  `x@md5:${"ab".repeat(16)}`,
  "x:1@sha256:",
  "a_b.c/x",
  "ghcr.io/a--b",
  "ghcr.io/a..b",
  "ghcr.io//a",
);

/** Each login has its own password, which identifies it. */
const entry = fc.tuple(
  fc.uuid(),
  fc.constantFrom(
    "both",
    "both",
    "both",
    "auth",
    "auth",
    "unpadded",
    "case",
    "contradicting",
    "broken auth",
    "no colon",
    "empty auth",
    "spaced auth",
    "broken lines",
    "null",
    "number",
    "text",
    "identitytoken",
    "null password",
  ),
  fc.integer({ min: 0, max: 9 }),
).map(([id, form, chance]) => {
  const auth = encodeBase64Text(`u:${id}`);
  // An unreadable one fails everything, so it must be rare.
  const isOdd = /broken auth|no colon|spaced|number|text/.test(form) && chance > 1;
  const entries: Record<string, unknown> = {
    both: { username: "u", password: id },
    auth: { auth, email: "a@example.com" },
    unpadded: { auth: auth.replace(/=+$/, "") },
    case: { USERNAME: "u", "paſſword": id },
    contradicting: { username: "other", password: "other", auth },
    "broken auth": { auth: `${auth.slice(0, 7)}!` },
    "no colon": { auth: encodeBase64Text(id) },
    "empty auth": { auth: "", username: "u", password: id },
    "spaced auth": { auth: ` ${auth}` },
    "broken lines": { auth: `${auth.slice(0, 8)}\r\n${auth.slice(8)}\n` },
    null: null,
    number: { username: "u", password: 1 },
    text: auth,
    identitytoken: { identitytoken: id },
    "null password": { username: "u", password: null },
  };
  return JSON.stringify(isOdd ? entries.both : entries[form]);
});

const pair = (key: string, value: string) => `${JSON.stringify(key)}:${value}`;

const shaped = {
  form: fc.constantFrom("dockerconfigjson", "dockerconfigjson", "dockerconfigjson", "dockercfg"),
  shape: fc.integer({ min: 0, max: 60 }),
};

const configFor = (key: fc.Arbitrary<string>) =>
  fc.record({
    entries: fc.array(fc.tuple(key, entry), { minLength: 1, maxLength: 5 }),
    more: fc.array(fc.tuple(key, entry), { minLength: 1, maxLength: 2 }),
    ...shaped,
  }).map(({ entries, more, form, shape }): Omit<CasePullSecret, "name"> => {
    const object = (of: readonly [string, string][]) =>
      `{${of.map(([key, entry]) => pair(key, entry)).join()}}`;
    const auths = object(entries);
    const isOld = form === "dockercfg";
    const texts: Readonly<Record<number, string>> = {
      0: `{"auths":${auths},"AUTHS":${object(more)}}`,
      1: `{"auths":${auths},"auths":null}`,
      2: `{"auths":${auths},"HttpHeaders":{"X":1}}`,
      3: `{"auths":${auths},"HttpHeaders":{"X":"1","Y":null},"credsStore":1}`,
      4: `{"auths":[]}`,
      5: `{"auths":${auths}`,
      6: `\ufeff{"auths":${auths}}`,
      7: "null",
      8: "[]",
      9: `{"authſ":${auths}}`,
      10: "",
      11: `{"auths":${object([...entries, [entries[0]![0], more[0]![1]]])}}`,
      12: "{}",
    };
    const text = isOld && shape > 12 ? auths : texts[shape] ?? `{"auths":${auths}}`;
    const value = encodeBase64Text(text);
    const type = shape === 13 ? "Opaque" : `kubernetes.io/${form}`;
    const data = shape === 14 ? {} : { [`.${form}`]: value };
    return { type, data };
  });

/** A case of up to four secrets. */
export const pullCase: fc.Arbitrary<PullCase> = place.chain((place) =>
  fc.record({
    image: imageAt(place),
    secrets: fc.array(configFor(keyFor(place)), { maxLength: 4 })
      .map((all) => all.map((each, i): CasePullSecret => ({ name: `s${i}`, ...each }))),
  })
);
