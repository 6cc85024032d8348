/// The fields of the server's internal types, for ``InternalForm``: those of `core` that a pod template is made of, and
/// those of `batch` that messages show.
enum InternalFormTable {
    /// The structures by name.
    static let structures: [String: [InternalForm.Field]] = Dictionary(
        uniqueKeysWithValues: declarations.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return (String(words[0]), words.dropFirst().map(field))
        })

    /// Reads `Name:kind`, or `Name=key:kind` where the key is not the name with its first letter in lower case.
    ///
    /// The kinds: `s` a text, `i` a number, `b` a boolean, `p` a pointer, list or map of plain values, `q` a quantity,
    /// `n` a number or a name; `T` a structure, `*T` a pointer to one, `[]T` a list of them, `+T` one that is embedded.
    private static func field(_ word: Substring) -> InternalForm.Field {
        let parts = word.split(separator: ":", maxSplits: 1)
        let names = parts[0].split(separator: "=")
        let name = String(names[0])
        let key = names.count > 1 ? String(names[1]) : name.prefix(1).lowercased() + name.dropFirst()
        return InternalForm.Field(name: name, key: key, kind: kind(parts[1]))
    }

    private static func kind(_ text: Substring) -> InternalForm.Kind {
        switch text {
        case "s": .plain("\"\"")
        case "i", "n": .plain("0")
        case "q": .plain("\"0\"")
        case "b": .plain("false")
        case "p": .plain("null")
        case _ where text.hasPrefix("*"): .optional(String(text.dropFirst()))
        case _ where text.hasPrefix("[]"): .list(String(text.dropFirst(2)))
        case _ where text.hasPrefix("+"): .embedded(String(text.dropFirst()))
        default: .structure(String(text))
        }
    }

    private static let declarations = batch + pods + containers + volumes + scheduling

    private static let batch = """
        SuccessPolicy Rules:[]SuccessPolicyRule
        SuccessPolicyRule SucceededIndexes:p SucceededCount:p
        PodFailurePolicy Rules:[]PodFailurePolicyRule
        PodFailurePolicyRule Action:s OnExitCodes:*OnExitCodes OnPodConditions:[]OnPodCondition
        OnExitCodes ContainerName:p Operator:s Values:p
        OnPodCondition Type:s Status:s
        NonResourceAttributes Path:s Verb:s
        CustomResourceDefinitionVersion Name:s Served:b Storage:b Deprecated:b DeprecationWarning:p Schema:p \
        Subresources:p AdditionalPrinterColumns:[]Column SelectableFields:[]SelectableField
        Column Name:s Type:s Format:s Description:s Priority:i JSONPath=jsonPath:s
        SelectableField JSONPath=jsonPath:s
        UncountedTerminatedPods Succeeded:p Failed:p
        PodDisruptionBudgetSpec MinAvailable:p Selector:p MaxUnavailable:p UnhealthyPodEvictionPolicy:p

        """

    private static let pods = """
        PodSpec Volumes:[]Volume InitContainers:[]Container Containers:[]Container \
        EphemeralContainers:[]EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:p \
        ActiveDeadlineSeconds:p DNSPolicy=dnsPolicy:s NodeSelector:p ServiceAccountName:s \
        AutomountServiceAccountToken:p NodeName:s SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObject \
        Hostname:s Subdomain:s SetHostnameAsFQDN:p Affinity:*Affinity SchedulerName:s Tolerations:[]Toleration \
        HostAliases:[]HostAlias PriorityClassName:s Priority:p PreemptionPolicy:p DNSConfig=dnsConfig:*PodDNSConfig \
        ReadinessGates:[]ReadinessGate RuntimeClassName:p Overhead:p EnableServiceLinks:p \
        TopologySpreadConstraints:[]TopologySpreadConstraint OS=os:*Named SchedulingGates:[]Named \
        ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements HostnameOverride:p \
        SchedulingGroup:*SchedulingGroup
        PodSecurityContext HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:p HostUsers:p \
        SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsOptions RunAsUser:p RunAsGroup:p \
        RunAsNonRoot:p SupplementalGroups:p SupplementalGroupsPolicy:p FSGroup=fsGroup:p \
        FSGroupChangePolicy=fsGroupChangePolicy:p Sysctls:[]NameValue SeccompProfile:*Profile AppArmorProfile:*Profile \
        SELinuxChangePolicy=seLinuxChangePolicy:p
        SELinuxOptions User:s Role:s Type:s Level:s
        WindowsOptions GMSACredentialSpecName=gmsaCredentialSpecName:p GMSACredentialSpec=gmsaCredentialSpec:p \
        RunAsUserName:p HostProcess:p
        Profile Type:s LocalhostProfile:p
        LocalObject Name:s
        Named Name:s
        NameValue Name:s Value:s
        HostAlias IP=ip:s Hostnames:p
        PodDNSConfig Nameservers:p Searches:p Options:[]DNSOption
        DNSOption Name:s Value:p
        ReadinessGate ConditionType:s
        PodResourceClaim Name:s ResourceClaimName:p ResourceClaimTemplateName:p
        SchedulingGroup PodGroupName:p

        """

    private static let containers = """
        Container Name:s Image:s Command:p Args:p WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource \
        Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ResizePolicy RestartPolicy:p \
        RestartPolicyRules:[]RestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe \
        ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s \
        TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY=tty:b
        EphemeralContainer Container:+Container TargetContainerName:s
        ContainerPort Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s
        EnvFromSource Prefix:s ConfigMapRef:*OptionalRef SecretRef:*OptionalRef
        OptionalRef Name:s Optional:p
        EnvVar Name:s Value:s ValueFrom:*EnvVarSource
        EnvVarSource FieldRef:*FieldSelector ResourceFieldRef:*ResourceSelector ConfigMapKeyRef:*KeySelector \
        SecretKeyRef:*KeySelector FileKeyRef:*FileSelector
        FieldSelector APIVersion=apiVersion:s FieldPath:s
        ResourceSelector ContainerName:s Resource:s Divisor:q
        KeySelector Name:s Key:s Optional:p
        FileSelector VolumeName:s Path:s Key:s Optional:p
        ResourceRequirements Limits:p Requests:p Claims:[]ResourceClaim
        ResourceClaim Name:s Request:s
        ResizePolicy ResourceName:s RestartPolicy:s
        RestartRule Action:s ExitCodes:*RestartExitCodes
        RestartExitCodes Operator:s Values:p
        VolumeMount Name:s ReadOnly:b RecursiveReadOnly:p MountPath:s SubPath:s MountPropagation:p SubPathExpr:s
        VolumeDevice Name:s DevicePath:s
        Probe Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction \
        GRPC=grpc:*GRPCAction InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i \
        FailureThreshold:i TerminationGracePeriodSeconds:p
        Lifecycle PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:p
        LifecycleHandler Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction \
        Sleep:*SleepAction
        ExecAction Command:p
        HTTPGetAction Path:s Port:n Host:s Scheme:s HTTPHeaders=httpHeaders:[]NameValue
        TCPSocketAction Port:n Host:s
        GRPCAction Port:i Service:p
        SleepAction Seconds:i
        SecurityContext Capabilities:*Capabilities Privileged:p SELinuxOptions=seLinuxOptions:*SELinuxOptions \
        WindowsOptions:*WindowsOptions RunAsUser:p RunAsGroup:p RunAsNonRoot:p ReadOnlyRootFilesystem:p \
        AllowPrivilegeEscalation:p ProcMount:p SeccompProfile:*Profile AppArmorProfile:*Profile
        Capabilities Add:p Drop:p

        """

    private static let volumes = """
        Volume Name:s HostPath:*HostPath EmptyDir:*EmptyDir GCEPersistentDisk=gcePersistentDisk:*Other \
        AWSElasticBlockStore=awsElasticBlockStore:*Other GitRepo:*Other Secret:*SecretVolume NFS=nfs:*NFS \
        ISCSI=iscsi:*Other Glusterfs:*Other PersistentVolumeClaim:*ClaimVolume RBD=rbd:*Other Quobyte:*Other \
        FlexVolume:*Other Cinder:*Other CephFS=cephfs:*Other Flocker:*Other DownwardAPI:*DownwardVolume FC=fc:*Other \
        AzureFile:*Other ConfigMap:*ConfigMapVolume VsphereVolume:*Other AzureDisk:*Other PhotonPersistentDisk:*Other \
        Projected:*ProjectedVolume PortworxVolume:*Other ScaleIO:*Other StorageOS=storageos:*Other CSI=csi:*Other \
        Ephemeral:*Other Image:*ImageVolume
        HostPath Path:s Type:p
        EmptyDir Medium:s SizeLimit:p
        NFS Server:s Path:s ReadOnly:b
        SecretVolume SecretName:s Items:[]KeyToPath DefaultMode:p Optional:p
        ConfigMapVolume Name:s Items:[]KeyToPath DefaultMode:p Optional:p
        KeyToPath Key:s Path:s Mode:p
        ClaimVolume ClaimName:s ReadOnly:b
        ImageVolume Reference:s PullPolicy:s
        DownwardVolume Items:[]DownwardFile DefaultMode:p
        DownwardFile Path:s FieldRef:*FieldSelector ResourceFieldRef:*ResourceSelector Mode:p
        ProjectedVolume Sources:[]Projection DefaultMode:p
        Projection Secret:*ProjectedFiles DownwardAPI:*ProjectedDownward ConfigMap:*ProjectedFiles \
        ServiceAccountToken:*TokenProjection ClusterTrustBundle:*Other PodCertificate:*Other
        ProjectedFiles Name:s Items:[]KeyToPath Optional:p
        ProjectedDownward Items:[]DownwardFile
        TokenProjection Audience:s ExpirationSeconds:i Path:s

        """

    private static let scheduling = """
        Toleration Key:s Operator:s Value:s Effect:s TolerationSeconds:p
        Affinity NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAffinity
        NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector \
        PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredTerm
        NodeSelector NodeSelectorTerms:[]NodeTerm
        NodeTerm MatchExpressions:[]NodeRequirement MatchFields:[]NodeRequirement
        NodeRequirement Key:s Operator:s Values:p
        PreferredTerm Weight:i Preference:NodeTerm
        PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:[]AffinityTerm \
        PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedTerm
        WeightedTerm Weight:i PodAffinityTerm:AffinityTerm
        AffinityTerm LabelSelector:p Namespaces:p TopologyKey:s NamespaceSelector:p MatchLabelKeys:p MismatchLabelKeys:p
        TopologySpreadConstraint MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:p MinDomains:p \
        NodeAffinityPolicy:p NodeTaintsPolicy:p MatchLabelKeys:p

        """
}
