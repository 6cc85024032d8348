import HTTPTypes
import KubeObjects
import KubeSchema
import KubeWire

extension OperationContext {
    /// Reads the options of a write from its query.
    /// - Parameter type: the options' type for messages, such as `CreateOptions`.
    init(_ request: ResourceRequest, options type: String) throws(KubeStatus) {
        self.init(user: request.user)
        let query = request.query
        isDryRun = try Self.isDryRun(query.all("dryRun"), options: type)
        switch query["fieldValidation"] ?? "" {
        case "": fieldValidation = .warn
        case let text:
            guard let directive = FieldValidation(rawValue: text) else {
                throw KubeStatus.invalidOptions(
                    type,
                    FieldError(
                        .notSupported, field: "fieldValidation",
                        message: "Unsupported value: \"\(text)\": supported values: \"\", \"Ignore\", \"Strict\", "
                            + "\"Warn\""))
            }
            fieldValidation = directive
        }
        fieldManager = query["fieldManager"] ?? ""
        if fieldManager.utf8.count > 128 {
            throw KubeStatus.invalidOptions(
                type,
                FieldError(
                    .tooLong, field: "fieldManager", message: "Too long: may not be more than 128 bytes"))
        }
        try Self.requirePrintable(fieldManager, options: type)
        if fieldManager.isEmpty, type != "PatchOptions" || !query.isSet("force") {
            // The manager's name defaults to the program's, as its User-Agent begins.
            let agent = request.wire.headers[.userAgent] ?? ""
            fieldManager = String(agent.prefix { $0 != "/" }.prefix(128))
            if fieldManager.isEmpty { fieldManager = "unknown" }
        }
        isForced = query.isSet("force")
        for name in ["fieldManager", "fieldValidation"] {
            if let text = query[name], !text.isEmpty { self.options[name] = .string(text) }
        }
        if isDryRun { self.options["dryRun"] = ["All"] }
    }

    private static func requirePrintable(_ manager: String, options type: String) throws(KubeStatus) {
        var position = 0
        for character in manager.unicodeScalars {
            if [.control, .format, .surrogate, .privateUse, .unassigned].contains(character.properties.generalCategory)
            {
                let number = String(character.value, radix: 16, uppercase: true)
                let name = String(repeating: "0", count: max(0, 4 - number.count)) + number
                throw KubeStatus.invalidOptions(
                    type,
                    .invalid(
                        FieldPath("fieldManager"), .string(manager),
                        "invalid character U+\(name) (at position \(position))"))
            }
            position += character.utf8.count
        }
    }

    /// Whether a write is a dry run: `All` is the only stage that there is.
    static func isDryRun(_ values: [String], options type: String) throws(KubeStatus) -> Bool {
        let unknown = values.filter { $0 != "All" }
        guard unknown.isEmpty else {
            let list = JSONValue.array(values.map { .string($0) }).encodedString()
            throw KubeStatus.invalidOptions(
                type,
                FieldError(
                    .notSupported, field: "dryRun",
                    message: "Unsupported value: \(list): supported values: \"All\""))
        }
        return !values.isEmpty
    }
}

extension DeletionOptions {
    /// Reads the options of a deletion: from its body if it has one, else from its query.
    /// - Returns: the options, and what else the operation needs to know.
    static func read(
        _ request: ResourceRequest
    ) throws(KubeStatus) -> (options: DeletionOptions, context: OperationContext) {
        var values: JSONValue = [:]
        var dryRun = request.query.all("dryRun")
        if request.wire.body.isEmpty {
            for name in ["propagationPolicy", "orphanDependents", "gracePeriodSeconds"] {
                values[name] = try Self.value(of: name, request.query)
            }
        } else {
            values = try decoded(RequestBody(optionsOf: request).value)
            dryRun += values["dryRun"]?.array?.compactMap(\.string) ?? []
        }
        var context = OperationContext(user: request.user)
        context.isDryRun = try OperationContext.isDryRun(dryRun, options: "DeleteOptions")
        context.options = values.object ?? [:]
        return (try DeletionOptions(values), context)
    }

    /// A body as the type that it has to be, in the words of Go's decoder if it is not.
    private static func decoded(_ body: JSONValue) throws(KubeStatus) -> JSONValue {
        let kind = body.text("kind")
        guard kind.isEmpty || kind == "DeleteOptions" else {
            let version = body.text("apiVersion").isEmpty ? "meta.k8s.io/v1" : body.text("apiVersion")
            throw KubeStatus.badRequest(
                "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
                    + "\"pkg/apis/meta/internalversion/scheme/register.go:27\"")
        }
        var options = body
        do throws(TypeDecodingError) {
            _ = try schema?.decode(&options)
        } catch {
            throw KubeStatus.badRequest(error.description)
        }
        return options
    }

    private static let schema = BuiltinTypes.schema(named: "apimachinery.pkg.apis.meta.v1.DeleteOptions")

    private static func value(of name: String, _ query: Query) throws(KubeStatus) -> JSONValue? {
        switch name {
        case "orphanDependents": query[name].map { _ in .bool(query.isSet(name)) }
        case "gracePeriodSeconds": try query.integer(name).map { .integer(Int64($0)) }
        default: query[name].map { .string($0) }
        }
    }

    /// Reads `DeleteOptions`.
    init(_ values: JSONValue) throws(KubeStatus) {
        self.init()
        gracePeriodSeconds = values["gracePeriodSeconds"]?.integer.map { Int(clamping: $0) }
        uid = values[path: "preconditions", "uid"]?.string
        resourceVersion = values[path: "preconditions", "resourceVersion"]?.string
        let policy = values["propagationPolicy"]?.string
        if let orphans = values["orphanDependents"]?.bool {
            if let policy {
                throw KubeStatus.invalidOptions(
                    "DeleteOptions",
                    FieldError(
                        .invalid, field: "propagationPolicy",
                        message: "Invalid value: \"\(policy)\": orphanDependents and deletionPropagation cannot be "
                            + "both set"))
            }
            propagationPolicy = orphans ? .orphan : .background
            keepsNoOrphans = !orphans
        }
        guard let policy else { return }
        guard let known = PropagationPolicy(rawValue: policy) else {
            throw KubeStatus.invalidOptions(
                "DeleteOptions",
                FieldError(
                    .notSupported, field: "propagationPolicy",
                    message: "Unsupported value: \"\(policy)\": supported values: \"Foreground\", \"Background\", "
                        + "\"Orphan\", \"nil\""))
        }
        propagationPolicy = known
    }
}
