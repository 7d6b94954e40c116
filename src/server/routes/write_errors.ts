/** The errors that every writing endpoint can answer with, besides 409. */
export const WRITE_ERRORS = {
  400: "A field is missing or invalid, or a namespace does not exist; nothing is changed",
  403: "A web page of another site asks",
  408: "The body does not come in time",
  413: "The body is over 1 MiB",
  415: "A web page sends the body as another type than JSON",
  421: "The host name is none that this server answers to",
  500: "The kubeconfig cannot be used",
  502: "The cluster refuses the kubeconfig's credentials or rights",
  503: "The cluster cannot be reached, or the audit log cannot be written",
  504: "No answer in time",
} as const;
