import RunCore

/// Names of runs whose user gives none.
enum DrawnName {
    /// What the API server draws its own suffixes from: no vowels and nothing that looks like another letter.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    private static let suffixLength = 5
    /// A run's name is a label value on its Job and pods.
    private static let maximumLength = LabelValue.maximumLength

    /// A name that begins as told.
    ///
    /// It is drawn here and not by the server (`generateName`): a request whose answer was lost can then be repeated
    /// without a second run.
    static func random(_ prefix: String) -> String {
        let suffix = (0..<suffixLength).compactMap { _ in alphabet.randomElement() }
        return prefix.prefix(maximumLength - suffixLength) + String(suffix)
    }

    /// The one name that begins as told and belongs to a key.
    static func name(_ prefix: String, for key: String) -> String {
        let suffix = Digest.short(key)
        return prefix.prefix(maximumLength - suffix.count) + suffix
    }
}
