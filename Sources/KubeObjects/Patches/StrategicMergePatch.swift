/// Strategic merge patch: a merge patch that merges lists element by element where the type says so, steered by
/// directives in the patch (Kubernetes, `strategic-merge-patch.md`).
///
/// | directive | meaning |
/// |---|---|
/// | `$patch: replace` | this object or list replaces the one that is there |
/// | `$patch: delete` | this object or element goes |
/// | `$retainKeys: [names]` | members not named here go |
/// | `$setElementOrder/list: [keys]` | the order of the list after the merge |
/// | `$deleteFromPrimitiveList/list: [values]` | these elements go |
public enum StrategicMergePatch {
    /// Why a patch was refused, in the API server's words.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The fault.
        public var description: String

        init(_ description: String) { self.description = description }

        package static let noListOfLists = Failure("lists of lists are not supported")
        static let badPrimitiveList = Failure("invalid patch format of primitive list")
        static let badRetainKeys = Failure("invalid patch format of retainKeys")
        static let badElementOrder = Failure("invalid patch format of setElementOrder list")

        /// Whether a directive has not the form that it must have; other faults are of what it is applied to.
        package var isBadFormat: Bool { [.badPrimitiveList, .badRetainKeys, .badElementOrder].contains(self) }

        static func noMergeKey(_ element: JSONValue, _ key: String) -> Failure {
            Failure("map: \(element.goMapText) does not contain declared merge key: \(key)")
        }
        static func badArgument(_ expected: String, _ received: JSONValue) -> Failure {
            Failure("expected a \(expected), but received a \(received.goTypeName)")
        }
        static func badDirective(_ directive: JSONValue, _ element: JSONObject) -> Failure {
            Failure("unknown patch type: \(directive.goText) in map: \(JSONValue.object(element).goMapText)")
        }
    }

    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let elementOrder = "$setElementOrder/"
    static let deletedElements = "$deleteFromPrimitiveList/"

    /// The object with the patch merged in. Without a description of the type lists are replaced and objects merged.
    ///
    /// - Throws: ``Failure`` for a directive that is none or does not fit what it stands in.
    public static func apply(
        _ patch: JSONObject, to original: JSONObject, schema: (any MergeSchema)?
    ) throws(Failure) -> JSONObject {
        try merge(patch, into: original, schema)
    }

    static func merge(
        _ patch: JSONObject, into original: JSONObject, _ schema: (any MergeSchema)?
    ) throws(Failure) -> JSONObject {
        if let directive = patch[Self.directive] {
            switch directive {
            case "replace":
                var replacement = patch
                replacement.removeValue(forKey: Self.directive)
                return replacement
            case "delete": return [:]
            default: throw .badDirective(directive, patch)
            }
        }
        var patch = patch
        var result = original
        try applyRetainKeys(&patch, to: &result)
        try applyElementOrders(&patch, to: &result, schema)
        for (key, change) in patch { try merge(change, at: key, into: &result, schema) }
        return result
    }

    /// Merges one member of the patch.
    private static func merge(
        _ change: JSONValue, at key: String, into result: inout JSONObject, _ schema: (any MergeSchema)?
    ) throws(Failure) {
        if key.hasPrefix(deletedElements) {
            try delete(change, from: String(key.dropFirst(deletedElements.count)), of: &result)
            return
        }
        if change == .null {
            result.removeValue(forKey: key)
            return
        }
        let member = schema?.member(key)
        switch (result[key], change) {
        case (.object(let old)?, .object(let new)):
            let isReplaced = member?.patchStrategies.contains("replace") ?? false
            result[key] = .object(isReplaced ? new : try merge(new, into: old, member))
        case (.array(let old)?, .array(let new)):
            result[key] = .array(try merge(new, into: old, list: member))
        default:
            result[key] = withoutDirectives(change)
        }
    }

    private static func delete(_ values: JSONValue, from key: String, of result: inout JSONObject) throws(Failure) {
        guard let values = values.array, !key.isEmpty else { throw .badPrimitiveList }
        guard let elements = result[key]?.array else { return }
        result[key] = .array(elements.filter { !values.contains($0) })
    }

    /// Drops the members that `$retainKeys` does not name; the patch itself may name no others.
    private static func applyRetainKeys(_ patch: inout JSONObject, to result: inout JSONObject) throws(Failure) {
        guard let directive = patch.removeValue(forKey: retainKeys) else { return }
        guard let names = directive.array else { throw .badRetainKeys }
        let retained = Set(names.compactMap(\.string))
        for (key, value) in patch
        where value != .null && !key.hasPrefix(deletedElements) && !key.hasPrefix(elementOrder) {
            guard retained.contains(key) else { throw .badRetainKeys }
        }
        for key in result.keys where !retained.contains(key) { result.removeValue(forKey: key) }
    }

    /// A value that meets nothing to be merged with: its directives have nothing to say, nulls nothing to remove, and
    /// what is only a directive is nothing at all.
    static func withoutDirectives(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let members):
            guard members[directive] == nil else { return nil }
            var kept = JSONObject()
            for (key, member) in members where member != .null && !isDirective(key) {
                kept[key] = withoutDirectives(member)
            }
            return .object(kept)
        case .array(let elements): return .array(elements.compactMap(withoutDirectives))
        default: return value
        }
    }

    private static func isDirective(_ key: String) -> Bool {
        key == retainKeys || key.hasPrefix(elementOrder) || key.hasPrefix(deletedElements)
    }
}
