import KubeObjects
import Testing

@testable import FakeCluster

struct DiscoveryDocumentsTests {
    private let documents = DiscoveryDocuments(serverAddress: "127.0.0.1:6443")
    private let resources = ResourceRegistry(BuiltinKinds.definitions).snapshot

    private func document(_ path: String, accept: String = "") throws -> (mediaType: String, json: JSONValue) {
        let served = try #require(documents.document(at: path, accept: accept, resources: resources))
        return (served.mediaType, try JSONValue(parsing: served.bytes))
    }

    @Test func `a resource is listed with its names and verbs, its subresources behind it`() throws {
        let list = try document("/apis/batch/v1").json
        #expect(list["groupVersion"] == "batch/v1")
        #expect(
            list["resources"]?.array?.compactMap { $0["name"]?.string } == [
                "cronjobs", "cronjobs/status", "jobs", "jobs/status",
            ])
        #expect(
            list["resources"]?[0] == [
                "name": "cronjobs", "singularName": "cronjob", "namespaced": true, "kind": "CronJob",
                "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "shortNames": ["cj"], "categories": ["all"], "storageVersionHash": "sd5LIXh4Fjs=",
            ])
    }

    @Test func `the core group's list has no apiVersion`() throws {
        #expect(try document("/api/v1").json["apiVersion"] == nil)
        #expect(try document("/apis/apps/v1").json["apiVersion"] == "v1")
    }

    @Test func `a group names its preferred version`() throws {
        let group = try document("/apis/batch").json
        #expect(group["preferredVersion"] == ["groupVersion": "batch/v1", "version": "v1"])
    }

    @Test(arguments: [
        ("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", "v2"),
        (
            "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList,"
                + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "v2beta1"
        ),
    ])
    func `the aggregated form is given in the version that the client knows`(accept: String, version: String) throws {
        let (mediaType, list) = try document("/apis", accept: accept)
        #expect(mediaType == "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
        #expect(list["apiVersion"] == .string("apidiscovery.k8s.io/\(version)"))
        let apps = list["items"]?.array?.first { $0["metadata"]?["name"] == "apps" }
        #expect(apps?["versions"]?[0]?["resources"]?[0]?["subresources"]?[0]?["responseKind"]?["kind"] == "Scale")
    }

    @Test(arguments: ["", "*/*", "application/json", "application/json;q=0.9, */*"])
    func `clients that do not ask for the aggregated form get lists of groups`(accept: String) throws {
        #expect(try document("/apis", accept: accept).json["kind"] == "APIGroupList")
        #expect(try document("/api", accept: accept).json["kind"] == "APIVersions")
    }

    @Test(arguments: ["/apis/nope", "/apis/batch/v2", "/api/v2", "/version", "/apis/batch/v1/jobs", "/"])
    func `other paths are not discovery's`(path: String) {
        #expect(documents.document(at: path, accept: "", resources: resources) == nil)
    }
}
