import Foundation
import GRDB
import KubeObjects

/// The store on disk: every write is one row, named by its version; a row goes when nothing can ask for it any more.
///
/// A row is an object's state after a write, or, with `deleted`, its last state. The present is the newest row of each
/// object; the older rows are the history that watches resume from.
final class RevisionLog: Sendable {
    /// A row.
    struct Revision: Sendable {
        var version: UInt64
        var resource: GroupResource
        var isDeletion: Bool
        var bytes: [UInt8]
    }

    private let database: DatabaseQueue

    /// Opens the file, or makes it.
    /// - Parameters:
    ///   - isDurable: whether a write survives a power failure; a temporary store need not.
    init(path: String, isDurable: Bool) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.label = "fake-cluster.store"
        configuration.prepareDatabase { database in
            // One process owns the file: a second one must not believe in its own copy of the present.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
        }
        // Made by hand, so that nobody else can read it: the files beside it take over its mode.
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { database in
            // Not before: GRDB relaxes it when it turns the write-ahead log on.
            try database.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "OFF")")
        }
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS revisions (
                        version INTEGER PRIMARY KEY, resource TEXT NOT NULL, deleted INTEGER NOT NULL,
                        object BLOB NOT NULL);
                    CREATE TABLE IF NOT EXISTS compactions (resource TEXT PRIMARY KEY, version INTEGER NOT NULL);
                    """)
        }
    }

    /// Reads everything, in order of versions.
    func load(_ body: (Revision) throws -> Void) throws {
        try database.read { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT version, resource, deleted, object FROM revisions ORDER BY version")
            while let row = try rows.next() {
                let version: Int64 = row[0]
                let resource: String = row[1]
                let object: Data = row[3]
                try body(
                    Revision(
                        version: UInt64(version), resource: GroupResource(stored: resource), isDeletion: row[2],
                        bytes: Array(object)))
            }
        }
    }

    /// Up to which version the changes of each resource are forgotten; the entry of the empty name holds for all
    /// others.
    func compactions() throws -> [GroupResource: UInt64] {
        try database.read { database in
            var versions: [GroupResource: UInt64] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT resource, version FROM compactions") {
                let resource: String = row[0]
                let version: Int64 = row[1]
                versions[GroupResource(stored: resource)] = UInt64(version)
            }
            return versions
        }
    }

    /// Writes at once, before anything else does.
    func append(_ revisions: [Revision], compactions: [GroupResource: UInt64]) throws {
        try database.writeWithoutTransaction {
            try Writer(database: $0).append(revisions, compactions: compactions)
        }
    }

    /// Runs work on the one writing thread, after what was scheduled before.
    func schedule(_ work: @escaping @Sendable (borrowing Writer) -> Void) {
        database.asyncWriteWithoutTransaction { work(Writer(database: $0)) }
    }

    /// Whether the disk has a write before it is answered, as SQLite itself tells.
    var flushesEachWrite: Bool {
        get throws { try database.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 } >= 2 }
    }

    /// Closes the file; what was scheduled before is done first.
    func close() throws {
        try database.close()
    }

    /// Writes to the log; only inside ``RevisionLog/schedule(_:)``.
    struct Writer: ~Copyable {
        fileprivate let database: Database

        /// Stores all of it or nothing; once this returns, all of it is on disk.
        func append(
            _ revisions: [Revision], dropping forgotten: [UInt64] = [], compactions: [GroupResource: UInt64] = [:]
        ) throws {
            try database.inTransaction(.immediate) {
                let insert = try database.cachedStatement(
                    sql: "INSERT INTO revisions (version, resource, deleted, object) VALUES (?, ?, ?, ?)")
                for revision in revisions {
                    try insert.execute(arguments: [
                        Int64(revision.version), revision.resource.description, revision.isDeletion,
                        Data(revision.bytes),
                    ])
                }
                let delete = try database.cachedStatement(sql: "DELETE FROM revisions WHERE version = ?")
                for version in forgotten { try delete.execute(arguments: [Int64(version)]) }
                let compact = try database.cachedStatement(
                    sql: """
                        INSERT INTO compactions (resource, version) VALUES (?, ?)
                        ON CONFLICT (resource) DO UPDATE SET version = excluded.version
                        """)
                for (resource, version) in compactions {
                    try compact.execute(arguments: [resource.description, Int64(version)])
                }
                return .commit
            }
        }
    }
}

extension GroupResource {
    /// Reads the form that ``description`` writes.
    fileprivate init(stored text: String) {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        self.init(group: parts.count > 1 ? parts[1] : "", resource: parts.first ?? "")
    }
}
