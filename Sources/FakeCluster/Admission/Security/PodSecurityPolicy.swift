import KubeObjects
import KubeSchema

/// How safe pods must be in a namespace, by its labels (`pod-security-admission/api`).
struct PodSecurityPolicy: Sendable, Hashable {
    /// The levels, from lax to strict.
    enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
        case privileged, baseline, restricted

        static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// A level as one version of Kubernetes defined it.
    struct Standard: Sendable, Hashable, CustomStringConvertible {
        /// The level.
        var level = Level.privileged
        /// The minor version of Kubernetes 1; nil for the latest.
        var minor: Int?

        var description: String { "\(level.rawValue):\(minor.map { "v1.\($0)" } ?? "latest")" }

        /// Whether a check that came with a version counts.
        func includes(since version: Int) -> Bool { minor.map { $0 >= version } ?? true }
    }

    /// What is refused.
    private(set) var enforce = Standard()
    /// What is warned of.
    private(set) var warn = Standard()
    /// What is wrong with the labels.
    private(set) var faults: [FieldError] = []

    /// Reads a namespace's labels. A level that makes no sense is the strictest if it is to be enforced, else none.
    init(labels: [String: String]) {
        enforce = read("enforce", labels, fallback: .restricted)
        // Nothing is audited here; the labels must make sense all the same.
        _ = read("audit", labels, fallback: .privileged)
        warn = read("warn", labels, fallback: .privileged)
    }

    private mutating func read(_ mode: String, _ labels: [String: String], fallback: Level) -> Standard {
        var standard = Standard()
        let label = "pod-security.kubernetes.io/\(mode)"
        if let text = labels[label] {
            let level = Level(rawValue: text)
            if level == nil {
                let known = Level.allCases.map(\.rawValue).joined(separator: ", ")
                refuse(label, text, "must be one of \(known)")
            }
            standard.level = level ?? fallback
        }
        if let text = labels["\(label)-version"], text != "latest" {
            standard.minor = Self.minor(of: text)
            if standard.minor == nil { refuse("\(label)-version", text, "must be \"latest\" or \"v1.x\"") }
        }
        return standard
    }

    private mutating func refuse(_ label: String, _ value: String, _ why: String) {
        faults.append(.invalid(FieldPath("metadata", "labels").key(label), .string(value), why))
    }

    private static func minor(of version: String) -> Int? {
        guard version.hasPrefix("v1.") else { return nil }
        let digits = version.dropFirst(3)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return digits.count > 1 && digits.hasPrefix("0") ? nil : Int(digits)
    }
}
