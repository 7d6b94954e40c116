import assert from "node:assert/strict";
import { isGoIpv6 } from "./go_ipv6.ts";
import { goUrlString } from "./go_url.ts";

/** A URL, and Go's output for it (the same when absent), as measured with Go 1.26. */
const PRINTED: [url: string, printed?: string][] = [
  ["https://git.example.com/a b/c", "https://git.example.com/a%20b/c"],
  ["https://git.example.com/a%20b/c"],
  ['https://git.example.com/a"b', "https://git.example.com/a%22b"],
  ["https://git.example.com/a%22b"],
  // If one character needs encoding, everything is encoded again; otherwise nothing changes.
  ["https://git.example.com/a%2fb c", "https://git.example.com/a/b%20c"],
  ["https://git.example.com/a%2fb%20c"],
  ["https://git.example.com/%7e", "https://git.example.com/%7e"],
  ["https://git.example.com/~[a]!'()*"],
  ["https://git.example.com/~[a] ", "https://git.example.com/~%5Ba%5D%20"],
  ["https://git.example.com/a|b", "https://git.example.com/a%7Cb"],
  ["https://git.example.com/{a}", "https://git.example.com/%7Ba%7D"],
  ["https://git.example.com/ö", "https://git.example.com/%C3%B6"],
  ["https://git.example.com/%c3%b6"],
  ["https://ö.example.com/x", "https://%C3%B6.example.com/x"],
  ["https://%c3%b6.example.com/x", "https://%C3%B6.example.com/x"],
  ["HTTPS://Git.Example.com/X", "https://Git.Example.com/X"],
  ["https://u:p%40@x/y", "https://u:p%40@x/y"],
  ["https://us%65r@x/y", "https://user@x/y"],
  ["https://a@b@x/y", "https://a%40b@x/y"],
  ["ssh://git@x/y z", "ssh://git@x/y%20z"],
  ["ssh://git@x/y/"],
  ["https://x"],
  ["https://x:/y"],
  ["https://x/?"],
  ["https://x/?a=b c"],
  ["https://x/??"],
  ["https://x/#", "https://x/"],
  ["https://x/#a b", "https://x/#a%20b"],
  ["https://x/#a%20b"],
  ["https://", "https:"],
  ["https:///x"],
  ["https:/x"],
  ["//x/y"],
  ["///x"],
  ["/x y", "/x%20y"],
  ["*"],
  [""],
  // A host with a port is parsed as a scheme, so the rest is printed unchanged.
  ["registry.example.com:5000/a b"],
  ["registry.example.com/a b", "registry.example.com/a%20b"],
  ["ghcr.io"],
  ["a%3ab", "a%3ab"],
  ["a%3ab c", "./a:b%20c"],
  ["https://[::1]:8443/x"],
  ["https://[fe80::1%25en0]/x"],
  ["https://[fe80::1%25e%20n]/x"],
  ["https://[FE80::1]/x"],
  ["oci://192.0.2.10:1843/x"],
  ["oci://a:b:80/x"],
];

for (const [url, printed = url] of PRINTED) {
  Deno.test(`Go prints ${JSON.stringify(url)} as ${printed}`, () => {
    assert.equal(goUrlString(url), printed);
  });
}

const UNPARSABLE = [
  "192.0.2.10:1843/x",
  "3scale.example.com:5000",
  "[2001:db8::5]:5000/x",
  "[2001:db8::5]",
  "_a:b",
  ":x",
  "https://x/%zz",
  "https://x/%2",
  "https://x/#%zz",
  "https://x/\n",
  "https://x/\x7f",
  "https://x y/",
  "https://x:port/",
  "https://a:b:80/",
  "https://%41/",
  "https://[::1/",
  "https://x[::1]/",
  "https://[::1]x/",
  "https://[192.0.2.1]/",
  "https://[::g]/",
  "https://[fe80::1%25]/",
  "https://[fe80::1%25a%2f]/",
  "https://a\\b@x/",
  "https://a|b/",
];

for (const url of UNPARSABLE) {
  Deno.test(`Go cannot parse ${JSON.stringify(url)}`, () => {
    assert.equal(goUrlString(url), undefined);
  });
}

const ADDRESSES: [text: string, isOne: boolean][] = [
  ["::", true],
  ["::1", true],
  ["1::", true],
  ["1:2:3:4:5:6:7:8", true],
  ["1:2:3:4:5:6:7::", true],
  ["::2:3:4:5:6:7:8", true],
  ["1:2:3:4:5:6:192.0.2.1", true],
  ["::ffff:192.0.2.1", true],
  ["fe80::1%en0", true],
  ["", false],
  [":", false],
  [":::", false],
  ["1::2::3", false],
  ["1:2:3:4:5:6:7", false],
  ["1:2:3:4:5:6:7:8:9", false],
  ["1:2:3:4::5:6:7:8", false],
  ["12345::", false],
  ["192.0.2.1", false],
  ["::192.0.2.256", false],
  ["::192.0.2.01", false],
  ["192.0.2.1::", false],
  ["1:2:3:4:5:6:7:192.0.2.1", false],
  ["fe80::1%", false],
  ["1:", false],
];

for (const [text, isOne] of ADDRESSES) {
  Deno.test(`'${text}' is ${isOne ? "an" : "not an"} IPv6 address to Go`, () => {
    assert.equal(isGoIpv6(text), isOne);
  });
}
