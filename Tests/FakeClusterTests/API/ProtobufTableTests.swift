import KubeObjects
import KubeSchema
import Testing

@testable import FakeCluster

/// The tables against the built-in types: what a client may write in protobuf has a number here.
struct ProtobufTableTests {
    @Test func everyKindHasAMessage() {
        for definition in BuiltinTypes.definitions {
            for kind in definition.kinds {
                #expect(ProtobufTable.standard.message(apiVersion: kind.apiVersion, kind: kind.kind) != nil, "\(kind)")
            }
        }
    }

    /// Fields newer than the descriptors of v1.34, from which the tables are made: they are dropped.
    private static let newer: Set<String> = [
        "CustomResourceDefinitionCondition.observedGeneration", "CustomResourceDefinitionStatus.observedGeneration",
        "ListMeta.shardInfo", "NodeStatus.declaredFeatures", "PodCertificateProjection.userAnnotations",
        "PodSpec.schedulingGroup", "PodStatus.allocatedResources", "PodStatus.nodeAllocatableResourceClaimStatuses",
        "PodStatus.resources", "ResourceHealth.message", "VolumeMountStatus.volumeStatus",
    ]

    @Test func everyFieldOfABuiltinTypeHasANumber() {
        for definition in BuiltinTypes.definitions {
            guard let known = members(of: Self.message(of: definition)) else { continue }
            let isRoot = !definition.kinds.isEmpty
            for field in definition.fields where known[field.name] == nil {
                // A root's kind and version stand in the envelope.
                let isInEnvelope = isRoot && ["apiVersion", "kind"].contains(field.name)
                let isNewer = Self.newer.contains("\(definition.shortName).\(field.name)")
                #expect(isInEnvelope || isNewer, "\(definition.name) \(field.name)")
            }
        }
    }

    @Test func valuesAreReadAsTheirTypes() {
        for definition in BuiltinTypes.definitions {
            let known = members(of: Self.message(of: definition)) ?? [:]
            for field in definition.fields {
                guard let shape = known[field.name] else { continue }
                #expect(shape.fits(field.type), "\(definition.name) \(field.name): \(shape)")
            }
        }
    }

    /// `api.batch.v1.JobSpec` is `batch.v1.JobSpec` here.
    private static func message(of definition: TypeDefinition) -> String {
        definition.name.split(separator: ".").suffix(3).joined(separator: ".")
    }

    /// The members that a message has in JSON, with those of the messages inside it that stand beside them.
    private func members(of message: String) -> [String: ProtobufTable.Shape]? {
        guard let fields = ProtobufTable.standard.fields(of: message) else { return nil }
        var members: [String: ProtobufTable.Shape] = [:]
        for field in fields.values {
            if field.isInline, case .message(let name) = field.shape {
                members.merge(self.members(of: name) ?? [:]) { own, _ in own }
            } else {
                members[field.name] = field.shape
            }
        }
        return members
    }
}

extension ProtobufTable.Shape {
    /// Whether a value of this shape becomes JSON of a type.
    fileprivate func fits(_ type: TypeSchema) -> Bool {
        switch (self, type.shape) {
        case (.string, .string), (.bytes, .bytes), (.boolean, .boolean), (.double, .double), (.time, .time),
            (.microTime, .microTime), (.quantity, .quantity), (.intOrString, .intOrString), (.json, .any),
            (.json, .fields), (.integer, .int32), (.integer, .int64), (.message, .object),
            (.choice, .schemaOrArray), (.choice, .schemaOrBool), (.choice, .schemaOrStrings):
            true
        case (.texts, .list(let element)): Self.string.fits(element)
        case (.list(let element), .list(let type)): element.fits(type)
        case (.map(let value), .map(let type)): value.fits(type)
        default: false
        }
    }
}
