import KubeObjects

/// What a run of the generator changes in a chart's folder, decided before anything is written.
struct ChartUpdate: Sendable {
    /// Files to write.
    private(set) var writes: [ChartFile] = []
    /// Files to remove.
    private(set) var removals: [String] = []
    /// What a person should know.
    private(set) var notices: [String] = []

    private let present: [String: String]
    private let isForced: Bool
    private var memory: ChartMemory

    /// - Parameters:
    ///   - present: The texts of the folder's files, by path.
    ///   - isForced: Whether changes by hand are overwritten.
    /// - Throws: ``ChartError`` if the folder holds a chart that this program did not make, or values that cannot be
    ///   merged.
    init(_ chart: TemplateChart, over present: [String: String], isForced: Bool) throws(ChartError) {
        self.present = present
        self.isForced = isForced
        memory = try Self.memory(of: present, isForced: isForced)
        try updateHead(chart)
        let own = try updateValues(chart)
        let files = chart.fixedFiles + [chart.schemaFile(own: own)]
        for file in files { update(file) }
        removeGone(kept: Set(files.map(\.path)))
        write(memory.file)
    }

    private static func memory(of present: [String: String], isForced: Bool) throws(ChartError) -> ChartMemory {
        if let text = present[TemplateChart.memoryPath] {
            return isForced ? (try? ChartMemory(text)) ?? ChartMemory() : try ChartMemory(text)
        } else if present["Chart.yaml"] != nil, !isForced {
            throw ChartError(
                "there is a chart already which `chart-generator templates` did not make; choose another folder, or "
                    + "--force to write over its files")
        }
        return ChartMemory()
    }

    private mutating func write(_ file: ChartFile) {
        if present[file.path] != file.text { writes.append(file) }
    }

    /// A file that is generated as a whole: it is written unless a person has changed it.
    private mutating func update(_ file: ChartFile) {
        let known = memory.digests[file.path] != nil
        guard let text = present[file.path] else {
            if known, !isForced {
                notices.append("\(file.path): was deleted by hand and is not made again; --force makes it")
            } else {
                memory.remember(file)
                write(file)
            }
            return
        }
        if text == file.text || memory.remembers(text, at: file.path) || isForced {
            if isForced, text != file.text { notices.append("\(file.path): written over") }
            memory.remember(file)
            write(file)
        } else {
            notices.append("\(file.path): was changed by hand and is left alone; --force writes over it")
        }
    }

    private mutating func removeGone(kept: Set<String>) {
        for path in memory.digests.keys.sorted() where !kept.contains(path) {
            guard let text = present[path] else {
                memory.digests[path] = nil
                continue
            }
            if memory.remembers(text, at: path) || isForced {
                memory.digests[path] = nil
                removals.append(path)
            } else {
                notices.append("\(path): its template is gone, but it was changed by hand and is left alone")
            }
        }
    }

    /// `Chart.yaml` is the user's once it is there; only its version is changed.
    private mutating func updateHead(_ chart: TemplateChart) throws(ChartError) {
        guard let text = present["Chart.yaml"], !isForced else { return write(chart.chartFile) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let index = lines.firstIndex(where: { $0.hasPrefix("version:") }) else {
            throw ChartError("Chart.yaml: has no line that begins with version:")
        }
        let line = "version: \(chart.version)"
        guard let head = try? YAML.parse(text).first?.value, head["version"]?.string != chart.version else { return }
        lines[index] = line[...]
        write(ChartFile(path: "Chart.yaml", text: lines.joined(separator: "\n")))
    }

    /// Merges `values.yaml`. Returns the names that a person has added at its top.
    private mutating func updateValues(_ chart: TemplateChart) throws(ChartError) -> [String] {
        let values = chart.values
        defer { memory.values = .object(JSONObject(values.map { ($0.name, $0.json) })) }
        guard let text = present["values.yaml"], !isForced else {
            if present["values.yaml"] != nil { notices.append("values.yaml: written over") }
            write(ChartFile(path: "values.yaml", text: chart.valuesText))
            return []
        }
        do throws(ValuesFile.Unreadable) {
            let merge = try ValuesMerge(text, before: memory.values, values: values)
            notices += merge.notices
            write(ChartFile(path: "values.yaml", text: merge.file.text))
            let ours = Set(values.map(\.name) + ["global"])
            return (merge.file.value.object ?? [:]).keys.filter { !ours.contains($0) }
        } catch {
            throw ChartError(
                "values.yaml:\(error.description); put it into that form, or use --force to write the file anew")
        }
    }
}
