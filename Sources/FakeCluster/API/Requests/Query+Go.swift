import KubeObjects
import KubeSchema
import KubeWire

// The values of a query as the API server reads them, and its refusals: they are those of Go's packages.
extension Query {
    /// A number; nil if the query does not have it.
    func integer(_ name: String) throws(KubeStatus) -> Int? {
        guard let text = self[name] else { return nil }
        if let number = Int(text) { return number }
        let digits = text.first.map { "+-".contains($0) } ?? false ? text.dropFirst() : text[...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        throw KubeStatus.badRequest(
            "strconv.ParseInt: parsing \(text.quoted): \(isNumber ? "value out of range" : "invalid syntax")")
    }

    /// A moment; nil if the query does not have it.
    func time(_ name: String) throws(KubeStatus) -> String? {
        guard let text = self[name], !text.isEmpty, text != "null" else { return nil }
        guard Timestamp(text) != nil else { throw KubeStatus.badRequest(GoMessages.timeFault(text, isMicro: false)) }
        return text
    }
}
