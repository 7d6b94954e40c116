import { deepEqual, equal } from "node:assert/strict";
import { countResults, lastLine } from "./report.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="8" failures="2" errors="1" time="0.1">
  <testsuite name="./a_test.ts" tests="8" disabled="2" errors="1" failures="2">
    <testcase name="passes, a &gt; b" classname="./a_test.ts" time="0.000" line="1" col="6">
    </testcase>
    <testcase name="with steps" classname="./a_test.ts" time="0.002" line="2" col="6">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="&quot;later&quot;" classname="./a_test.ts" time="0.000" line="3" col="11">
      <skipped/>
    </testcase>
    <testcase name="with steps &gt; passes" classname="./a_test.ts" time="0.000" line="4" col="1">
    </testcase>
    <testcase name="with steps &gt; fails" classname="./a_test.ts" time="0.000" line="5" col="1">
      <failure message="Uncaught Error: x">Error: &lt;skipped/&gt;</failure>
    </testcase>
    <testcase name="with steps &gt; ignored" classname="./a_test.ts" time="0.000" line="6" col="1">
      <skipped/>
    </testcase>
    <testcase name="left out by a filter" classname="./a_test.ts" line="7" col="6">
      <skipped/>
    </testcase>
    <testcase name="cancelled" classname="./a_test.ts" time="0.000" line="7" col="6">
      <error message="Cancelled"/>
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("tests are counted, steps only when they were skipped, and failures are reported", () => {
  const results = countResults(report, false);
  deepEqual(results, {
    passed: 1,
    failed: 2,
    failures: [
      "./a_test.ts: with steps\n    1 test step failed.",
      "./a_test.ts: with steps > fails\n    Error: <skipped/>",
      "./a_test.ts: cancelled\n    Cancelled",
    ],
    skipped: ['./a_test.ts: "later"', "./a_test.ts: with steps > ignored"],
  });
  equal(lastLine(results), "1 passed, 2 failed, 2 skipped");
});

Deno.test("the first lines of a long failure are reported, with a mark for the rest", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  const report = `<testcase name="long" classname="./a_test.ts" time="0.1">
    <failure message="x">${lines.join("\n")}</failure>
  </testcase>`;
  const [told = ""] = countResults(report, false).failures;
  deepEqual(told.split("\n").slice(0, 2), ["./a_test.ts: long", "    line 0"]);
  deepEqual(told.split("\n").slice(-2), ["    line 29", "    …"]);
});

Deno.test("a run that failed outside of its tests has a failure", () => {
  equal(lastLine(countResults("", false)), "0 passed, 1 failed");
  equal(lastLine(countResults("", true)), "0 passed, 0 failed");
});
