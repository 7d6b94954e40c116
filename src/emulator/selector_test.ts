import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { parseFieldSelector } from "./field_selector.ts";
import { labelSelector as parseLabelSelector } from "./list.ts";
import { EmulatedCluster } from "./cluster.ts";
import { StatusError } from "./status.ts";

const LABELS: Record<string, Record<string, string>> = {
  none: {},
  empty: { a: "" },
  one: { a: "1" },
  two: { a: "2", "example.com/b": "x" },
  word: { in: "in" },
};

const MATCHES: Record<string, string[]> = {
  "": ["none", "empty", "one", "two", "word"],
  "a": ["empty", "one", "two"],
  "!a": ["none", "word"],
  "a=1": ["one"],
  "a==1": ["one"],
  " a = 1 , a ": ["one"],
  "a=": ["empty"],
  "a!=1": ["none", "empty", "two", "word"],
  "a!=1,a": ["empty", "two"],
  "a in (1,2)": ["one", "two"],
  "a in(1)": ["one"],
  "a in ()": ["empty"],
  "a in (,1)": ["empty", "one"],
  "a in (1,,2)": ["empty", "one", "two"],
  "a notin (1,2)": ["none", "empty", "word"],
  "a notin (1),a": ["empty", "two"],
  "in in (in)": ["word"],
  "notin": [],
  "a>1": ["two"],
  "a<2": ["one"],
  "example.com/b=x,a in (2)": ["two"],
  "toString": [],
  "constructor!=x": ["none", "empty", "one", "two", "word"],
};

Deno.test("a label selector matches what the API server matches", () => {
  for (const [selector, expected] of Object.entries(MATCHES)) {
    const matches = parseLabelSelector(selector);
    const found = Object.keys(LABELS).filter((name) => matches(LABELS[name] ?? {}));
    deepStrictEqual(found, expected, selector);
  }
});

/** Measured on kube-apiserver 1.35.4. */
const REFUSED: Record<string, string> = {
  "a,": "found '', expected: identifier after ','",
  ",a": "found ',', expected: !, identifier, or 'end of string'",
  "a,,a": "found ',', expected: identifier after ','",
  "=1": "found '=', expected: !, identifier, or 'end of string'",
  "(a)": "found '(', expected: !, identifier, or 'end of string'",
  "a=1 2": "found '2', expected: ',' or 'end of string'",
  "a=1)": "found ')', expected: ',' or 'end of string'",
  "!a=1": "found '=', expected: ',' or 'end of string'",
  "a b": "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  "a)": "unable to parse requirement: found ')', expected: in, notin, =, ==, !=, gt, lt",
  "a!": "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt",
  "!": "unable to parse requirement: found '', expected: identifier",
  "!!a": "unable to parse requirement: found '!', expected: identifier",
  "a===1": "unable to parse requirement: found '=', expected: identifier",
  "a=(1)": "unable to parse requirement: found '(', expected: identifier",
  "a in 1": "unable to parse requirement: found '1' expected: '('",
  "a in (": "unable to parse requirement: found '', expected: ',', ')' or identifier",
  "a in (1": "unable to parse requirement: found '', expected: ',' or ')'",
  "a in (b c)": "unable to parse requirement: found 'c', expected: ',' or ')'",
  "a>x": 'unable to parse requirement: values[0]: Invalid value: "x": ' +
    "for 'Gt', 'Lt' operators, the value must be an integer",
  "/a": 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty',
};

Deno.test("an invalid label selector is a bad request in the server's words", () => {
  for (const [selector, message] of Object.entries(REFUSED)) {
    throws(
      () => parseLabelSelector(selector),
      (error) => {
        strictEqual((error as StatusError).message, message, selector);
        return (error as StatusError).code === 400;
      },
    );
  }
});

Deno.test("a label selector with a key or value that no label can have is rejected", () => {
  for (
    const selector of ["-a=1", "a/b/c", "A.b/c", "a~1", "ü", "a=ü", "a=b/c", `a=${"v".repeat(64)}`]
  ) {
    throws(() => parseLabelSelector(selector), /unable to parse requirement: .*: Invalid value: /);
  }
});

Deno.test("a field selector compares name, namespace and type", () => {
  const cluster = new EmulatedCluster();
  const secret = cluster.put({ metadata: { name: "a", namespace: "n" }, type: "t" });
  const rows: [string, boolean][] = [
    ["", true],
    ["metadata.name=a", true],
    ["metadata.name==a,metadata.namespace=n", true],
    ["metadata.name!=a", false],
    ["type=t", true],
    ["type!=t", false],
  ];
  for (const [selector, expected] of rows) {
    strictEqual(parseFieldSelector(selector, "secrets")(secret), expected, selector);
  }
  throws(() => parseFieldSelector("foo=1", "secrets"), /field label not supported: foo/);
  throws(() => parseFieldSelector("type=1", "namespaces"), /field label not supported: type/);
  throws(() => parseFieldSelector("foo", "secrets"), /invalid selector: 'foo'; can't understand/);
});
