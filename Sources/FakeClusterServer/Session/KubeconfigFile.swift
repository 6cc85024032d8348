import Foundation
import KubeObjects

/// The kubeconfig that a cluster writes for its users: one cluster, one user with a token, one context.
struct KubeconfigFile: Sendable {
    let server: String
    let authorityPEM: String
    let token: String

    /// The name of cluster, user and context.
    private static let name = "fake-cluster"

    private var json: JSONValue {
        let name = JSONValue.string(Self.name)
        return [
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                [
                    "name": name,
                    "cluster": [
                        "server": .string(server),
                        "certificate-authority-data": .string(Data(authorityPEM.utf8).base64EncodedString()),
                    ],
                ]
            ],
            "users": [["name": name, "user": ["token": .string(token)]]],
            "contexts": [["name": name, "context": ["cluster": name, "user": name, "namespace": "default"]]],
            "current-context": name,
        ]
    }

    /// Writes the file, readable by its owner only.
    func write(to path: String) throws {
        try PrivateFile.makeDirectory((path as NSString).deletingLastPathComponent)
        try PrivateFile.write(YAML.encode(json), to: path)
    }
}
