//! The kinds of problems: what a program tells apart.

use axum::http::StatusCode;

/// One line for each kind: the last part of its `type`, the usual status, and the title.
macro_rules! kinds {
    ($($kind:ident: $slug:literal, $status:ident, $title:literal;)*) => {
        /// The kinds of problems: what a program tells apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($kind,)*
        }

        impl Kind {
            /// Every kind, for the documentation and its tests.
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The last part of `type`, the usual status, and the title.
            pub(crate) fn entry(self) -> (&'static str, StatusCode, &'static str) {
                match self {
                    $(Self::$kind => ($slug, StatusCode::$status, $title),)*
                }
            }
        }
    };
}

kinds! {
    NoRoute: "no-route", NOT_FOUND, "No such address";
    MethodNotAllowed: "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    MalformedJson: "malformed-json", BAD_REQUEST, "Malformed JSON";
    NotJson: "not-json", UNSUPPORTED_MEDIA_TYPE, "Not declared as JSON";
    BodyTooLarge: "body-too-large", PAYLOAD_TOO_LARGE, "Body too large";
    BodyTimeout: "body-timeout", REQUEST_TIMEOUT, "Body too slow";
    InvalidRequest: "invalid-request", UNPROCESSABLE_ENTITY, "Invalid request";
    UnknownWorkflow: "unknown-workflow", NOT_FOUND, "Unknown workflow";
    UnknownAgent: "unknown-agent", NOT_FOUND, "Unknown agent";
    UnknownModel: "unknown-model", UNPROCESSABLE_ENTITY, "Unknown model";
    UnknownRun: "unknown-run", NOT_FOUND, "Unknown run";
    RunNotOver: "run-not-over", CONFLICT, "Run is not over";
    UnknownPlugin: "unknown-plugin", NOT_FOUND, "Unknown plugin";
    PolicyDecides: "policy-decides", CONFLICT, "The policy file decides";
    PluginQuarantined: "plugin-quarantined", CONFLICT, "Plugin is quarantined";
    UnknownProject: "unknown-project", NOT_FOUND, "Unknown project";
    UnknownSnapshot: "unknown-snapshot", NOT_FOUND, "Unknown snapshot";
    UnknownFile: "unknown-file", NOT_FOUND, "Unknown file";
    InvalidWorkflow: "invalid-workflow", UNPROCESSABLE_ENTITY, "Invalid workflow";
    WorkflowExists: "workflow-exists", CONFLICT, "Workflow exists";
    WorkflowBuiltIn: "workflow-built-in", CONFLICT, "Workflow is built in";
    ProjectBusy: "project-busy", CONFLICT, "Project is busy";
    KeyUsed: "key-used", UNPROCESSABLE_ENTITY, "Key used for another request";
    ProjectNotEmpty: "project-not-empty", CONFLICT, "Project holds files";
    ChangedMeanwhile: "changed-meanwhile", PRECONDITION_FAILED, "File changed meanwhile";
    FileExists: "file-exists", CONFLICT, "File exists";
    NotArchive: "not-archive", UNSUPPORTED_MEDIA_TYPE, "Not declared as an archive";
    InvalidArchive: "invalid-archive", UNPROCESSABLE_ENTITY, "Invalid archive";
    TooManyRuns: "too-many-runs", TOO_MANY_REQUESTS, "Too many runs";
    ImportsBusy: "imports-busy", SERVICE_UNAVAILABLE, "Too many imports at once";
    Stopping: "stopping", SERVICE_UNAVAILABLE, "Stopping";
    HttpsNeeded: "https-needed", BAD_REQUEST, "HTTPS needed";
    NoHost: "no-host", BAD_REQUEST, "No host name";
    ForeignHost: "foreign-host", MISDIRECTED_REQUEST, "Foreign host name";
    ForeignOrigin: "foreign-origin", FORBIDDEN, "Foreign web page";
    TokenNeeded: "token-needed", UNAUTHORIZED, "Token needed";
    TokenInvalid: "token-invalid", UNAUTHORIZED, "Token not valid";
    RoleNeeded: "role-needed", FORBIDDEN, "Another role needed";
    UnknownToken: "unknown-token", NOT_FOUND, "Unknown token";
    TokenExists: "token-exists", CONFLICT, "Token exists";
    TooManyRequests: "too-many-requests", TOO_MANY_REQUESTS, "Too many requests";
    TooManyAtOnce: "too-many-at-once", TOO_MANY_REQUESTS, "Too many at once";
    UriTooLong: "uri-too-long", URI_TOO_LONG, "Address too long";
    HeadersTooLarge: "headers-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE, "Headers too large";
    DiskFull: "disk-full", INSUFFICIENT_STORAGE, "Disk full";
    Internal: "internal", INTERNAL_SERVER_ERROR, "Internal error";
}
