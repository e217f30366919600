//! What to do where a connection could not be made. Libraries say what went wrong in terms of protocols, and know nothing of
//! what there is to be changed.

/// What to do, by the scheme of the address and what the library said.
pub(super) fn of(scheme: &str, why: &str) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| why.contains(word));
    match scheme {
        "https" if says(&["InvalidContentType"]) => {
            "what answers there speaks plain HTTP: give the address with http://"
        }
        "http" if says(&["invalid HTTP version"]) => {
            "what answers there speaks no plain HTTP; where it speaks HTTPS, give the address with https://"
        }
        "https" if says(&["CaUsedAsEndEntity"]) => {
            "its certificate is one for an authority (CA:TRUE), which is not taken for a server's: give the server one that \
             was made with basicConstraints=CA:FALSE"
        }
        "https" if says(&["NotValidForName", "not valid for name"]) => {
            "its certificate is for other names than the one in the address: give the address with one of those"
        }
        "https" if says(&["Expired", "expired", "NotValidYet", "not valid yet"]) => {
            "its certificate is not valid at this time: have it renewed, and look at the clocks of both machines"
        }
        "https" if says(&["invalid peer certificate"]) => {
            "its certificate is not signed by an authority that is trusted here: name that authority's, or a certificate \
             that the server signed itself, in SSL_CERT_FILE"
        }
        _ => "is it running, and is that its address?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libraries_say_of_certificates_has_a_way_out() {
        let peer = |what: &str| of("https", &format!("invalid peer certificate: {what}"));
        assert!(peer("Other(OtherError(CaUsedAsEndEntity))").contains("basicConstraints=CA:FALSE"));
        assert!(peer("UnknownIssuer").contains("SSL_CERT_FILE"));
        assert!(
            peer("certificate not valid for name \"a\"; certificate is only valid for b")
                .contains("other names")
        );
        assert!(peer("certificate expired: verification time 1").contains("renewed"));
        assert!(of("https", "Connection refused (os error 111)").contains("is it running"));
    }
}
