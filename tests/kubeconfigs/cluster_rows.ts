import { clusterOf, credentials, fails, refused, type Row, unsafe, works } from "./row.ts";

const AUTHORITY = "certificate-authority";
const NO_SERVER = /^the 'server' of its current cluster is not an http or https URL$/;

/** By plain HTTP nothing is said of the user. */
const PLAIN = (server: (plain: string) => string): Row["make"] => (draft, { plain }) => {
  draft.clusters[0].cluster = { server: server(plain) };
};

/** The current cluster. */
export const CLUSTER_ROWS: readonly Row[] = [
  works("a server by plain HTTP", PLAIN((plain) => `http://${plain}`)),
  works("a host and a port without a scheme, which is plain HTTP", PLAIN((plain) => plain)),
  works("a host and a port and a slash", PLAIN((plain) => `${plain}/`)),
  works(
    "a name and a port without a scheme",
    PLAIN((plain) => plain.replace("127.0.0.1", "localhost")),
  ),
  works("a server with a slash at its end", (draft, { url }) => {
    clusterOf(draft).server = `${url}/`;
  }),
  works("a server whose scheme is in capitals", (draft, { url }) => {
    clusterOf(draft).server = url.replace("https", "HTTPS");
  }),
  works("a server with a query and a fragment, which are left out", (draft, { url }) => {
    clusterOf(draft).server = `${url}/?a=b#c`;
  }),
  works("plain HTTP, and whatever is said of the user and the authority", (draft, { plain }) => {
    draft.clusters[0].cluster = {
      server: `http://${plain}`,
      "insecure-skip-tls-verify": true,
      [`${AUTHORITY}-data`]: btoa("no PEM"),
    };
    credentials(draft, { token: "with\na line break" });
  }),
  unsafe(
    "an empty server",
    (draft) => {
      clusterOf(draft).server = "";
    },
    NO_SERVER,
    /localhost:8080|connection.*refused|tls/,
    "kubectl asks localhost:8080, whoever listens there",
  ),
  refused(
    "a host and a port and a path without a scheme",
    PLAIN((plain) => `${plain}/k8s`),
    NO_SERVER,
    /host must be a URL or a host:port pair/,
  ),
  refused(
    "one slash after the scheme",
    PLAIN((plain) => `http:/${plain}`),
    NO_SERVER,
    /host must be/,
  ),
  refused("another scheme", PLAIN((plain) => `ftp://${plain}`), NO_SERVER, /protocol scheme/),
  refused("a space before the server", PLAIN((plain) => ` http://${plain}`), NO_SERVER, /./),
  refused("a port that is none", PLAIN(() => "https://127.0.0.1:99999"), NO_SERVER, /invalid port/),
  refused("a port that is a word", PLAIN(() => "https://127.0.0.1:https"), NO_SERVER, /./),
  fails(
    "a user and a password in the server, which are sent in place of the token",
    (draft, { url, canary }) => {
      clusterOf(draft).server = url.replace("://", `://admin:${canary}@`);
    },
    "forbidden",
    /Forbidden|forbidden/,
  ),
  refused(
    "a user in the server with an escape that is none",
    PLAIN((plain) => `http://a%zz@${plain}`),
    NO_SERVER,
    /./,
  ),
  works(
    "a user and a password in the server by plain HTTP",
    PLAIN((plain) => `http://u:p@${plain}`),
  ),
  works("an authority in a file", (draft) => {
    draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
  }, { files: ({ ca }) => ({ "ca.pem": ca }) }),
  works("an authority in a file beside the link that the kubeconfig is", (draft) => {
    draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
  }, { files: ({ ca }) => ({ "ca.pem": ca }), isLink: true }),
  works("an authority among others, with words between", (draft, { ca, otherCa }) => {
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(`first\n${otherCa}\nand then\n${ca}`);
  }),
  works("an authority behind a certificate that is none", (draft, { ca }) => {
    const none = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(none + ca);
  }),
  works("an authority in base64 over lines", (draft, { ca }) => {
    clusterOf(draft)[`${AUTHORITY}-data`] = btoa(ca).replace(/.{64}/g, "$&\n");
  }),
  refused(
    "an authority both as data and in a file",
    (draft) => {
      clusterOf(draft)[AUTHORITY] = "ca.pem";
    },
    /^its current cluster has both 'certificate-authority' and 'certificate-authority-data'$/,
    /are both specified/,
    { files: ({ ca }) => ({ "ca.pem": ca }) },
  ),
  refused(
    "an authority beside insecure-skip-tls-verify",
    (draft) => {
      clusterOf(draft)["insecure-skip-tls-verify"] = true;
    },
    /^its current cluster sets both a certificate authority and 'insecure-skip-tls-verify'$/,
    /root certificates file with the insecure flag/,
  ),
  refused(
    "an authority in a file beside insecure-skip-tls-verify",
    (draft) => {
      const server = withoutAuthority(draft);
      const insecure = { "insecure-skip-tls-verify": true };
      draft.clusters[0].cluster = { ...server, ...insecure, [AUTHORITY]: "ca.pem" };
    },
    /^its current cluster sets both a certificate authority and 'insecure-skip-tls-verify'$/,
    /root certificates file with the insecure flag/,
    { files: ({ ca }) => ({ "ca.pem": ca }) },
  ),
  works("insecure-skip-tls-verify alone", (draft) => {
    const server = withoutAuthority(draft);
    draft.clusters[0].cluster = { ...server, "insecure-skip-tls-verify": true };
  }),
  refused(
    "data of an authority that is no PEM",
    (draft, { canary }) => {
      clusterOf(draft)[`${AUTHORITY}-data`] = btoa(canary);
    },
    /^the 'certificate-authority-data' of its current cluster contains no PEM certificate$/,
    /unable to load root certificates/,
  ),
  refused(
    "data of an authority that is a key",
    (draft, { client }) => {
      clusterOf(draft)[`${AUTHORITY}-data`] = btoa(client.key);
    },
    /^the 'certificate-authority-data' of its current cluster contains no PEM certificate$/,
    /unable to load root certificates/,
  ),
  refused(
    "a file of an authority that is no PEM",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
    },
    /^the 'certificate-authority' of its current cluster \(.*ca\.pem\) contains no PEM certificate$/,
    /unable to load root certificates/,
    { files: ({ canary }) => ({ "ca.pem": canary }) },
  ),
  refused(
    "a file of an authority that is not there",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "gone.pem" };
    },
    /^the 'certificate-authority' of its current cluster \(.*gone\.pem\) does not exist$/,
    /unable to read certificate-authority/,
  ),
  fails(
    "an empty file of an authority, which stands for the system's",
    (draft) => {
      draft.clusters[0].cluster = { ...withoutAuthority(draft), [AUTHORITY]: "ca.pem" };
    },
    "untrusted",
    /x509/,
    { files: () => ({ "ca.pem": "" }) },
  ),
  fails(
    "another authority",
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
    "a proxy of another kind",
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
