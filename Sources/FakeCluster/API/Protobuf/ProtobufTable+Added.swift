// swift-format-ignore-file

/// Groups whose descriptors the generated tables do not hold, written by hand after their `generated.proto` files: few
/// messages, and clients rarely carry the descriptors.
extension ProtobufTable {
    static let added = """
        autoscaling.v2.ContainerResourceMetricSource name:1:s target:2:mautoscaling.v2.MetricTarget container:3:s
        autoscaling.v2.ContainerResourceMetricStatus name:1:s current:2:mautoscaling.v2.MetricValueStatus container:3:s
        autoscaling.v2.CrossVersionObjectReference kind:1:s name:2:s apiVersion:3:s
        autoscaling.v2.ExternalMetricSource metric:1:mautoscaling.v2.MetricIdentifier target:2:mautoscaling.v2.MetricTarget
        autoscaling.v2.ExternalMetricStatus metric:1:mautoscaling.v2.MetricIdentifier current:2:mautoscaling.v2.MetricValueStatus
        autoscaling.v2.HPAScalingPolicy type:1:s value:2:i periodSeconds:3:i
        autoscaling.v2.HPAScalingRules selectPolicy:1:s policies:2:*mautoscaling.v2.HPAScalingPolicy stabilizationWindowSeconds:3:i tolerance:4:Q
        autoscaling.v2.HorizontalPodAutoscaler metadata:1:mmeta.v1.ObjectMeta spec:2:mautoscaling.v2.HorizontalPodAutoscalerSpec status:3:mautoscaling.v2.HorizontalPodAutoscalerStatus
        autoscaling.v2.HorizontalPodAutoscalerBehavior scaleUp:1:mautoscaling.v2.HPAScalingRules scaleDown:2:mautoscaling.v2.HPAScalingRules
        autoscaling.v2.HorizontalPodAutoscalerCondition type:1:s status:2:s lastTransitionTime:3:T reason:4:s message:5:s
        autoscaling.v2.HorizontalPodAutoscalerSpec scaleTargetRef:1:mautoscaling.v2.CrossVersionObjectReference minReplicas:2:i maxReplicas:3:i metrics:4:*mautoscaling.v2.MetricSpec behavior:5:mautoscaling.v2.HorizontalPodAutoscalerBehavior
        autoscaling.v2.HorizontalPodAutoscalerStatus observedGeneration:1:i lastScaleTime:2:T currentReplicas:3:i desiredReplicas:4:i currentMetrics:5:*mautoscaling.v2.MetricStatus conditions:6:*mautoscaling.v2.HorizontalPodAutoscalerCondition
        autoscaling.v2.MetricIdentifier name:1:s selector:2:mmeta.v1.LabelSelector
        autoscaling.v2.MetricSpec type:1:s object:2:mautoscaling.v2.ObjectMetricSource pods:3:mautoscaling.v2.PodsMetricSource resource:4:mautoscaling.v2.ResourceMetricSource external:5:mautoscaling.v2.ExternalMetricSource containerResource:7:mautoscaling.v2.ContainerResourceMetricSource
        autoscaling.v2.MetricStatus type:1:s object:2:mautoscaling.v2.ObjectMetricStatus pods:3:mautoscaling.v2.PodsMetricStatus resource:4:mautoscaling.v2.ResourceMetricStatus external:5:mautoscaling.v2.ExternalMetricStatus containerResource:7:mautoscaling.v2.ContainerResourceMetricStatus
        autoscaling.v2.MetricTarget type:1:s value:2:Q averageValue:3:Q averageUtilization:4:i
        autoscaling.v2.MetricValueStatus value:1:Q averageValue:2:Q averageUtilization:3:i
        autoscaling.v2.ObjectMetricSource describedObject:1:mautoscaling.v2.CrossVersionObjectReference target:2:mautoscaling.v2.MetricTarget metric:3:mautoscaling.v2.MetricIdentifier
        autoscaling.v2.ObjectMetricStatus metric:1:mautoscaling.v2.MetricIdentifier current:2:mautoscaling.v2.MetricValueStatus describedObject:3:mautoscaling.v2.CrossVersionObjectReference
        autoscaling.v2.PodsMetricSource metric:1:mautoscaling.v2.MetricIdentifier target:2:mautoscaling.v2.MetricTarget
        autoscaling.v2.PodsMetricStatus metric:1:mautoscaling.v2.MetricIdentifier current:2:mautoscaling.v2.MetricValueStatus
        autoscaling.v2.ResourceMetricSource name:1:s target:2:mautoscaling.v2.MetricTarget
        autoscaling.v2.ResourceMetricStatus name:1:s current:2:mautoscaling.v2.MetricValueStatus
        discovery.v1.Endpoint addresses:1:*s conditions:2:mdiscovery.v1.EndpointConditions hostname:3:s targetRef:4:mcore.v1.ObjectReference deprecatedTopology:5:%s nodeName:6:s zone:7:s hints:8:mdiscovery.v1.EndpointHints
        discovery.v1.EndpointConditions ready:1:b serving:2:b terminating:3:b
        discovery.v1.EndpointHints forZones:1:*mdiscovery.v1.ForZone forNodes:2:*mdiscovery.v1.ForNode
        discovery.v1.EndpointPort name:1:s protocol:2:s port:3:i appProtocol:4:s
        discovery.v1.EndpointSlice metadata:1:mmeta.v1.ObjectMeta endpoints:2:*mdiscovery.v1.Endpoint ports:3:*mdiscovery.v1.EndpointPort addressType:4:s
        discovery.v1.ForNode name:1:s
        discovery.v1.ForZone name:1:s
        scheduling.v1.PriorityClass metadata:1:mmeta.v1.ObjectMeta value:2:i globalDefault:3:b description:4:s preemptionPolicy:5:s
        storage.v1.StorageClass metadata:1:mmeta.v1.ObjectMeta provisioner:2:s parameters:3:%s reclaimPolicy:4:s mountOptions:5:*s allowVolumeExpansion:6:b volumeBindingMode:7:s allowedTopologies:8:*mcore.v1.TopologySelectorTerm
        """
}
