import FakeCluster
import Foundation
package import KubeObjects
import KubeWire

/// An object of a manifest file, with the place it came from.
package struct Manifest: Sendable {
    /// The object.
    package var object: KubeObject
    /// Where it stands; nil for an object that is of no file.
    private let source: Source?

    private struct Source: Sendable {
        let file: String
        let document: YAMLDocument
        let path: [JSONPathElement]
    }

    private init(_ object: KubeObject, _ source: Source?) {
        self.object = object
        self.source = source
    }

    /// An object of no file.
    package init(object: KubeObject) { self.init(object, nil) }

    /// What a server says of the object, with file and line.
    func message(of status: KubeStatus) -> String {
        source.map { status.located(in: $0.document, at: $0.path, file: $0.file) } ?? status.message
    }

    /// Reads a file of YAML or JSON documents; the items of a `List` become objects of their own.
    /// - Parameter file: a path, or `-` for standard input.
    /// - Throws: ``SessionError`` naming file and line.
    package static func read(file: String) async throws -> [Manifest] {
        let name = file == "-" ? "standard input" : file
        let documents: [YAMLDocument]
        do {
            documents = try await YAML.parse(Array(contents(of: file)))
        } catch let error as YAMLError {
            throw SessionError("\(name):\(error.line): \(error.message)")
        }
        return try documents.flatMap { document in
            let origin = "\(name):\(document.startLine)"
            guard let object = KubeObject(document.value), !object.apiVersion.isEmpty, !object.kind.isEmpty else {
                throw SessionError("\(origin): this is no Kubernetes object: apiVersion or kind is missing")
            }
            guard object.kind.hasSuffix("List"), let items = object["items"]?.array else {
                return [Manifest(object, Source(file: name, document: document, path: []))]
            }
            return items.enumerated().compactMap { index, item in
                let source = Source(file: name, document: document, path: ["items", .index(index)])
                return KubeObject(item).map { Manifest($0, source) }
            }
        }
    }

    /// Reads a plan of faults.
    /// - Throws: ``SessionError`` naming file, line and field.
    static func faultPlan(file: String) async throws -> FaultPlan {
        do {
            return try await FaultPlan(parsing: Array(contents(of: file)), file: file == "-" ? "standard input" : file)
        } catch let error as FieldFileError {
            throw SessionError(error.description)
        }
    }

    /// Reads a script that plays pods' containers.
    /// - Throws: ``SessionError`` naming file, line and field.
    static func podScript(file: String) async throws -> PodScript {
        do {
            return try await PodScript(parsing: Array(contents(of: file)), file: file == "-" ? "standard input" : file)
        } catch let error as FieldFileError {
            throw SessionError(error.description)
        }
    }

    /// Reads a file on a thread of its own: standard input, or a pipe, may say nothing for long, and whoever gives up on it
    /// (by cancelling the task) need not wait for that.
    private static func contents(of file: String) async throws -> Data {
        let (answers, feed) = AsyncStream<Result<Data, any Error>>.makeStream()
        Thread.detachNewThread {
            feed.yield(Result { try readContents(of: file) })
            feed.finish()
        }
        for await answer in answers { return try answer.get() }
        throw CancellationError()
    }

    private static func readContents(of file: String) throws -> Data {
        do {
            if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            return try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw SessionError("cannot read \(file): \(error.localizedDescription)")
        }
    }
}
