import KubeObjects
import KubeSchema

/// The rules for a Job's `successPolicy` (KEP-3998).
enum SuccessPolicyRules {
    private static let maxRules = 20
    private static let maxIndexesBytes = 64 * 1024

    /// The faults of a policy within a Job's spec.
    static func validate(_ policy: JSONValue, _ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        guard spec["completionMode"] == "Indexed" else {
            return [
                .invalid(
                    path, shown: InternalForm.text(policy, as: "SuccessPolicy"), "requires indexed completion mode")
            ]
        }
        let rules = policy.list("rules")
        var errors: [FieldError] = []
        if rules.isEmpty {
            errors.append(
                .required(
                    path.child("rules"), "at least one rules must be specified when the successPolicy is specified"))
        }
        if rules.count > maxRules {
            errors.append(.tooMany(path.child("rules"), count: rules.count, maximum: maxRules))
        }
        for (position, rule) in rules.enumerated() {
            errors += validate(
                rule: rule, completions: spec.number("completions"), at: path.child("rules").index(position))
        }
        return errors
    }

    private static func validate(rule: JSONValue, completions: Int64, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if rule["succeededCount"] == nil, rule["succeededIndexes"] == nil {
            errors.append(.required(path, "at least one of succeededCount or succeededIndexes must be specified"))
        }
        var total: Int64 = 0
        if let indexes = rule["succeededIndexes"]?.string {
            let place = path.child("succeededIndexes")
            if indexes.utf8.count > maxIndexesBytes { errors.append(.tooLong(place, maximum: maxIndexesBytes)) }
            do {
                total = try IndexList(indexes, completions: completions).count
            } catch {
                errors.append(.invalid(place, .string(indexes), "error parsing succeededIndexes: \(error.description)"))
            }
        }
        guard let count = rule["succeededCount"], let number = count.integer else { return errors }
        let place = path.child("succeededCount")
        errors += NumberRule.nonNegative(count, at: place)
        if number > completions {
            errors.append(
                .invalid(
                    place, count, "must be less than or equal to \(completions) (the number of specified completions)"))
        }
        if rule["succeededIndexes"] != nil, number > total {
            errors.append(
                .invalid(
                    place, count,
                    "must be less than or equal to \(total) (the number of indexes in the specified succeededIndexes field)"
                ))
        }
        return errors
    }
}

/// A list of completion indexes as a user writes it: `0,2-4`, in ascending order and below a number of completions.
struct IndexList: Sendable {
    /// The intervals.
    private(set) var intervals: [ClosedRange<Int64>] = []

    /// How many indexes there are.
    var count: Int64 { intervals.reduce(0) { $0 + Int64($1.count) } }

    /// Why a text is no list of indexes, in the words of the API server.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a list.
    init(_ text: String, completions: Int64) throws(Fault) {
        guard !text.isEmpty else { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let interval = try Self.interval(part, completions)
            if let last = intervals.last, last.upperBound >= interval.lowerBound {
                throw Fault(
                    description:
                        "non-increasing order, previous: \(last.upperBound), current: \(interval.lowerBound)")
            }
            intervals.append(interval)
        }
    }

    /// The first index that is in this list and in another.
    func firstCommon(with other: IndexList) -> Int64? {
        intervals.flatMap { mine in other.intervals.filter(mine.overlaps).map { max(mine.lowerBound, $0.lowerBound) } }
            .min()
    }

    private static func interval(_ text: Substring, _ completions: Int64) throws(Fault) -> ClosedRange<Int64> {
        let limits = text.split(separator: "-", omittingEmptySubsequences: false)
        if limits.count > 2 {
            throw Fault(
                description: "the fragment \(String(text).quoted) violates the requirement that an index interval can "
                    + "have at most two parts separated by '-'")
        }
        let first = try index(limits[0], completions)
        guard limits.count == 2 else { return first...first }
        let last = try index(limits[1], completions)
        if first >= last {
            throw Fault(description: "non-increasing order, previous: \(first), current: \(last)")
        }
        return first...last
    }

    private static func index(_ text: Substring, _ completions: Int64) throws(Fault) -> Int64 {
        guard let index = Int64(text) else {
            throw Fault(description: "cannot convert string to integer for index: \(String(text).quoted)")
        }
        if index >= completions { throw Fault(description: "too large index: \(String(text).quoted)") }
        return index
    }
}
