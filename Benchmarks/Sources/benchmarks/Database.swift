import CSQLite

/// A file of SQLite's.
@safe struct Database: ~Copyable {
    private let handle: OpaquePointer

    /// Opens the file, or makes it.
    init(_ file: String) throws {
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open(file, &handle)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            unsafe sqlite3_close(handle)
            throw BenchmarkError("SQLite cannot open \(file)")
        }
        unsafe self.handle = opened
    }

    deinit { unsafe sqlite3_close(handle) }

    func execute(_ statements: String) throws {
        try check(unsafe sqlite3_exec(handle, statements, nil, nil, nil), SQLITE_OK)
    }

    /// The number that a query gives: the first column of its first row.
    func number(_ query: String) throws -> Int {
        var statement: OpaquePointer?
        try check(unsafe sqlite3_prepare_v2(handle, query, -1, &statement, nil), SQLITE_OK)
        defer { unsafe sqlite3_finalize(statement) }
        try check(unsafe sqlite3_step(statement), SQLITE_ROW)
        return Int(unsafe sqlite3_column_int64(statement, 0))
    }

    private func check(_ code: CInt, _ expected: CInt) throws {
        guard code == expected else {
            throw BenchmarkError("SQLite: \(unsafe String(cString: sqlite3_errmsg(handle)))")
        }
    }
}

/// How many states of objects the store of a cluster that was stopped holds: one for each object there is, and the
/// changes that it has not forgotten.
func storedRevisions(in folder: ScratchFolder) throws -> Double {
    Double(try Database(folder.path + "/data/cluster.db").number("SELECT count(*) FROM revisions"))
}
