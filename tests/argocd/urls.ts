import fc from "fast-check";

/** Generated repository URLs: those of one place are often equal to Argo CD, or nearly so. */

/** A host, and a path in spellings that are equal to Argo CD or look equal. */
export interface Place {
  readonly host: string;
  readonly paths: readonly string[];
}

const HOSTS = [
  "git.example.com",
  "registry.example.com",
  "registry.example.com:5000",
  "ghcr.io",
  "192.0.2.10",
  "192.0.2.10:1843",
  "3scale.example.com:5000",
  "[2001:db8::5]",
  "[2001:db8::5]:5000",
];

const PATHS = [
  ["team", "Team", "TEAM"],
  ["team/app", "team/App", "team%2fapp"],
  ["te am", "te%20am", "Te%20Am"],
  ['te"am', "te%22am"],
  ["te|am", "te%7cam", "te%7Cam"],
  ["te[a]m", "te%5ba%5dm"],
  ["{team}", "%7bteam%7d"],
  ["~team", "%7eteam"],
  ["tëam", "TËAM", "t%c3%abam"],
  ["te%2fam x", "te%2fam%20x", "te/am%20x"],
  ["te%am", "te%25am"],
  [""],
];

export const place: fc.Arbitrary<Place> = fc.record({
  host: fc.constantFrom(...HOSTS),
  paths: fc.constantFrom(...PATHS),
});

/** Starts of URLs, and separators of host and path. */
const FORMS: Readonly<Record<string, readonly [before: string, between: string]>> = {
  none: ["", "/"],
  https: ["https://", "/"],
  HTTPS: ["HTTPS://", "/"],
  http: ["http://", "/"],
  oci: ["oci://", "/"],
  ssh: ["ssh://git@", "/"],
  scp: ["git@", ":"],
  user: ["https://user@", "/"],
};

/** Ends of URLs. */
const ENDS = ["", "", "", "/", "/", ".git", ".GIT", "-other", "/below", "//", ".git/", "/*", " "];

export interface Spelling {
  readonly forms?: readonly string[];
  readonly ends?: readonly string[];
}

/** URLs at a place. */
export function urlAt(
  { host, paths }: Place,
  { forms = Object.keys(FORMS), ends = ENDS }: Spelling = {},
): fc.Arbitrary<string> {
  return fc.tuple(
    fc.constantFrom(...forms.map((form) => FORMS[form]!)),
    fc.constantFrom(...paths),
    fc.constantFrom(...ends),
    fc.boolean(),
  ).map(([[before, between], path, end, isUpper]) => {
    const authority = isUpper ? host.toUpperCase() : host;
    return `${before}${authority}${path === "" && end.startsWith("/") ? "" : between}${path}${end}`;
  });
}

const piece = fc.constantFrom(
  ..."https:// http:// ssh:// oci:// git@ u:p@ @ a.b ghcr.io [::1] [ ] :: 1 fe80 %25 %25en0 :22 : / //"
    .split(" "),
  ...".git * ? # %41 %2f %20 %zz % ö %c3%b6 \" | { } ~ ! ' ( ) ; , = & + $ < > ^ ` \\ \0 \n \x7f . .."
    .split(" "),
  ..."- _ A.1 192.0.2.1 ffff x:".split(" "),
  ..." \u0085\u00a0\ufeff\u{1f600}İΣẞ",
);

/** Any string that may be a URL in a secret. */
export const anyUrl: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: place.chain((at) => urlAt(at)) },
  { weight: 3, arbitrary: fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join("")) },
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.webUrl({ authoritySettings: { withUserInfo: true, withIPv6: true, withPort: true } }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
