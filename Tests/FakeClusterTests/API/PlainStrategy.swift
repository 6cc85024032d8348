import KubeObjects
import KubeSchema

@testable import FakeCluster

/// A type without rules, for tests of what the server does with every type.
struct PlainStrategy: ResourceStrategy {
    var hasGeneration = false
    var mergeSchema: (any MergeSchema)? { nil }
    var defaultPropagation = DefaultPropagation.background
    var table: TableConvention {
        TableConvention(columns: [TableConvention.Column(name: "Name", format: "name")]) { object, _ in
            [.string(object.name ?? "")]
        }
    }

    func decode(_ object: inout KubeObject) throws -> [String] {
        defer { object["unknown"] = nil }
        return object["unknown"] == nil ? [] : ["unknown field \"unknown\""]
    }
    func applyDefaults(_ object: inout KubeObject) {}
    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {}
    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        if subresource != "status" { object["status"] = old["status"] }
    }
    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] { [] }
    func validateUpdate(
        _ object: KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) -> [FieldError] { [] }
    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] { [] }
    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool { object["spec"] != old["spec"] }
    func selectableFields(_ object: KubeObject) -> [String: String] { [:] }
}
