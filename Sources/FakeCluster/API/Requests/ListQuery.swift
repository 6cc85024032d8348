import KubeObjects
import KubeSchema
import KubeWire

/// What a list or a watch is asked for (API reference, `ListOptions`).
struct ListQuery: Sendable {
    /// At which version a list is taken.
    enum Version: Sendable, Hashable {
        /// The newest.
        case newest
        /// This one or a later one.
        case atLeast(UInt64)
        /// This one.
        case exactly(UInt64)
    }

    /// At which version.
    let version: Version
    /// Whether a version was given at all: a watch without one, or at 0, begins with what is there.
    let givenVersion: UInt64?
    /// The most items of a page; nil for all.
    let limit: Int?
    /// Where the page before left off.
    let token: ContinueToken?
    /// Whether a watch begins with what is there, ended by a bookmark (KEP-3157); nil if it was not asked for.
    let sendsInitialEvents: Bool?
    /// Whether a watch sends bookmarks.
    let allowsBookmarks: Bool
    /// When a watch ends, in seconds.
    let timeoutSeconds: Int?

    /// Reads a query.
    init(_ query: Query, isWatch: Bool) throws(KubeStatus) {
        sendsInitialEvents = query["sendInitialEvents"].map { _ in query.isSet("sendInitialEvents") }
        allowsBookmarks = query.isSet("allowWatchBookmarks")
        timeoutSeconds = try Self.integer("timeoutSeconds", query)
        let match = query["resourceVersionMatch"] ?? ""
        let text = query["resourceVersion"] ?? ""
        let continueText = query["continue"] ?? ""
        try Self.check(
            match: match, version: text, hasToken: !continueText.isEmpty, isWatch: isWatch,
            sendsInitialEvents: sendsInitialEvents)
        givenVersion = text.isEmpty ? nil : try Self.number(text)
        limit = try Self.integer("limit", query).flatMap { $0 > 0 ? $0 : nil }
        token = continueText.isEmpty ? nil : try ContinueToken(continueText)
        switch (givenVersion, match) {
        case (nil, _), (0?, _): version = .newest
        case (let number?, "Exact"): version = .exactly(number)
        case (let number?, "") where limit != nil && !isWatch: version = .exactly(number)
        case (let number?, _): version = .atLeast(number)
        }
    }

    private static func check(
        match: String, version: String, hasToken: Bool, isWatch: Bool, sendsInitialEvents: Bool?
    ) throws(KubeStatus) {
        func refuse(_ kind: FieldError.Kind, _ field: String, _ message: String) -> KubeStatus {
            KubeStatus.invalidOptions("ListOptions", FieldError(kind, field: field, message: message))
        }
        if isWatch, sendsInitialEvents != nil {
            guard match == "NotOlderThan" else {
                throw refuse(
                    .forbidden, "resourceVersionMatch",
                    "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
            }
            return
        }
        if !isWatch, sendsInitialEvents != nil {
            throw refuse(.forbidden, "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list")
        }
        guard !match.isEmpty else { return }
        if isWatch {
            throw refuse(
                .forbidden, "resourceVersionMatch",
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        }
        if version.isEmpty {
            throw refuse(
                .forbidden, "resourceVersionMatch",
                "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        if hasToken {
            throw refuse(
                .forbidden, "resourceVersionMatch",
                "Forbidden: resourceVersionMatch is forbidden when continue is provided")
        }
        guard ["Exact", "NotOlderThan"].contains(match) else {
            throw refuse(
                .notSupported, "resourceVersionMatch",
                "Unsupported value: \"\(match)\": supported values: \"Exact\", \"NotOlderThan\", \"\"")
        }
        if match == "Exact", version == "0" {
            throw refuse(
                .forbidden, "resourceVersionMatch",
                "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
        }
    }

    private static func number(_ text: String) throws(KubeStatus) -> UInt64 {
        guard let number = UInt64(text) else {
            throw KubeStatus.unexpected(
                "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax")
        }
        return number
    }

    private static func integer(_ name: String, _ query: Query) throws(KubeStatus) -> Int? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            throw KubeStatus.badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        return number
    }
}

/// Where a page of a list left off: opaque to clients.
struct ContinueToken: Sendable, Hashable {
    /// The version of the first page, which the later ones show as well.
    var version: UInt64
    /// The last object of the page.
    var last: ObjectKey

    /// A token.
    init(version: UInt64, last: ObjectKey) {
        self.version = version
        self.last = last
    }

    /// Reads a token.
    init(_ text: String) throws(KubeStatus) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let version = UInt64(parts[0]) else {
            throw KubeStatus.badRequest("continue key is not valid: it must be one that a list has answered")
        }
        self.init(
            version: version,
            last: ObjectKey(namespace: PercentEncoding.decode(parts[1]), name: PercentEncoding.decode(parts[2])))
    }

    /// The token as it is sent.
    var text: String {
        // A dot ends a part, so that it may not stand in the namespace; in the name, the last part, it may.
        "\(version).\(PercentEncoding.encode(last.namespace)).\(PercentEncoding.encode(last.name))"
    }
}
