import { clusterOf, credentials, fails, refused, type Row, unsafe, works } from "./row.ts";

const AUTHORITY = "certificate-authority";
const NO_SERVER = /^the 'server' of its current cluster is not an http or https URL$/;

/** Over plain HTTP no credentials are sent. */
const PLAIN = (server: (plain: string) => string): Row["make"] => (draft, { plain }) => {
  draft.clusters[0].cluster = { server: server(plain) };
};

/** The current cluster. */
export const CLUSTER_ROWS: readonly Row[] = [
  works("a server over plain HTTP", PLAIN((plain) => `http://${plain}`)),
  works("a host and a port without a scheme, which means plain HTTP", PLAIN((plain) => plain)),
  works("a host and a port and a slash", PLAIN((plain) => `${plain}/`)),
  works(
    "a name and a port without a scheme",
    PLAIN((plain) => plain.replace("127.0.0.1", "localhost")),
  ),
  works("a server with a trailing slash", (draft, { url }) => {
    clusterOf(draft).server = `${url}/`;
  }),
  works("a server with an upper-case scheme", (draft, { url }) => {
    clusterOf(draft).server = url.replace("https", "HTTPS");
  }),
  works("a server with a query and a fragment, which are ignored", (draft, { url }) => {
    clusterOf(draft).server = `${url}/?a=b#c`;
  }),
  works(
    "plain HTTP with an unusable user and certificate authority, which are ignored",
    (draft, { plain }) => {
      draft.clusters[0].cluster = {
        server: `http://${plain}`,
        "insecure-skip-tls-verify": true,
        [`${AUTHORITY}-data`]: btoa("no PEM"),
      };
      credentials(draft, { token: "with\na line break" });
    },
  ),
  unsafe(
    "an empty server",
    (draft) => {
      clusterOf(draft).server = "";
    },
    NO_SERVER,
    /localhost:8080|connection.*refused|tls/,
    "kubectl connects to localhost:8080, whoever listens there",
  ),
  refused(
    "a host, a port and a path without a scheme",
    PLAIN((plain) => `${plain}/k8s`),
    NO_SERVER,
    /host must be a URL or a host:port pair/,
  ),
  refused(
    "a single slash after the scheme",
    PLAIN((plain) => `http:/${plain}`),
    NO_SERVER,
    /host must be/,
  ),
  refused("another scheme", PLAIN((plain) => `ftp://${plain}`), NO_SERVER, /protocol scheme/),
  refused("a leading space in the server", PLAIN((plain) => ` http://${plain}`), NO_SERVER, /./),
  refused("an invalid port", PLAIN(() => "https://127.0.0.1:99999"), NO_SERVER, /invalid port/),
  refused("a non-numeric port", PLAIN(() => "https://127.0.0.1:https"), NO_SERVER, /./),
  fails(
    "a user and a password in the server, which replace the token",
    (draft, { url, canary }) => {
      clusterOf(draft).server = url.replace("://", `://admin:${canary}@`);
    },
    "forbidden",
    /Forbidden|forbidden/,
  ),
  refused(
    "a user in the server with an invalid percent escape",
    PLAIN((plain) => `http://a%zz@${plain}`),
    NO_SERVER,
    /./,
  ),
  works(
    "a user and a password in a plain HTTP server",
    PLAIN((plain) => `http://u:p@${plain}`),
  ),
  works("a certificate authority in a file", (draft) => {
    draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
  }, { files: ({ ca }) => ({ "ca.pem": ca }) }),
  works("a certificate authority in a file, relative to a symbolic link", (draft) => {
    draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
  }, { files: ({ ca }) => ({ "ca.pem": ca }), isLink: true }),
  works("several certificate authorities with text between them", (draft, { ca, otherCa }) => {
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(`first\n${otherCa}\nand then\n${ca}`);
  }),
  works("a certificate authority after an invalid certificate", (draft, { ca }) => {
    const none = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(none + ca);
  }),
  works("a certificate authority in wrapped base64", (draft, { ca }) => {
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(ca).replace(/.{64}/g, "$&\n");
  }),
  refused(
    "a certificate authority both as data and in a file",
    (draft) => {
      clusterOf(draft)[AUTHORITY] = "ca.pem";
    },
    /^its current cluster has both 'certificate-authority' and 'certificate-authority-data'$/,
    /are both specified/,
    { files: ({ ca }) => ({ "ca.pem": ca }) },
  ),
  refused(
    "a certificate authority beside insecure-skip-tls-verify",
    (draft) => {
      clusterOf(draft)["insecure-skip-tls-verify"] = true;
    },
    /^its current cluster sets both a certificate authority and 'insecure-skip-tls-verify'$/,
    /root certificates file with the insecure flag/,
  ),
  refused(
    "a certificate authority in a file beside insecure-skip-tls-verify",
    (draft) => {
      const server = withoutAuthority(draft);
      const insecure = { "insecure-skip-tls-verify": true };
      draft.clusters[0].cluster = { ...server, ...insecure, [AUTHORITY]: "ca.pem" };
    },
    /^its current cluster sets both a certificate authority and 'insecure-skip-tls-verify'$/,
    /root certificates file with the insecure flag/,
    { files: ({ ca }) => ({ "ca.pem": ca }) },
  ),
  works("insecure-skip-tls-verify only", (draft) => {
    const server = withoutAuthority(draft);
    draft.clusters[0].cluster = { ...server, "insecure-skip-tls-verify": true };
  }),
  refused(
    "certificate authority data that is not PEM",
    (draft, { canary }) => {
      clusterOf(draft)[`${AUTHORITY}-data`] = btoa(canary);
    },
    /^the 'certificate-authority-data' of its current cluster contains no PEM certificate$/,
    /unable to load root certificates/,
  ),
  refused(
    "certificate authority data that is a key",
    (draft, { client }) => {
      clusterOf(draft)[`${AUTHORITY}-data`] = btoa(client.key);
    },
    /^the 'certificate-authority-data' of its current cluster contains no PEM certificate$/,
    /unable to load root certificates/,
  ),
  refused(
    "a certificate authority file that is not PEM",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
    },
    /^the 'certificate-authority' of its current cluster \(.*ca\.pem\) contains no PEM certificate$/,
    /unable to load root certificates/,
    { files: ({ canary }) => ({ "ca.pem": canary }) },
  ),
  refused(
    "a certificate authority file that does not exist",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "gone.pem" };
    },
    /^the 'certificate-authority' of its current cluster \(.*gone\.pem\) does not exist$/,
    /unable to read certificate-authority/,
  ),
  fails(
    "an empty certificate authority file, which means the system's",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
    },
    "untrusted",
    /x509/,
    { files: () => ({ "ca.pem": "" }) },
  ),
  fails(
    "another certificate authority",
    (draft, { otherCa }) => {
      clusterOf(draft)[`${AUTHORITY}-data`] = btoa(otherCa);
    },
    "untrusted",
    /x509/,
  ),
  works("a proxy", (draft, { proxy }) => {
    clusterOf(draft)["proxy-url"] = proxy;
  }),
  works("an empty proxy", (draft) => {
    clusterOf(draft)["proxy-url"] = "";
  }),
  refused(
    "a proxy of an unsupported scheme",
    (draft) => {
      clusterOf(draft)["proxy-url"] = "ftp://127.0.0.1:1";
    },
    /^the 'proxy-url' of its current cluster is not an http, https or socks5 URL$/,
    /unsupported scheme/,
  ),
  refused(
    "a proxy without a scheme",
    (draft) => {
      clusterOf(draft)["proxy-url"] = "127.0.0.1:1";
    },
    /^the 'proxy-url' of its current cluster is not an http, https or socks5 URL$/,
    /could not parse|unsupported scheme/,
  ),
  works("disable-compression", (draft) => {
    clusterOf(draft)["disable-compression"] = true;
  }),
];

function withoutAuthority({ clusters }: { clusters: { cluster: { server: string } }[] }) {
  return { server: clusters[0]!.cluster.server };
}
