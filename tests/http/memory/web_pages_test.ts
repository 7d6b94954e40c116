import { remove, repo, sent, show, verification } from "../requests.ts";
import { get, type Headers, refused, type Row, testsOf } from "../support.ts";

/** Web pages and the endpoints beyond the seed: what a page may do, and what is rejected. */

type Make = (headers: Headers) => Request;

const there = sent(() => repo());

const WRITES: [what: string, make: Make, before?: Row["before"]][] = [
  ["add_repo", (headers) => repo({}, headers)],
  ["verify", (headers) => verification({}, headers)],
  ["DELETE /secrets", (headers) => remove({}, headers), there],
];
const SHOW: [what: string, make: Make, before: Row["before"]] = [
  "GET /secrets/{name}",
  (headers) => show("my-repo", {}, headers),
  there,
];

const accepting: Row["options"] = {
  verifyOne: () =>
    Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "It is fine" }),
};

const FOREIGN = ["https://evil.example", "null", "", "http://localhost.evil.example"];
const OWN = ["http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:8091"];
const NO_CORS = { "Access-Control-Allow-Origin": null };
const ORIGIN = {
  error: true,
  message: "Requests from web pages of this origin are not allowed. Add the origin to " +
    "the setting cors-origins",
  status_code: 403,
};
const HOST = {
  error: true,
  message: "Host name not allowed. Add it to the setting allowed-hosts",
  status_code: 421,
};
const SITE = {
  error: true,
  message: "Requests from web pages of other sites are not allowed",
  status_code: 403,
};

const writes = WRITES.flatMap(([what, make, before]): Row[] => [
  ...FOREIGN.map((Origin) =>
    refused(`${what} from a page of '${Origin}' is rejected`, () => make({ Origin }), 403, ORIGIN, {
      before,
      headers: NO_CORS,
    })
  ),
  ...OWN.map((Origin): Row => ({
    name: `${what} from a page of ${Origin} is accepted`,
    request: () => make({ Origin }),
    options: accepting,
    before,
    status: 200,
    headers: { "Access-Control-Allow-Origin": Origin, Vary: "Origin" },
  })),
  {
    name: `${what} without an Origin is accepted`,
    request: () => make({}),
    options: accepting,
    before,
    status: 200,
    headers: NO_CORS,
  },
]);

const everywhere = [...WRITES, SHOW].flatMap(([what, make, before]): Row[] => [
  ...["cross-site", "same-site"].map((site) =>
    refused(
      `${what} marked ${site} by the browser is rejected`,
      () => make({ "Sec-Fetch-Site": site }),
      403,
      SITE,
      { before },
    )
  ),
  ...["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"].map((Host) =>
    refused(`${what} under host ${Host} is rejected`, () => make({ Host }), 421, HOST, {
      before,
    })
  ),
]);

const TYPE = /^Web pages must send the body as Content-Type: application\/json$/;
const page = { Origin: "http://localhost:3000" };

for (
  const test of testsOf([
    ...writes,
    ...everywhere,
    ...WRITES.slice(0, 2).map(([what, make]) =>
      refused(
        `${what} from a page requires JSON`,
        () => make({ ...page, "Content-Type": "text/plain" }),
        415,
        TYPE,
      )
    ),
    {
      name: "a deletion has no body, so it requires no content type from a page",
      request: () => remove({}, { ...page, "Content-Type": "text/plain" }),
      before: there,
      status: 200,
      changes: true,
    },
    ...FOREIGN.map((Origin) =>
      refused(
        `GET /secrets/{name} from a page of '${Origin}' is rejected`,
        () => show("my-repo", {}, { Origin }),
        403,
        ORIGIN,
        { before: there, headers: NO_CORS },
      )
    ),
    {
      name: "a preflight for a deletion is granted to an allowed page",
      request: () =>
        get("/secrets", { ...page, "Access-Control-Request-Method": "DELETE" }, "OPTIONS"),
      status: 204,
      headers: {
        "Access-Control-Allow-Origin": page.Origin,
        "Access-Control-Allow-Methods": "GET,HEAD,POST,DELETE",
      },
      opens: false,
    },
    {
      name: "a preflight for a deletion is not granted to a page of another site",
      request: () =>
        get("/secrets", {
          Origin: "https://evil.example",
          "Access-Control-Request-Method": "DELETE",
        }, "OPTIONS"),
      status: 204,
      headers: NO_CORS,
      opens: false,
    },
  ])
) Deno.test(test);
