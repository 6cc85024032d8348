// swift-format-ignore-file

/// `apiextensions.k8s.io/v1`, written by hand: the JSON names of schemas differ too much from those of their messages,
/// and clients rarely carry the descriptors. Renew from
/// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/generated.proto.
extension ProtobufTable {
    static let extensions = """
        apiextensions.v1.CustomResourceColumnDefinition name:1:s type:2:s format:3:s description:4:s priority:5:i jsonPath:6:s
        apiextensions.v1.CustomResourceConversion strategy:1:s webhook:2:mapiextensions.v1.WebhookConversion
        apiextensions.v1.CustomResourceDefinition metadata:1:mmeta.v1.ObjectMeta spec:2:mapiextensions.v1.CustomResourceDefinitionSpec status:3:mapiextensions.v1.CustomResourceDefinitionStatus
        apiextensions.v1.CustomResourceDefinitionCondition type:1:s status:2:s lastTransitionTime:3:T reason:4:s message:5:s
        apiextensions.v1.CustomResourceDefinitionNames plural:1:s singular:2:s shortNames:3:*s kind:4:s listKind:5:s categories:6:*s
        apiextensions.v1.CustomResourceDefinitionSpec group:1:s names:3:mapiextensions.v1.CustomResourceDefinitionNames scope:4:s versions:7:*mapiextensions.v1.CustomResourceDefinitionVersion conversion:9:mapiextensions.v1.CustomResourceConversion preserveUnknownFields:10:b
        apiextensions.v1.CustomResourceDefinitionStatus conditions:1:*mapiextensions.v1.CustomResourceDefinitionCondition acceptedNames:2:mapiextensions.v1.CustomResourceDefinitionNames storedVersions:3:*s
        apiextensions.v1.CustomResourceDefinitionVersion name:1:s served:2:b storage:3:b schema:4:mapiextensions.v1.CustomResourceValidation subresources:5:mapiextensions.v1.CustomResourceSubresources additionalPrinterColumns:6:*mapiextensions.v1.CustomResourceColumnDefinition deprecated:7:b deprecationWarning:8:s selectableFields:9:*mapiextensions.v1.SelectableField
        apiextensions.v1.CustomResourceSubresourceScale specReplicasPath:1:s statusReplicasPath:2:s labelSelectorPath:3:s
        apiextensions.v1.CustomResourceSubresourceStatus
        apiextensions.v1.CustomResourceSubresources status:1:mapiextensions.v1.CustomResourceSubresourceStatus scale:2:mapiextensions.v1.CustomResourceSubresourceScale
        apiextensions.v1.CustomResourceValidation openAPIV3Schema:1:mapiextensions.v1.JSONSchemaProps
        apiextensions.v1.ExternalDocumentation description:1:s url:2:s
        apiextensions.v1.JSONSchemaProps id:1:s $schema:2:s $ref:3:s description:4:s type:5:s format:6:s title:7:s default:8:R maximum:9:d exclusiveMaximum:10:b minimum:11:d exclusiveMinimum:12:b maxLength:13:i minLength:14:i pattern:15:s maxItems:16:i minItems:17:i uniqueItems:18:b multipleOf:19:d enum:20:*R maxProperties:21:i minProperties:22:i required:23:*s items:24:|apiextensions.v1.JSONSchemaPropsOrArray allOf:25:*mapiextensions.v1.JSONSchemaProps oneOf:26:*mapiextensions.v1.JSONSchemaProps anyOf:27:*mapiextensions.v1.JSONSchemaProps not:28:mapiextensions.v1.JSONSchemaProps properties:29:%mapiextensions.v1.JSONSchemaProps additionalProperties:30:|apiextensions.v1.JSONSchemaPropsOrBool patternProperties:31:%mapiextensions.v1.JSONSchemaProps dependencies:32:%|apiextensions.v1.JSONSchemaPropsOrStringArray additionalItems:33:|apiextensions.v1.JSONSchemaPropsOrBool definitions:34:%mapiextensions.v1.JSONSchemaProps externalDocs:35:mapiextensions.v1.ExternalDocumentation example:36:R nullable:37:b x-kubernetes-preserve-unknown-fields:38:b x-kubernetes-embedded-resource:39:b x-kubernetes-int-or-string:40:b x-kubernetes-list-map-keys:41:*s x-kubernetes-list-type:42:s x-kubernetes-map-type:43:s x-kubernetes-validations:44:*mapiextensions.v1.ValidationRule
        apiextensions.v1.JSONSchemaPropsOrArray schema:1:mapiextensions.v1.JSONSchemaProps jSONSchemas:2:*mapiextensions.v1.JSONSchemaProps
        apiextensions.v1.JSONSchemaPropsOrBool allows:1:b schema:2:mapiextensions.v1.JSONSchemaProps
        apiextensions.v1.JSONSchemaPropsOrStringArray schema:1:mapiextensions.v1.JSONSchemaProps property:2:*s
        apiextensions.v1.SelectableField jsonPath:1:s
        apiextensions.v1.ServiceReference namespace:1:s name:2:s path:3:s port:4:i
        apiextensions.v1.ValidationRule rule:1:s message:2:s messageExpression:3:s reason:4:s fieldPath:5:s optionalOldSelf:6:b
        apiextensions.v1.WebhookClientConfig service:1:mapiextensions.v1.ServiceReference caBundle:2:y url:3:s
        apiextensions.v1.WebhookConversion clientConfig:2:mapiextensions.v1.WebhookClientConfig conversionReviewVersions:3:*s
        """
}
