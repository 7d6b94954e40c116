import { clusterOf, fails, refused, type Row, unsafe, works } from "./row.ts";

const LOADING = /error loading config file/;
const TWICE = /have the same name$/;

/** The lists of a kubeconfig, and which of their entries matter. */
export const ENTRY_ROWS: readonly Row[] = [
  refused(
    "a duplicate entry for the current cluster, of which the first is another one",
    (draft, { canary }) => {
      draft.clusters.unshift({ name: "c", cluster: { server: `https://${canary}.invalid` } });
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate entry for the current user",
    (draft, { canary }) => {
      draft.users.push({ name: "u", user: { token: canary } });
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate entry for the current context",
    (draft) => {
      draft.contexts.push(draft.contexts[0]);
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate entry for an unused cluster",
    (draft) => {
      for (let i = 0; i < 2; i++) draft.clusters.push({ name: "d", cluster: {} });
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate entry for an unused user",
    (draft) => {
      draft.users.push(draft.users[1]);
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate entry for an unused context",
    (draft) => {
      for (let i = 0; i < 2; i++) draft.contexts.push({ name: "y", context: {} });
    },
    TWICE,
    /duplicate name/,
  ),
  refused(
    "a duplicate extension in an unused user",
    (draft) => {
      const extension = { name: "e", extension: {} };
      draft.users[1].user.extensions = [extension, extension];
    },
    TWICE,
    /duplicate name/,
  ),
  works("an unused context without a cluster", (draft) => {
    draft.contexts.push({ name: "dev", context: { namespace: "x", user: "", cluster: "" } });
  }),
  works("an unused context with a missing cluster and user", (draft) => {
    draft.contexts.push({ name: "dev", context: { cluster: "gone", user: "gone" } });
  }),
  works("an unused cluster with an empty server", (draft) => {
    draft.clusters.push({ name: "d", cluster: { server: "" } });
  }),
  works("an unused cluster with an invalid server", (draft) => {
    draft.clusters.push({ name: "d", cluster: { server: "ht!tp://[", "proxy-url": "no:proxy" } });
  }),
  works("an unused user that is null", (draft) => {
    draft.users.push({ name: "v", user: null });
  }),
  works("an unused user with contradictory fields", (draft, { canary }) => {
    const contradicting = { token: canary, username: "x", "client-certificate": "gone.pem" };
    draft.users.push({ name: "v", user: { ...contradicting, exec: { command: "" } } });
  }),
  works("an unused cluster with a missing certificate authority file", (draft) => {
    draft.clusters.push({ name: "d", cluster: { "certificate-authority": "gone.pem" } });
  }),
  works("a null entry", (draft) => {
    draft.clusters.push(null);
  }),
  works("'preferences' and 'extensions'", (draft) => {
    draft.preferences = { colors: true };
    draft.extensions = [{ name: "e", extension: [1, null, { a: "b" }] }];
  }),
  works("'preferences' and 'extensions' that are null", (draft) => {
    draft.preferences = null;
    draft.extensions = null;
  }),
  works("unknown fields", (draft) => {
    draft["more-of-it"] = { a: [1] };
    clusterOf(draft).more = 1;
    draft.contexts[0].more = [];
  }),
  works("an invalid namespace", (draft) => {
    draft.contexts[0].context.namespace = "Not A Namespace";
  }),
  works("no apiVersion and no kind", (draft) => {
    delete draft.apiVersion;
    delete draft.kind;
  }),
  works("an empty apiVersion and kind", (draft) => {
    draft.apiVersion = "";
    draft.kind = null;
  }),
  refused(
    "apiVersion v2",
    (draft) => {
      draft.apiVersion = "v2";
    },
    /^its 'apiVersion' is not 'v1'$/,
    /no kind "Config" is registered for version "v2"/,
  ),
  refused(
    "an apiVersion with a group",
    (draft) => {
      draft.apiVersion = "config.k8s.io/v1";
    },
    /^its 'apiVersion' is not 'v1'$/,
    LOADING,
  ),
  refused(
    "apiversion in lower case, which is read anyway",
    (draft) => {
      delete draft.apiVersion;
      draft.apiversion = "v2";
    },
    /^its 'apiVersion' is not 'v1'$/,
    LOADING,
  ),
  refused(
    "another kind",
    (draft) => {
      draft.kind = "Secret";
    },
    /^its 'kind' is not 'Config'$/,
    LOADING,
  ),
  refused(
    "clusters that are not a list",
    (draft) => {
      draft.clusters = { c: draft.clusters[0].cluster };
    },
    /^its 'clusters' is not a list$/,
    LOADING,
  ),
  refused(
    "an unused user that is not a mapping",
    (draft, { canary }) => {
      draft.users[1].user = canary;
    },
    /^its 'users\[1\]\.user' is not a mapping$/,
    LOADING,
  ),
  refused(
    "a quoted flag in an unused cluster",
    (draft) => {
      draft.clusters.push({ name: "d", cluster: { "insecure-skip-tls-verify": "true" } });
    },
    /^its 'clusters\[1\]\.cluster\.insecure-skip-tls-verify' is not true or false$/,
    LOADING,
  ),
  refused(
    "a numeric token in an unused user",
    (draft) => {
      draft.users[1].user.token = 1234567;
    },
    /^its 'users\[1\]\.user\.token' is not a string; put it in quotes$/,
    LOADING,
  ),
  refused(
    "data in an unused user that is not base64",
    (draft, { canary }) => {
      draft.users[1].user["client-key-data"] = canary;
    },
    /^its 'users\[1\]\.user\.client-key-data' is not base64$/,
    /illegal base64/,
  ),
  fails(
    "a field name in the wrong case, which is ignored",
    (draft, { token }) => {
      draft.users[0].user = { Token: token, username: "u", password: "p" };
    },
    "forbidden",
    /system:anonymous/,
  ),
  unsafe(
    "no current context",
    (draft) => {
      delete draft["current-context"];
    },
    /^its 'current-context' is not set$/,
    /localhost:8080|connection.*refused|no configuration/,
    "kubectl connects to http://localhost:8080, whoever listens there",
  ),
  works("no current context and a context without a name, which is used", (draft) => {
    draft["current-context"] = "";
    draft.contexts[0].name = "";
  }),
  refused(
    "a current context that does not exist",
    (draft) => {
      draft["current-context"] = "y";
    },
    /^its 'current-context' names a context that does not exist$/,
    /context was not found/,
  ),
  unsafe(
    "a current cluster that does not exist",
    (draft) => {
      draft.contexts[0].context.cluster = "d";
    },
    /^its current context names a cluster that does not exist$/,
    /localhost:8080|connection.*refused/,
    "kubectl connects to http://localhost:8080, whoever listens there",
  ),
  refused(
    "a current user that does not exist",
    (draft) => {
      draft.contexts[0].context.user = "v";
    },
    /^its current context names a user that does not exist$/,
    /EOF|Username/,
  ),
  unsafe("nothing", () => "", /^it is empty$/, /localhost:8080|connection.*refused/, "as above"),
  unsafe(
    "only comments",
    () => "# nothing\n",
    /^it is not a YAML mapping$/,
    /localhost:8080|connection.*refused|Object|json/,
    "as above",
  ),
];
