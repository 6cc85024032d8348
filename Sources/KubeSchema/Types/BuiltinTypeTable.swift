import KubeObjects

/// The generated tables, read into types. Their form is described in `scripts/generate-types.py`.
struct BuiltinTypeTable: Sendable {
    private(set) var definitions: [TypeDefinition] = []
    /// A plain use of each object type, by its number.
    private(set) var schemas: [TypeSchema] = []
    private(set) var numberByName: [String: Int] = [:]
    private(set) var numberByKind: [GroupVersionKind: Int] = [:]

    /// Reads the tables. A line that says nothing understandable is left out: the tables are generated, and a test holds
    /// them against their source.
    init(parsing texts: [String]) {
        var types: [TypeLines] = []
        for text in texts {
            var package: Substring = ""
            for line in text.split(separator: "\n") {
                if line.hasPrefix("  ") {
                    if !types.isEmpty { types[types.count - 1].fields.append(line.dropFirst(2)) }
                    continue
                }
                let words = line.split(separator: " ")
                if words.first == "package", words.count == 2 { package = words[1] }
                if words.first == "type", words.count >= 2 {
                    types.append(
                        TypeLines(package: package, name: "\(package).\(words[1])", attributes: words.dropFirst(2)))
                }
            }
        }
        for (number, type) in types.enumerated() { numberByName[type.name] = number }
        for (number, type) in types.enumerated() {
            let definition = definition(type)
            for kind in definition.kinds { numberByKind[kind] = number }
            definitions.append(definition)
            schemas.append(TypeSchema(.object(number)))
        }
    }

    private struct TypeLines {
        var package: Substring
        var name: String
        var attributes: ArraySlice<Substring>
        var fields: [Substring] = []
    }

    private func definition(_ type: TypeLines) -> TypeDefinition {
        var kinds: [GroupVersionKind] = []
        var mapType: String?
        for attribute in type.attributes {
            let (key, value) = Self.split(attribute, at: "=")
            let parts = value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if key == "map" { mapType = String(value) }
            if key == "gvk", parts.count == 3 {
                kinds.append(GroupVersionKind(group: parts[0], version: parts[1], kind: parts[2]))
            }
        }
        let fields = type.fields.compactMap { field($0, package: type.package) }
        return TypeDefinition(name: type.name, fields: fields, kinds: kinds, mapType: mapType)
    }

    private func field(_ line: Substring, package: Substring) -> TypeField? {
        let words = line.split(separator: " ")
        guard words.count >= 2 else { return nil }
        let isRequired = words[0].hasSuffix("!")
        guard let type = schema(words[1], Self.attributes(words.dropFirst(2)), package) else { return nil }
        return TypeField(
            name: String(isRequired ? words[0].dropLast() : words[0]), isRequired: isRequired,
            omitsZero: !isRequired && !words.dropFirst(2).contains("kept"), type: type)
    }

    private func schema(_ text: Substring, _ attributes: TypeAttributes, _ package: Substring) -> TypeSchema? {
        if let shape = Self.leaves[text] { return TypeSchema(shape, attributes) }
        if text.hasPrefix("[]") || text.hasPrefix("{}") {
            var inner = TypeAttributes()
            inner.enumeration = attributes.enumeration
            guard let element = schema(text.dropFirst(2), inner, package) else { return nil }
            return TypeSchema(text.hasPrefix("[]") ? .list(element) : .map(element), attributes)
        }
        let name = text.contains(".") ? String(text) : "\(package).\(text)"
        return numberByName[name].map { TypeSchema(.object($0), attributes) }
    }

    private static let leaves: [Substring: TypeSchema.Shape] = [
        "string": .string, "boolean": .boolean, "int32": .int32, "int64": .int64, "double": .double, "bytes": .bytes,
        "quantity": .quantity, "time": .time, "microtime": .microTime, "intorstring": .intOrString, "any": .any,
        "fields": .fields, "schemaorarray": .schemaOrArray, "schemaorbool": .schemaOrBool,
        "schemaorstrings": .schemaOrStrings,
    ]

    private static func attributes(_ words: ArraySlice<Substring>) -> TypeAttributes {
        var result = TypeAttributes()
        for word in words {
            let (key, value) = split(word, at: "=")
            switch key {
            case "enum":
                result.enumeration = value.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            case "merge": result.patchMergeKey = String(value)
            case "strategy": result.patchStrategies = value.split(separator: ",").map(String.init)
            case "map": result.mapType = String(value)
            case "default": result.defaultValue = .string(String(value.dropFirst().dropLast()))
            case "list":
                let (type, keys) = split(value, at: "(")
                result.listType = String(type)
                result.listMapKeys = keys.dropLast().split(separator: ",").map(String.init)
            default: break
            }
        }
        return result
    }

    private static func split(_ text: Substring, at separator: Character) -> (Substring, Substring) {
        guard let position = text.firstIndex(of: separator) else { return (text, "") }
        return (text[..<position], text[text.index(after: position)...])
    }
}
