import HTTPTypes
import KubeObjects
import KubeSchema
import KubeWire

/// Reads the body of a write.
struct RequestBody: Sendable {
    /// The largest body that is taken, in bytes (apiserver, `MaxRequestBodyBytes`).
    static let sizeLimit = 3 << 20

    /// The body's tree.
    let value: JSONValue
    /// What strict validation finds in the text: fields that stand there more than once.
    let faults: [String]
    /// Where the body, if it is YAML, names a member twice: `line 3: key "a" ...`.
    let repeatedKey: String?
    /// What was read, for messages.
    private let bytes: [UInt8]

    /// Reads JSON, YAML or, for built-in kinds, protobuf, as the Content-Type says.
    init(_ request: WireRequest, for definition: ResourceDefinition) throws(KubeStatus) {
        let contentType = request.headers[.contentType] ?? ""
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch type {
        case "", "application/json": try self.init(json: request.body, for: definition)
        case "application/yaml": try self.init(object: request.body, for: definition)
        case Self.protobuf where !definition.isCustom: try self.init(protobuf: request.body, for: definition)
        default:
            let known = ["application/json", "application/yaml"]
            throw KubeStatus.unsupportedMediaType(accepted: definition.isCustom ? known : known + [Self.protobuf])
        }
    }

    /// Reads the options that a deletion has as its body. A text that is none is not shown, unlike an object's.
    init(optionsOf request: ResourceRequest) throws(KubeStatus) {
        do throws(KubeStatus) {
            try self.init(request.wire, for: request.definition)
        } catch {
            guard error.code == 400, let text = Self.fault(of: request.wire.body) else { throw error }
            throw KubeStatus.badRequest(text)
        }
    }

    /// Why a text is no JSON; nil if it is.
    private static func fault(of json: [UInt8]) -> String? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: json)
            return nil
        } catch {
            return "couldn't get version/kind; json parse error: \(error.message)"
        }
    }

    private static let protobuf = "application/vnd.kubernetes.protobuf"

    private init(protobuf: [UInt8], for definition: ResourceDefinition) throws(KubeStatus) {
        bytes = protobuf
        faults = []
        repeatedKey = nil
        do throws(ProtobufError) {
            value = try ProtobufDecoder().decode(protobuf)
        } catch {
            throw Self.unrecognized(definition, protobuf, error.description)
        }
    }

    private init(json: [UInt8], for definition: ResourceDefinition) throws(KubeStatus) {
        bytes = json
        repeatedKey = nil
        do throws(JSONError) {
            let (value, duplicates) = try JSONValue.parseReportingDuplicates(json)
            self.value = value
            faults = duplicates.map { "duplicate field \"\($0)\"" }
        } catch {
            let why = Self.fault(of: json) ?? error.message
            throw Self.unrecognized(definition, json, why)
        }
    }

    /// Reads an object written as YAML, whose repeated keys are told by their lines.
    private init(object yaml: [UInt8], for definition: ResourceDefinition) throws(KubeStatus) {
        bytes = yaml
        do throws(YAMLError) {
            (value, repeatedKey) = try Self.read(yaml: yaml)
        } catch {
            throw Self.unrecognized(definition, yaml, error.goText)
        }
        faults = repeatedKey.map { [Self.faultsOfYAML + $0] } ?? []
    }

    /// What Go's reader of YAML puts before the faults of single lines.
    static let faultsOfYAML = "yaml: unmarshal errors:\n  "

    /// Reads the YAML of a configuration that is to be applied. A key that it repeats is no fault of its object.
    init(yaml: [UInt8], for definition: ResourceDefinition) throws(KubeStatus) {
        bytes = yaml
        faults = []
        do throws(YAMLError) {
            (value, repeatedKey) = try Self.read(yaml: yaml)
        } catch {
            throw KubeStatus.badRequest("error decoding YAML: error converting YAML to JSON: \(error.goText)")
        }
    }

    /// Reads YAML, or JSON as YAML: a second time only if it has a fault, which a repeated key may be.
    private static func read(yaml: [UInt8]) throws(YAMLError) -> (value: JSONValue, repeatedKey: String?) {
        do throws(YAMLError) {
            return (try YAML.parse(yaml, duplicateKeys: .refused).first?.value ?? .null, nil)
        } catch {
            let value = try YAML.parse(yaml, duplicateKeys: .lastWins).first?.value ?? .null
            return (value, "line \(error.line): \(error.message)")
        }
    }

    /// Refuses a configuration of another version: unlike other bodies, one to be applied has to say its own.
    func requireVersion(_ expected: String) throws(KubeStatus) {
        guard value.isNull || value.object != nil else {
            throw KubeStatus.badRequest(
                "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                    + "\(value.goTypeName) into Go value of type map[string]interface {}")
        }
        let given = value["apiVersion"]?.string ?? ""
        guard given != expected else { return }
        throw KubeStatus.badRequest(
            "Incorrect version specified in apply patch. Specified patch version: \(given), expected: \(expected)")
    }

    /// The body as an object of a definition's kind; a body that leaves kind and version out gets them.
    func object(of definition: ResourceDefinition, _ registry: ResourceRegistry) throws(KubeStatus) -> KubeObject {
        // Go reads a null as nothing at all.
        guard var object = KubeObject(value.isNull ? [:] : value) else {
            throw Self.unrecognized(
                definition, bytes,
                "couldn't get version/kind; json parse error: json: cannot unmarshal \(value.goTypeName) into Go value "
                    + "of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
                    + "Kind string \"json:\\\"kind,omitempty\\\"\" }")
        }
        let expected = definition.resource
        if object.kind.isEmpty { object["kind"] = .string(expected.kind) }
        if object.apiVersion.isEmpty { object["apiVersion"] = .string(expected.apiVersion) }
        let given = object.groupVersionKind
        guard given != expected.groupVersionKind else { return object }
        if definition.isCustom { try definition.requireKind(of: object) }
        if definition.isCustom || given.kind == expected.kind && registry.definition(of: given) != nil {
            throw KubeStatus.badRequest(
                "the API version in the data (\(given.apiVersion)) does not match the expected API version "
                    + "(\(expected.apiVersion))")
        }
        let why = Self.misfit(given, definition, registry)
        throw KubeStatus.badRequest(
            "\(given.kind) in version \"\(given.version)\" cannot be handled as a \(expected.kind): \(why)")
    }

    /// Why an object of one kind is none of a built-in definition's, in the decoder's words.
    static func misfit(
        _ given: GroupVersionKind, _ definition: ResourceDefinition, _ registry: ResourceRegistry
    ) -> String {
        registry.definition(of: given) == nil
            ? "no kind \"\(given.kind)\" is registered for version \"\(given.apiVersion)\" in scheme "
                + "\"pkg/api/legacyscheme/scheme.go:30\""
            : "converting (\(given.goName)) to (\(definition.resource.groupVersionKind.goInternalName)): "
                + "unknown conversion"
    }

    /// 400 for a body whose kind cannot even be read, with the beginning of it.
    private static func unrecognized(
        _ definition: ResourceDefinition, _ bytes: [UInt8], _ why: String
    ) -> KubeStatus {
        KubeStatus.badRequest(
            "the object provided is unrecognized (must be of type \(definition.resource.kind)): \(why) "
                + "(\(summary(of: bytes)))")
    }

    /// The first bytes of a body: as text if it looks like JSON, else in hexadecimal.
    private static func summary(of bytes: [UInt8]) -> String {
        let limit = 30
        guard let first = bytes.first else { return "<empty>" }
        let head = bytes.prefix(limit)
        let ending = bytes.count > limit ? " ..." : ""
        if first == UInt8(ascii: "{") { return String(decoding: head, as: UTF8.self) + ending }
        return head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + ending
    }
}

extension JSONValue {
    /// The value's type in the words of Go's JSON decoder.
    var goTypeName: String {
        switch self {
        case .bool: "bool"
        case .integer, .double: "number"
        default: typeName
        }
    }
}

extension GroupVersionKind {
    /// The Go type of the versioned object, such as `v1.Secret`.
    fileprivate var goName: String { "\(version).\(kind)" }
    /// The Go type of the internal object, such as `core.ConfigMap`.
    var goInternalName: String {
        "\(group.isEmpty ? "core" : String(group.prefix { $0 != "." })).\(kind)"
    }
}

extension YAMLError {
    /// What begins the messages of the scanner; all others are the parser's.
    private static let scannerWords = [
        "found ", "mapping values", "block sequence entries", "could not find expected ':'",
        "did not find expected alphabetic", "did not find expected digit", "did not find expected comment",
        "did not find expected '!'", "did not find URI",
    ]

    /// As the YAML package of Go tells it: it counts the lines of the parser from zero, those of the scanner from one, and
    /// does not name the first.
    var goText: String {
        guard line > 1 else { return "yaml: \(message)" }
        let isScanners = Self.scannerWords.contains(where: message.hasPrefix)
        return "yaml: line \(isScanners ? line : line - 1): \(message)"
    }
}

extension ResourceDefinition {
    /// Refuses a custom resource of another kind: it is read whatever it says that it is, and is held to its kind then.
    func requireKind(of object: KubeObject) throws(KubeStatus) {
        let given = object.groupVersionKind
        guard given.apiVersion == resource.apiVersion, !given.kind.isEmpty, given.kind != resource.kind else { return }
        throw KubeStatus.invalid(
            resource.groupVersionKind, object.name ?? "",
            [.invalid(FieldPath("kind"), .string(given.kind), "must be \(resource.kind)")])
    }
}
