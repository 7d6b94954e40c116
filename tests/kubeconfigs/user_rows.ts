import { credentials, fails, refused, type Row, userOf, works } from "./row.ts";

const inData = (name: string, pem: string) => ({ [`client-${name}-data`]: btoa(pem) });
const pairOf = ({ certificate, key }: { certificate: string; key: string }) => ({
  ...inData("certificate", certificate),
  ...inData("key", key),
});
const HEADER = /is not allowed in an HTTP header$/;
const GO_HEADER = /invalid header field value/;

/** The current user, without plugins. */
export const USER_ROWS: readonly Row[] = [
  works("a certificate and its key", (draft, { client }) => {
    credentials(draft, pairOf(client));
  }),
  works("a certificate and its key in files", (draft) => {
    credentials(draft, { "client-certificate": "u.crt", "client-key": "u.key" });
  }, { files: ({ client }) => ({ "u.crt": client.certificate, "u.key": client.key }) }),
  works("a certificate in a file and its key as data", (draft, { client }) => {
    credentials(draft, { "client-certificate": "u.crt", ...inData("key", client.key) });
  }, { files: ({ client }) => ({ "u.crt": client.certificate }) }),
  refused(
    "a certificate without its key",
    (draft, { client }) => {
      credentials(draft, inData("certificate", client.certificate));
    },
    /^its current user has a client certificate without its key$/,
    /client-key-data or client-key must be specified/,
  ),
  refused(
    "a certificate without its key, beside a token",
    (draft, { client }) => {
      Object.assign(userOf(draft), inData("certificate", client.certificate));
    },
    /^its current user has a client certificate without its key$/,
    /client-key-data or client-key must be specified/,
  ),
  works("a key without a certificate, which is ignored", (draft, { canary }) => {
    Object.assign(userOf(draft), { ...inData("key", canary), "client-key": "gone.pem" });
  }),
  refused(
    "a certificate that is not PEM",
    (draft, { client, canary }) => {
      credentials(draft, { ...pairOf(client), ...inData("certificate", canary) });
    },
    /^the 'client-certificate-data' of its current user contains no PEM certificate$/,
    /tls: failed to find any PEM data in certificate/,
  ),
  refused(
    "a key that is not PEM",
    (draft, { client, canary }) => {
      credentials(draft, { ...pairOf(client), ...inData("key", canary) });
    },
    /^the 'client-certificate-data' of its current user comes with a client key that is not PEM$/,
    /tls: failed to find any PEM data in key/,
  ),
  refused(
    "a key of another certificate",
    (draft, { client, otherKey }) => {
      credentials(draft, { ...pairOf(client), ...inData("key", otherKey) });
    },
    /^the 'client-certificate-data' of its current user does not match its client key \(private key does not match public key\)$/,
    /private key does not match public key/,
  ),
  refused(
    "a key of another certificate, both in files",
    (draft) => {
      credentials(draft, { "client-certificate": "u.crt", "client-key": "u.key" });
    },
    /^the 'client-certificate' of its current user \(.*\) does not match its client key \(private key does not match public key\)$/,
    /private key does not match public key/,
    { files: ({ client, otherKey }) => ({ "u.crt": client.certificate, "u.key": otherKey }) },
  ),
  refused(
    "a certificate both as data and in a file",
    (draft, { client }) => {
      credentials(draft, { ...pairOf(client), "client-certificate": "u.crt" });
    },
    /^its current user has both 'client-certificate' and 'client-certificate-data'$/,
    /are both specified/,
    { files: ({ client }) => ({ "u.crt": client.certificate }) },
  ),
  refused(
    "a key both as data and in a file",
    (draft, { client }) => {
      credentials(draft, { ...pairOf(client), "client-key": "u.key" });
    },
    /^its current user has both 'client-key' and 'client-key-data'$/,
    /are both specified/,
    { files: ({ client }) => ({ "u.key": client.key }) },
  ),
  refused(
    "a certificate file that does not exist",
    (draft, { client }) => {
      credentials(draft, { "client-certificate": "gone.crt", ...inData("key", client.key) });
    },
    /^the 'client-certificate' of its current user \(.*gone\.crt\) does not exist$/,
    /unable to read client-cert/,
  ),
  works("a token and a certificate", (draft, { client }) => {
    Object.assign(userOf(draft), pairOf(client));
  }),
  refused(
    "a user name beside a token",
    (draft) => {
      userOf(draft).username = "u";
    },
    /^its current user has both a token and a user name or password$/,
    /more than one authentication method/,
  ),
  refused(
    "a password beside a token",
    (draft, { canary }) => {
      userOf(draft).password = canary;
    },
    /^its current user has both a token and a user name or password$/,
    /more than one authentication method/,
  ),
  fails(
    "a user name and a password that the server does not accept",
    (draft, { canary }) => {
      credentials(draft, { username: "u", password: canary });
    },
    "forbidden",
    /forbidden/,
  ),
  refused(
    "a user name beside a token file",
    (draft) => {
      credentials(draft, { tokenFile: "token", username: "u" });
    },
    /^its current user has both a token and a user name or password$/,
    /username\/password or bearer token may be set, but not both/,
    { files: ({ token }) => ({ token }) },
  ),
  refused(
    "a password without a user name",
    (draft, { canary }) => {
      credentials(draft, { password: canary });
    },
    /^its current user has no credentials$/,
    /EOF|Username/,
  ),
  refused(
    "no credentials",
    (draft) => {
      credentials(draft, {});
    },
    /^its current user has no credentials$/,
    /EOF|Username/,
  ),
  refused(
    "impersonation without credentials",
    (draft) => {
      credentials(draft, { as: "reader" });
    },
    /^its current user has no credentials$/,
    /EOF|Username/,
  ),
  refused(
    "null",
    (draft) => {
      credentials(draft, null);
    },
    /^its current user has no credentials$/,
    /EOF|Username/,
  ),
  fails(
    "a token that the server does not accept",
    (draft, { canary }) => {
      credentials(draft, { token: canary });
    },
    "unauthorized",
    /Unauthorized/,
  ),
  fails(
    "a token with non-ASCII letters",
    (draft) => {
      credentials(draft, { token: "fäke-tökén" });
    },
    "unauthorized",
    /Unauthorized/,
  ),
  refused(
    "a token with a line break",
    (draft, { token }) => {
      credentials(draft, { token: `${token}\n` });
    },
    HEADER,
    GO_HEADER,
  ),
  works("a token file", (draft) => {
    credentials(draft, { tokenFile: "token" });
  }, { files: ({ token }) => ({ token: `${token}\n` }) }),
  works("a token file, which takes precedence over the token", (draft, { canary }) => {
    credentials(draft, { tokenFile: "token", token: canary });
  }, { files: ({ token }) => ({ token }) }),
  works("a token beside a missing token file", (draft) => {
    userOf(draft).tokenFile = "gone";
  }),
  works("a token beside an empty token file", (draft) => {
    userOf(draft).tokenFile = "token";
  }, { files: () => ({ token: "" }) }),
  refused(
    "a token file that does not exist",
    (draft) => {
      credentials(draft, { tokenFile: "gone" });
    },
    /^the 'tokenFile' of its current user \(.*gone\) does not exist$/,
    /no such file/,
  ),
  refused(
    "an empty token file",
    (draft) => {
      credentials(draft, { tokenFile: "token" });
    },
    /^the 'tokenFile' of its current user \(.*token\) is empty$/,
    /EOF|Username/,
    { files: () => ({ token: "" }) },
  ),
  refused(
    "a token file of two lines",
    (draft) => {
      credentials(draft, { tokenFile: "token" });
    },
    HEADER,
    GO_HEADER,
    { files: ({ token }) => ({ token: `${token}\nand more` }) },
  ),
  works("an impersonated user", (draft) => {
    userOf(draft).as = "reader";
  }),
  fails(
    "an impersonated user without rights",
    (draft) => {
      userOf(draft).as = "no-rights";
    },
    "forbidden",
    /forbidden/,
  ),
  works("impersonated groups and uid", (draft) => {
    Object.assign(userOf(draft), {
      as: "nobody",
      "as-uid": "12",
      "as-groups": ["a", "system:masters"],
    });
  }),
  works("'as-user-extra'", (draft) => {
    Object.assign(userOf(draft), {
      as: "reader",
      "as-user-extra": { "example.org/scope": ["a", "b"], "öther %": ["c"], none: [] },
    });
  }),
  works("an empty 'as-user-extra'", (draft) => {
    userOf(draft)["as-user-extra"] = {};
  }),
  works("'as-groups' that are null", (draft) => {
    userOf(draft)["as-groups"] = null;
  }),
  refused(
    "impersonated groups without a user",
    (draft) => {
      userOf(draft)["as-groups"] = ["system:masters"];
    },
    /without 'as'$/,
    /without impersonating a user/,
  ),
  refused(
    "'as-user-extra' without a user",
    (draft) => {
      userOf(draft)["as-user-extra"] = { a: ["b"] };
    },
    /without 'as'$/,
    /without impersonating a user/,
  ),
  refused(
    "an impersonated user with a line break",
    (draft) => {
      userOf(draft).as = "reader\nX: y";
    },
    HEADER,
    GO_HEADER,
  ),
];
