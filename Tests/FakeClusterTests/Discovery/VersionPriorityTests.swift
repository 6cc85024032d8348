import Testing

@testable import FakeCluster

struct VersionPriorityTests {
    @Test func `stable versions come before beta ones, beta before alpha, higher before lower`() {
        let names = ["foo10", "v1", "v11alpha2", "v10", "foo1", "v3beta1", "v2", "v12alpha1", "v11beta2", "v10beta3"]
        let sorted = names.sorted { VersionPriority($0) > VersionPriority($1) }
        #expect(
            sorted == [
                "v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10",
            ])
    }
}
