import KubeObjects

/// A file of rules that cannot be used: what is wrong, where, and what would be right.
public struct FieldFileError: Error, Sendable, CustomStringConvertible {
    /// `FILE:LINE: FIELD: what is wrong`.
    public let description: String
}

/// What is wrong with a field.
struct FieldFault: Error {
    var path: [JSONPathElement]
    var message: String
}

extension FieldReader {
    /// Reads a file that is one document of YAML or JSON.
    /// - Parameters:
    ///   - file: the text's name, for messages.
    ///   - what: what the file is, such as `a fault plan`.
    static func read<Result>(
        _ text: [UInt8], file: String, what: String, _ body: (FieldReader) throws(FieldFault) -> Result
    ) throws(FieldFileError) -> Result {
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAML.parse(text)
        } catch {
            throw FieldFileError(description: "\(file):\(error.line): \(error.message)")
        }
        guard let document = documents.first, documents.count == 1 else {
            throw FieldFileError(description: "\(file): \(what) is one document with the field rules")
        }
        do throws(FieldFault) {
            return try body(FieldReader(value: document.value, path: []))
        } catch {
            let place = "\(file):\(document.line(of: error.path))"
            let field = error.path.fieldPath
            throw FieldFileError(description: "\(place): \(field.isEmpty ? "" : "\(field): ")\(error.message)")
        }
    }
}

/// Reads the fields of a map and says where one is wrong.
struct FieldReader {
    let value: JSONValue
    let path: [JSONPathElement]

    /// Refuses fields of other names.
    func only(_ names: [String]) throws(FieldFault) {
        guard let object = value.object else { throw FieldFault(path: path, message: "this must be a map") }
        for name in object.keys where !names.contains(name) {
            throw FieldFault(
                path: path + [.key(name)], message: "there is no such field; known are \(names.joined(separator: ", "))"
            )
        }
    }

    func member(_ name: String) throws(FieldFault) -> FieldReader? {
        value[name].map { FieldReader(value: $0, path: path + [.key(name)]) }
    }

    func elements(_ name: String) throws(FieldFault) -> [FieldReader] {
        guard let member = value[name] else { return [] }
        guard let array = member.array else { throw wrong(name, "a list") }
        return array.enumerated().map { FieldReader(value: $1, path: path + [.key(name), .index($0)]) }
    }

    func string(_ name: String) throws(FieldFault) -> String? {
        guard let member = value[name] else { return nil }
        guard let text = member.string else { throw wrong(name, "a text") }
        return text
    }

    func strings(_ name: String) throws(FieldFault) -> [String] {
        var texts: [String] = []
        for element in try elements(name) {
            guard let text = element.value.string else {
                throw FieldFault(path: element.path, message: "this must be a text")
            }
            texts.append(text)
        }
        return texts
    }

    func bool(_ name: String) throws(FieldFault) -> Bool? {
        guard let member = value[name] else { return nil }
        guard let flag = member.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func integer(_ name: String, from minimum: Int64) throws(FieldFault) -> Int? {
        guard let member = value[name] else { return nil }
        guard case .integer(let number) = member, number >= minimum else {
            throw wrong(name, "a whole number from \(minimum)")
        }
        return Int(number)
    }

    func fraction(_ name: String) throws(FieldFault) -> Double? {
        guard let member = value[name] else { return nil }
        let number: Double? =
            switch member {
            case .integer(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        guard let number, (0...1).contains(number) else { throw wrong(name, "a number from 0 to 1") }
        return number
    }

    func duration(_ name: String) throws(FieldFault) -> Duration? {
        guard let text = try string(name) else { return nil }
        guard let duration = try? GoDuration.parse(text), duration >= .zero else {
            throw wrong(name, "a duration such as 250ms or 1m30s")
        }
        return duration
    }

    private func wrong(_ name: String, _ right: String) -> FieldFault {
        FieldFault(path: path + [.key(name)], message: "this must be \(right)")
    }
}
