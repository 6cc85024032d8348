import KubeObjects
import Testing

@testable import FakeCluster

/// ConfigMaps and Secrets.
struct DataRulesTests {
    @Test func `texts of a Secret become data, and overwrite it`() throws {
        let object = try KindWalk("Secret").create(["data": ["a": "eA=="], "stringData": ["a": "y", "b": "z"]]).object
        #expect(object["data"] == ["a": "eQ==", "b": "eg=="])
        #expect(object["stringData"] == nil)
        #expect(object["type"] == "Opaque")
    }

    @Test(arguments: [
        ("kubernetes.io/tls", "data[tls.crt]: Required value"),
        ("kubernetes.io/dockerconfigjson", "data[.dockerconfigjson]: Required value"),
        ("kubernetes.io/basic-auth", "data[username]: Required value"),
        (
            "kubernetes.io/service-account-token",
            "metadata.annotations[kubernetes.io/service-account.name]: Required value"
        ),
    ])
    func `a Secret of a known type must hold what the type needs`(type: String, fault: String) throws {
        #expect(try KindWalk("Secret").create(["type": .string(type)]).faults.contains(fault))
    }

    @Test(arguments: [("kubernetes.io/ssh-auth", "ssh-privatekey", true), ("kubernetes.io/tls", "tls.crt", false)])
    func `a key holds something, a certificate may be empty`(type: String, key: String, isMissed: Bool) throws {
        let secret: JSONValue = ["type": .string(type), "stringData": .object(["tls.key": "", key: ""])]
        #expect(try KindWalk("Secret").create(secret).faults == (isMissed ? ["data[\(key)]: Required value"] : []))
    }

    @Test(arguments: [
        ("kubernetes.io/dockercfg", ".dockercfg", "x", "invalid character 'x' looking for beginning of value"),
        (
            "kubernetes.io/dockerconfigjson", ".dockerconfigjson", "[]",
            "json: cannot unmarshal array into Go value of type map[string]interface {}"
        ),
    ])
    func `logins to registries are an object`(type: String, key: String, text: String, fault: String) throws {
        let walk = try KindWalk("Secret")
        let wrong = try walk.create(["type": .string(type), "stringData": .object([key: .string(text)])]).faults
        #expect(wrong == ["data[\(key)]: Invalid value: \"<secret contents redacted>\": \(fault)"])
        #expect(try walk.create(["type": .string(type), "stringData": .object([key: "{}"])]).faults.isEmpty)
    }

    @Test(arguments: ["ConfigMap", "Secret"])
    func `an immutable object keeps its data and stays immutable`(kind: String) throws {
        let walk = try KindWalk(kind)
        let object = try walk.create(["immutable": true, "data": ["a": "eA=="]]).object
        let faults = try walk.update(object) { $0["data"] = ["a": "eQ=="] }.faults
        #expect(faults == ["data: Forbidden: field is immutable when `immutable` is set"])
        #expect(try walk.update(object) { $0["immutable"] = nil }.faults.count == 1)
        #expect(try walk.update(object) { $0.set(["x": "y"], at: ["metadata", "labels"]) }.faults.isEmpty)
    }

    @Test func `a key stands in data or in binaryData`() throws {
        let faults = try KindWalk("ConfigMap").create(["data": ["a": "x"], "binaryData": ["a": "eA=="]]).faults
        #expect(faults == ["data[a]: Invalid value: \"a\": duplicate of key present in binaryData"])
    }
}
