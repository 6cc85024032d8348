import Foundation

/// One thing measured.
struct Figure: Codable, Sendable {
    /// What is aimed at.
    struct Goal: Codable, Sendable {
        /// The bound.
        var bound: Double
        /// Whether more is better.
        var isLeast: Bool
        /// Whether the bound is for the ratio, not for the value.
        var isOfRatio: Bool

        /// The value may be as much.
        static func atMost(_ bound: Double) -> Goal { Goal(bound: bound, isLeast: false, isOfRatio: false) }
        /// The value must be as much.
        static func atLeast(_ bound: Double) -> Goal { Goal(bound: bound, isLeast: true, isOfRatio: false) }
        /// The ratio may be as much.
        static func ratioAtMost(_ bound: Double) -> Goal { Goal(bound: bound, isLeast: false, isOfRatio: true) }
        /// The ratio must be as much.
        static func ratioAtLeast(_ bound: Double) -> Goal { Goal(bound: bound, isLeast: true, isOfRatio: true) }
    }

    /// Which benchmark it comes from.
    var benchmark: String
    /// What it is.
    var name: String
    /// How much.
    var value: Double
    /// Of what.
    var unit: String
    /// What it is compared with, measured in the same run.
    var reference: String?
    /// How much that is, in the same unit.
    var referenceValue: Double?
    /// What is aimed at.
    var goal: Goal?

    /// A figure.
    init(
        _ benchmark: String, _ name: String, _ value: Double, _ unit: String,
        against reference: (name: String, value: Double)? = nil, goal: Goal? = nil
    ) {
        self.benchmark = benchmark
        self.name = name
        self.value = value
        self.unit = unit
        self.reference = reference?.name
        referenceValue = reference?.value
        self.goal = goal
    }

    /// The value as a share of the reference.
    var ratio: Double? {
        guard let referenceValue, referenceValue != 0 else { return nil }
        return value / referenceValue
    }

    /// Whether the goal is reached; nil without one.
    var isMet: Bool? {
        guard let goal, let measured = goal.isOfRatio ? ratio : value else { return nil }
        return goal.isLeast ? measured >= goal.bound : measured <= goal.bound
    }

    private enum CodingKeys: String, CodingKey {
        case benchmark, name, value, unit, reference, referenceValue, ratio, goal, isMet
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(benchmark, forKey: .benchmark)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encodeIfPresent(reference, forKey: .reference)
        try container.encodeIfPresent(referenceValue, forKey: .referenceValue)
        try container.encodeIfPresent(ratio, forKey: .ratio)
        try container.encodeIfPresent(goal, forKey: .goal)
        try container.encodeIfPresent(isMet, forKey: .isMet)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        benchmark = try container.decode(String.self, forKey: .benchmark)
        name = try container.decode(String.self, forKey: .name)
        value = try container.decode(Double.self, forKey: .value)
        unit = try container.decode(String.self, forKey: .unit)
        reference = try container.decodeIfPresent(String.self, forKey: .reference)
        referenceValue = try container.decodeIfPresent(Double.self, forKey: .referenceValue)
        goal = try container.decodeIfPresent(Goal.self, forKey: .goal)
    }
}

/// What the figures were measured on.
struct Machine: Codable, Sendable {
    /// The processor's name.
    var processor: String
    /// How many there are.
    var cores: Int
    /// How much memory.
    var memoryMegabytes: Int
    /// How many processes wanted a core when it was asked: above `cores`, times are others' as well.
    var load: Double
    /// When.
    var time: String
    /// Where the benchmark itself is from: debug figures are no figures.
    var isOptimised: Bool

    /// This machine.
    init() {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor = model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryMegabytes = Int(ProcessInfo.processInfo.physicalMemory >> 20)
        let loads = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        load = loads.split(separator: " ").first.flatMap { Double($0) } ?? 0
        time = ISO8601DateFormatter().string(from: Date())
        #if DEBUG
        isOptimised = false
        #else
        isOptimised = true
        #endif
    }
}

extension Machine {
    /// In one line.
    var summary: String {
        let warning = isOptimised ? "" : ", DEBUG BUILD: times mean nothing"
        return "\(processor), \(cores) cores, \(memoryMegabytes) MB, load \(load), \(time)\(warning)"
    }
}

/// All figures of a run.
struct Report: Codable, Sendable {
    /// What they were measured on.
    var machine: Machine
    /// The figures.
    var figures: [Figure]

    /// For people.
    var table: String {
        let header = ["benchmark", "figure", "value", "measured against", "ratio", "goal", "met"]
        let rows = [header] + figures.map(Self.row)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = [machine.summary, ""]
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            lines.append(cells.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ figure: Figure) -> [String] {
        var against = ""
        if let reference = figure.reference, let value = figure.referenceValue {
            against = "\(reference): \(text(value))"
        }
        let isMet = figure.isMet.map { $0 ? "yes" : "no" }
        return [
            figure.benchmark, figure.name, "\(text(figure.value)) \(figure.unit)", against,
            figure.ratio.map { text($0) } ?? "", figure.goal.map { text($0) } ?? "", isMet ?? "",
        ]
    }

    /// Writes the JSON.
    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: file))
    }

    private static func text(_ value: Double) -> String {
        switch abs(value) {
        case 100...: String(format: "%.0f", value)
        case 10...: String(format: "%.1f", value)
        default: String(format: "%.2f", value)
        }
    }

    private static func text(_ goal: Figure.Goal) -> String {
        "\(goal.isOfRatio ? "ratio " : "")\(goal.isLeast ? "≥" : "≤") \(text(goal.bound))"
    }
}
