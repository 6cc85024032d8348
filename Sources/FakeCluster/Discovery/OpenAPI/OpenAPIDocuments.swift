import Crypto
import KubeObjects
import KubeSchema
import Synchronization

/// `/openapi/v2` and `/openapi/v3`: what is served, described by schemas, custom resources included.
///
/// Documents are made when they are first asked for and kept until the resources change.
final class OpenAPIDocuments: Sendable {
    private struct Cache {
        var generation = -1
        var documents: [String: ServedDocument] = [:]
    }

    private static let protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    private let cache = Mutex(Cache())

    /// The document at a path; nil if there is none.
    func document(at path: String, accept: String, resources: ResourceRegistry.Snapshot) -> ServedDocument? {
        let isBinary =
            path == "/openapi/v2"
            && AcceptedMediaTypes(accept).entries.first { $0.mediaType == Self.protobuf || $0.acceptsJSON }?.mediaType
                == Self.protobuf
        let key = isBinary ? path + " protobuf" : path
        let known = cache.withLock { cache -> ServedDocument? in
            if cache.generation != resources.generation {
                cache = Cache(generation: resources.generation)
            }
            return cache.documents[key]
        }
        if let known { return known }
        guard let made = make(path, isBinary: isBinary, resources) else { return nil }
        cache.withLock { cache in
            if cache.generation == resources.generation { cache.documents[key] = made }
        }
        return made
    }

    private func make(_ path: String, isBinary: Bool, _ resources: ResourceRegistry.Snapshot) -> ServedDocument? {
        let definitions = resources.definitions
        switch path {
        case "/openapi/v2":
            let document = OpenAPIVersion2(definitions).document
            if isBinary {
                return served(
                    OpenAPIVersion2Encoder.encode(document),
                    mediaType: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
            }
            return served(document.encoded(), mediaType: "application/json")
        case "/openapi/v3":
            return served(OpenAPIVersion3(definitions).index.encoded(), mediaType: "application/json")
        default:
            let prefix = "/openapi/v3/"
            guard path.hasPrefix(prefix),
                let document = OpenAPIVersion3(definitions).document(at: String(path.dropFirst(prefix.count)))
            else { return nil }
            return served(document.encoded(), mediaType: "application/json")
        }
    }

    private func served(_ bytes: [UInt8], mediaType: String) -> ServedDocument {
        let tag = OpenAPIHash.text(of: bytes)
        return ServedDocument(mediaType: mediaType, bytes: bytes, headers: [("ETag", "\"\(tag)\"")])
    }
}

/// The hashes by which clients tell whether a document is the one that they have.
enum OpenAPIHash {
    /// SHA-512 in upper case hexadecimal digits, as the server has it.
    static func text(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in SHA512.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
