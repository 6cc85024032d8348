import KubeObjects
import KubeWire
import Testing

struct WatchEventTests {
    private static let pod: JSONValue = ["kind": "Pod", "metadata": ["name": "a"]]

    @Test(arguments: ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"])
    func framesCarryObjects(_ type: String) throws {
        let event = try #require(WatchEvent(["type": .string(type), "object": Self.pod]))
        #expect(event.type == type)
        #expect(event.object?.name == "a")
    }

    @Test func anErrorFrameCarriesAStatus() {
        let gone = KubeStatus(code: 410, reason: .expired, message: "too old resource version: 1 (5)")
        #expect(WatchEvent(["type": "ERROR", "object": gone.json]) == .error(gone))
        #expect(gone.isGone)
        #expect(WatchEvent(["type": "ERROR", "object": [:]])?.object == nil)
    }

    @Test(
        arguments: [
            ["type": "ADDED"], ["object": ["kind": "Pod"]], ["type": "OTHER", "object": [:]],
            ["type": "ADDED", "object": 7], [1],
        ] as [JSONValue])
    func whatIsNoFrameIsRefused(_ json: JSONValue) { #expect(WatchEvent(json) == nil) }

    @Test func deleteOptionsCarryOnlyWhatIsSaid() {
        #expect(DeleteOptions().json == ["kind": "DeleteOptions", "apiVersion": "v1"])
        let options = DeleteOptions(
            gracePeriodSeconds: 0, propagationPolicy: .foreground, uid: "u", resourceVersion: "5", isDryRun: true)
        #expect(
            options.json == [
                "kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
                "propagationPolicy": "Foreground", "preconditions": ["uid": "u", "resourceVersion": "5"],
                "dryRun": ["All"],
            ])
    }
}
