/** What to do where a server cannot be reached: `fetch` says no more than that it failed, and some runtimes why. */

/** What a runtime says in the `code` of the cause, and what to do about it. */
const CODES: Record<string, string> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there speaks plain HTTP: give the address with "http://".',
  HPE_INVALID_CONSTANT: 'what answers there speaks no plain HTTP; where it speaks HTTPS, give the address with "https://".',
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for other names: give the address with one of those.",
  CERT_HAS_EXPIRED: "its certificate is over: have it renewed.",
};

/** Codes of a certificate whose authority is not known. */
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What to say of a server at `address` that cannot be reached, by what `fetch` threw. */
export function unreachable(address: string, thrown: unknown): string {
  const said = "the server cannot be reached";
  const code = codeOf(thrown);
  if (code !== undefined && UNTRUSTED.has(code)) {
    return `${said}: its certificate is not signed by an authority that is trusted here; name that authority's, or a certificate that the server signed itself, in NODE_EXTRA_CA_CERTS before the program starts (${code}).`;
  }
  const known = code === undefined ? undefined : CODES[code];
  if (known !== undefined) return `${said}: ${known}`;
  // A browser does not tell a page whether nobody answered or the answer was kept from it.
  const { location } = globalThis as { location?: Location };
  if (!location || location.origin === new URL(address, location.href).origin) return `${said}; is it running?`;
  return `${said}; is it running? If it is, it may not let pages of this origin in: start it with --cors-origin ${location.origin}`;
}

function codeOf(thrown: unknown): string | undefined {
  const { cause } = thrown as { cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : undefined;
}
