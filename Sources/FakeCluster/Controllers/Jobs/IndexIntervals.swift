/// A set of completion indexes, written as intervals: `0,2-4,7`.
struct IndexIntervals: Sendable, Hashable, CustomStringConvertible {
    /// Disjoint, in order, none adjacent to the next.
    private var ranges: [ClosedRange<Int>] = []

    /// No indexes.
    init() {}

    /// These indexes.
    init(_ indexes: some Sequence<Int>) {
        for index in Set(indexes).sorted() { append(index...index) }
    }

    /// Reads intervals, as far as they are below `end`; what cannot be read is left out.
    init(_ text: String, below end: Int) {
        for part in text.split(separator: ",") {
            let bounds = part.split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last, first < end else { continue }
            append(first...min(last, end - 1))
        }
    }

    private mutating func append(_ range: ClosedRange<Int>) {
        if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
            ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    /// How many indexes there are.
    var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Whether an index is one of them.
    func contains(_ index: Int) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < index { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(index)
    }

    /// The indexes of both.
    func union(_ other: IndexIntervals) -> IndexIntervals {
        var result = IndexIntervals()
        for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) { result.append(range) }
        return result
    }

    /// The first indexes that are not in the set.
    /// - Parameters:
    ///   - count: how many at most.
    ///   - end: all are below this.
    func firstMissing(_ count: Int, below end: Int) -> [Int] {
        var missing: [Int] = []
        var next = 0
        for range in ranges + [end...end] {
            while next < min(range.lowerBound, end), missing.count < count {
                missing.append(next)
                next += 1
            }
            next = max(next, range.upperBound + 1)
        }
        return missing
    }

    /// Two neighbours are written with a comma, three and more with a hyphen.
    var description: String {
        ranges.map { range in
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound),\(range.upperBound)"
            default: "\(range.lowerBound)-\(range.upperBound)"
            }
        }.joined(separator: ",")
    }
}
