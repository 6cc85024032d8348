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
        let asked = query["sendInitialEvents"].map { _ in query.isSet("sendInitialEvents") }
        allowsBookmarks = query.isSet("allowWatchBookmarks")
        timeoutSeconds = try query.integer("timeoutSeconds")
        let match = query["resourceVersionMatch"] ?? ""
        let text = query["resourceVersion"] ?? ""
        let continueText = query["continue"] ?? ""
        try Self.check(
            match: match, version: text, hasToken: !continueText.isEmpty, isWatch: isWatch,
            sendsInitialEvents: asked)
        givenVersion = text.isEmpty ? nil : try Self.number(text)
        // A watch that begins with what is there is one that sends initial events (`SetListOptionsDefaults`).
        let isLegacy = isWatch && match.isEmpty && ["", "0"].contains(text)
        sendsInitialEvents = asked ?? (isLegacy ? true : nil)
        limit = try query.integer("limit").flatMap { $0 > 0 ? $0 : nil }
        token = continueText.isEmpty ? nil : try ContinueToken(continueText)
        if token != nil, let givenVersion, givenVersion > 0, !isWatch {
            throw KubeStatus.badRequest("specifying resource version is not allowed when using continue")
        }
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
        let errors =
            isWatch
            ? faultsOfWatch(match: match, hasToken: hasToken, sendsInitialEvents: sendsInitialEvents != nil)
            : faultsOfList(
                match: match, version: version, hasToken: hasToken, sendsInitialEvents: sendsInitialEvents != nil)
        guard !errors.isEmpty else { return }
        throw KubeStatus.invalidOptions("ListOptions", errors)
    }

    /// What is wrong with the options of a list (apimachinery, `internalversion/validation`).
    private static func faultsOfList(
        match: String, version: String, hasToken: Bool, sendsInitialEvents: Bool
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if !match.isEmpty {
            if version.isEmpty { errors.append(forbiddenMatch("is forbidden unless resourceVersion is provided")) }
            if hasToken { errors.append(forbiddenMatch("is forbidden when continue is provided")) }
            if !["Exact", "NotOlderThan"].contains(match) {
                errors.append(unknownMatch(match, "\"Exact\", \"NotOlderThan\", \"\""))
            }
            if match == "Exact", version == "0" {
                errors.append(forbiddenMatch("\"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        if sendsInitialEvents {
            errors.append(
                FieldError(
                    .forbidden, field: "sendInitialEvents",
                    message: "Forbidden: sendInitialEvents is forbidden for list"))
        }
        return errors
    }

    /// What is wrong with the options of a watch.
    private static func faultsOfWatch(match: String, hasToken: Bool, sendsInitialEvents: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        if sendsInitialEvents, match != "NotOlderThan" {
            errors.append(
                FieldError(
                    .forbidden, field: "resourceVersionMatch",
                    message: "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
        }
        guard !match.isEmpty else { return errors }
        if !sendsInitialEvents {
            errors.append(forbiddenMatch("is forbidden for watch unless sendInitialEvents is provided"))
        }
        if match != "NotOlderThan" { errors.append(unknownMatch(match, "\"NotOlderThan\"")) }
        if hasToken { errors.append(forbiddenMatch("is forbidden when continue is provided")) }
        return errors
    }

    private static func forbiddenMatch(_ why: String) -> FieldError {
        FieldError(
            .forbidden, field: "resourceVersionMatch", message: "Forbidden: resourceVersionMatch \(why)")
    }

    private static func unknownMatch(_ match: String, _ known: String) -> FieldError {
        FieldError(
            .notSupported, field: "resourceVersionMatch",
            message: "Unsupported value: \"\(match)\": supported values: \(known)")
    }

    private static func number(_ text: String) throws(KubeStatus) -> UInt64 {
        guard let number = UInt64(text) else {
            throw KubeStatus.unexpected(
                "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax")
        }
        return number
    }
}

/// Where a page of a list left off: opaque to clients, and of the form that real servers give it
/// (apiserver, `storage/continue.go`).
struct ContinueToken: Sendable, Hashable {
    private static let format = "meta.k8s.io/v1"

    /// The version of the first page, which the later ones show as well; nil for the newest.
    var version: UInt64?
    /// The last object of the page.
    var last: ObjectKey

    /// A token.
    init(version: UInt64?, last: ObjectKey) {
        self.version = version
        self.last = last
    }

    /// Reads a token.
    init(_ text: String) throws(KubeStatus) {
        let token = try Self.parse(text)
        guard token["v"]?.string == Self.format else {
            throw Self.invalid(
                "continue key is not valid: server does not recognize this encoded version \(token["v"]?.string ?? "")")
        }
        guard let version = token["rv"]?.integer, version != 0 else {
            throw Self.invalid(
                "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
        }
        guard let start = token["start"]?.string, !start.isEmpty else {
            throw Self.invalid("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
        }
        // The key of the first object that may come next: a name followed by the lowest of all characters.
        let parts = start.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String((parts.last ?? "").prefix { $0 != "\0" })
        self.init(
            version: UInt64(exactly: version),
            last: ObjectKey(namespace: parts.count == 2 ? String(parts[0]) : "", name: name))
    }

    private static func parse(_ text: String) throws(KubeStatus) -> JSONValue {
        guard let bytes = Base64URL.decode(text) else {
            let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            let place = text.enumerated().first { !alphabet.contains($0.element) }?.offset ?? text.count
            throw invalid("continue key is not valid: illegal base64 data at input byte \(place)")
        }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw invalid("continue key is not valid: \(error.message)")
        }
    }

    private static func invalid(_ why: String) -> KubeStatus { KubeStatus.badRequest("invalid continue token: \(why)") }

    /// The token as it is sent.
    var text: String {
        let start = last.namespace.isEmpty ? "\(last.name)\0" : "\(last.namespace)/\(last.name)\0"
        let token: JSONValue = [
            "v": .string(Self.format), "rv": .integer(version.map { Int64(clamping: $0) } ?? -1),
            "start": .string(start),
        ]
        return Base64URL.encode(Array(token.encodedString().utf8))
    }
}
