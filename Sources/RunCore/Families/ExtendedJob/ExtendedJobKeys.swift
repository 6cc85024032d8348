extension LabelKey {
    /// `true` on every Job and pod of an ExtendedJob.
    public static let extendedJob = "fissile.cloudfoundry.org/extendedjob"
    /// The name of the ExtendedJob, on its Jobs and pods and on the ConfigMaps and Secrets with their output.
    public static let extendedJobName = "fissile.cloudfoundry.org/ejob-name"
    /// The name of the pod that started a Job.
    public static let affectedPod = "affected-pod"
    /// The uid of the pod that started a Job.
    public static let triggeringPod = "fissile.cloudfoundry.org/triggering-pod"
    /// The container whose output an object holds, if it is that of one container alone.
    public static let containerName = "fissile.cloudfoundry.org/container-name"
}

extension AnnotationKey {
    /// The full name of the ExtendedJob, if it is too long for a label; written on Jobs and pods.
    public static let extendedJobName = "fissile.cloudfoundry.org/ejob-name"
    /// What started a Job, in words: `once`, `now`, or a pod's state and name; written on Jobs.
    public static let triggeredBy = "fissile.cloudfoundry.org/triggered-by"
    /// Which change of a pod started a Job; written on Jobs, so that none starts two.
    public static let triggerKey = "fissile.cloudfoundry.org/trigger"
    /// The digest of the ConfigMaps and Secrets that a Job was started with; written on Jobs.
    public static let configHash = "fissile.cloudfoundry.org/config-hash"
    /// The full name of the pod that started a Job, if it is too long for a label; written on Jobs and pods.
    public static let affectedPod = "fissile.cloudfoundry.org/affected-pod"
    /// The `ttlSecondsAfterFinished` that a Job gets when its output is stored; written on Jobs.
    public static let lifetime = "fissile.cloudfoundry.org/ttl-seconds-after-output"
    /// What became of a Job's output; written on Jobs once nothing more is to be done for it.
    public static let output = "fissile.cloudfoundry.org/output"
    /// The uid of the Job whose standard output an object holds; written on ConfigMaps and Secrets.
    public static let stdoutJob = "fissile.cloudfoundry.org/stdout-job-uid"
    /// The uid of the Job whose standard error an object holds; written on ConfigMaps and Secrets.
    public static let stderrJob = "fissile.cloudfoundry.org/stderr-job-uid"
    /// `merged` on ConfigMaps and Secrets if standard output and standard error could not be told apart.
    public static let outputStreams = "fissile.cloudfoundry.org/streams"
    /// The keys that hold only the end of what was written.
    public static let outputTruncated = "fissile.cloudfoundry.org/truncated"
}
