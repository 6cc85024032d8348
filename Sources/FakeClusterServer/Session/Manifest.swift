import FakeCluster
import Foundation
package import KubeObjects

/// An object of a manifest file, with the place it came from.
package struct Manifest: Sendable {
    /// The object.
    package var object: KubeObject
    /// `FILE:LINE`, for messages.
    package var origin: String

    /// An object with its origin.
    package init(object: KubeObject, origin: String) {
        self.object = object
        self.origin = origin
    }

    /// Reads a file of YAML or JSON documents; the items of a `List` become objects of their own.
    /// - Parameter file: a path, or `-` for standard input.
    /// - Throws: ``SessionError`` naming file and line.
    package static func read(file: String) throws -> [Manifest] {
        let name = file == "-" ? "standard input" : file
        let documents: [YAMLDocument]
        do {
            documents = try YAML.parse(Array(contents(of: file)))
        } catch let error as YAMLError {
            throw SessionError("\(name):\(error.line): \(error.message)")
        }
        return try documents.flatMap { document in
            let origin = "\(name):\(document.startLine)"
            guard let object = KubeObject(document.value), !object.apiVersion.isEmpty, !object.kind.isEmpty else {
                throw SessionError("\(origin): this is no Kubernetes object: apiVersion or kind is missing")
            }
            guard object.kind.hasSuffix("List"), let items = object["items"]?.array else {
                return [Manifest(object: object, origin: origin)]
            }
            return items.compactMap(KubeObject.init).map { Manifest(object: $0, origin: origin) }
        }
    }

    /// Reads a plan of faults.
    /// - Throws: ``SessionError`` naming file, line and field.
    static func faultPlan(file: String) throws -> FaultPlan {
        do {
            return try FaultPlan(parsing: Array(contents(of: file)), file: file == "-" ? "standard input" : file)
        } catch let error as FieldFileError {
            throw SessionError(error.description)
        }
    }

    /// Reads a script that plays pods' containers.
    /// - Throws: ``SessionError`` naming file, line and field.
    static func podScript(file: String) throws -> PodScript {
        do {
            return try PodScript(parsing: Array(contents(of: file)), file: file == "-" ? "standard input" : file)
        } catch let error as FieldFileError {
            throw SessionError(error.description)
        }
    }

    private static func contents(of file: String) throws -> Data {
        do {
            if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            return try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw SessionError("cannot read \(file): \(error.localizedDescription)")
        }
    }
}
