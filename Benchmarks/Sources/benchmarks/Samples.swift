/// Objects as an API server sends them.
enum Samples {
    /// A run that is over.
    static let jobRun = """
        {"apiVersion":"cellbytes.io/v1","kind":"JobRun","metadata":{"creationTimestamp":"2026-01-01T10:00:00Z",\
        "generateName":"migrate-","generation":1,"labels":{"app.kubernetes.io/part-of":"shop","team":"orders"},\
        "managedFields":[{"apiVersion":"cellbytes.io/v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":\
        {"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/part-of":{},"f:team":{}}},"f:spec":{".":{},\
        "f:args":{},"f:templateRef":{}}},"manager":"kubectl-run_template","operation":"Update",\
        "time":"2026-01-01T10:00:00Z"},{"apiVersion":"cellbytes.io/v1","fieldsType":"FieldsV1","fieldsV1":{"f:status":\
        {".":{},"f:completionTime":{},"f:conditions":{},"f:exitCode":{},"f:jobRef":{".":{},"f:name":{},"f:uid":{}},\
        "f:phase":{},"f:reason":{},"f:startTime":{},"f:succeeded":{}}},"manager":"run-controller",\
        "operation":"Update","subresource":"status","time":"2026-01-01T10:00:04Z"}],"name":"migrate-x7k2p",\
        "namespace":"orders","resourceVersion":"4711","uid":"0c9f1d0e-6a51-4f0c-9c53-2f1f7a2b9d11"},"spec":{"args":\
        ["--database","orders","--dry-run=false"],"templateRef":"migrate"},"status":{"completionTime":\
        "2026-01-01T10:00:04Z","conditions":[{"lastTransitionTime":"2026-01-01T10:00:00Z","message":"the Job was made",\
        "reason":"JobCreated","status":"True","type":"Accepted"},{"lastTransitionTime":"2026-01-01T10:00:04Z",\
        "message":"migrated 1234 rows in \\"orders\\"","reason":"Completed","status":"True","type":"Complete"}],\
        "exitCode":0,"jobRef":{"name":"migrate-x7k2p-9b1f2","uid":"6f1f1b57-7b3c-43a9-9a7a-3d3e5a0d3a55"},\
        "phase":"Succeeded","reason":"Completed","startTime":"2026-01-01T10:00:00Z","succeeded":1}}
        """

    /// The pod of its Job.
    static let pod = """
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"migrate-x7k2p-9b1f2-4kq8d","generateName":\
        "migrate-x7k2p-9b1f2-","namespace":"orders","uid":"1d0f6e2a-8a3e-4c1b-8f6a-57c0c7d5b0aa","resourceVersion":\
        "4709","creationTimestamp":"2026-01-01T10:00:00Z","labels":{"batch.kubernetes.io/controller-uid":\
        "6f1f1b57-7b3c-43a9-9a7a-3d3e5a0d3a55","batch.kubernetes.io/job-name":"migrate-x7k2p-9b1f2","controller-uid":\
        "6f1f1b57-7b3c-43a9-9a7a-3d3e5a0d3a55","job-name":"migrate-x7k2p-9b1f2","cellbytes.io/job-run":\
        "migrate-x7k2p","cellbytes.io/job-template":"migrate"},"ownerReferences":[{"apiVersion":"batch/v1","kind":\
        "Job","name":"migrate-x7k2p-9b1f2","uid":"6f1f1b57-7b3c-43a9-9a7a-3d3e5a0d3a55","controller":true,\
        "blockOwnerDeletion":true}]},"spec":{"volumes":[{"name":"kube-api-access-8kq2d","projected":{"sources":\
        [{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt",\
        "items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":\
        {"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"main",\
        "image":"registry.example.com/shop/migrate:1.42.0","command":["/bin/migrate"],"args":["--database","orders",\
        "--dry-run=false"],"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"PASSWORD","valueFrom":{"secretKeyRef":\
        {"name":"orders-db","key":"password"}}}],"resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":\
        {"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"kube-api-access-8kq2d","readOnly":true,"mountPath":\
        "/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":"/dev/termination-log",\
        "terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Never",\
        "terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default",\
        "serviceAccount":"default","nodeName":"node-7","securityContext":{},"schedulerName":"default-scheduler",\
        "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute",\
        "tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute",\
        "tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},\
        "status":{"phase":"Succeeded","conditions":[{"type":"PodReadyToStartContainers","status":"False",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T10:00:04Z"},{"type":"Initialized","status":"True",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T10:00:00Z","reason":"PodCompleted"},{"type":"Ready",\
        "status":"False","lastProbeTime":null,"lastTransitionTime":"2026-01-01T10:00:04Z","reason":"PodCompleted"}],\
        "hostIP":"10.0.0.7","podIP":"10.1.7.23","podIPs":[{"ip":"10.1.7.23"}],"startTime":"2026-01-01T10:00:00Z",\
        "containerStatuses":[{"name":"main","state":{"terminated":{"exitCode":0,"reason":"Completed","startedAt":\
        "2026-01-01T10:00:01Z","finishedAt":"2026-01-01T10:00:03Z","message":"migrated 1234 rows",\
        "containerID":"containerd://5d1f"}},"lastState":{},"ready":false,"restartCount":0,"image":\
        "registry.example.com/shop/migrate:1.42.0","imageID":"sha256:0f1e2d","containerID":"containerd://5d1f",\
        "started":false}],"qosClass":"Burstable"}}
        """
}
