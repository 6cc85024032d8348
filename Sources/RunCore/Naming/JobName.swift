/// Names of the Jobs that are made for runs.
public enum JobName {
    /// 63 characters, as a Job's name becomes a label value and part of its pods' host names, less the eleven that an
    /// Indexed Job adds for an index: the limit that CronJobs keep, too.
    public static let maximumLength = 52

    /// The name of a run's Job: as much of the run's name as fits, and a hash of uid and attempt.
    ///
    /// The same run and attempt always give the same name, so creating the Job twice is impossible, and a run that was
    /// deleted and made again under its old name gets a Job of its own. Dots, which names of runs may have and host
    /// names may not, become dashes.
    public static func name(run: String, uid: String, attempt: Int = 0) -> String {
        let hash = Digest.short("\(uid)/\(attempt)")
        var prefix = run.prefix(maximumLength - hash.count - 1).map { $0 == "." ? "-" : $0 }
        while prefix.last == "-" { prefix.removeLast() }
        return "\(String(prefix))-\(hash)"
    }
}

/// Values of labels.
public enum LabelValue {
    /// The longest that a label value may be.
    public static let maximumLength = 63

    /// An object's name as a label value: itself if it is short enough, otherwise its beginning and a hash of all of
    /// it. Whoever shortens a name keeps the whole of it in an annotation of the same key.
    public static func name(_ name: String) -> String {
        guard name.utf8.count > maximumLength else { return name }
        let hash = Digest.short(name)
        var prefix = name.prefix(maximumLength - hash.count - 1)
        while let last = prefix.last, !last.isLetter, !last.isNumber { prefix.removeLast() }
        return "\(prefix)-\(hash)"
    }
}
