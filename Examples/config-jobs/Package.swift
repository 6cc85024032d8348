// swift-tools-version: 6.3

import PackageDescription

let package = Package(
    name: "config-jobs",
    dependencies: [
        .package(name: "kubernetes-job-runs", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(
            name: "ConfigJobs",
            dependencies: [
                .product(name: "KubeClient", package: "kubernetes-job-runs"),
                .product(name: "KubeObjects", package: "kubernetes-job-runs"),
                .product(name: "KubeRuntime", package: "kubernetes-job-runs"),
                .product(name: "KubeWire", package: "kubernetes-job-runs"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ConfigJobsTests",
            dependencies: [
                "ConfigJobs",
                .product(name: "FakeCluster", package: "kubernetes-job-runs"),
                .product(name: "KubeClient", package: "kubernetes-job-runs"),
                .product(name: "KubeObjects", package: "kubernetes-job-runs"),
                .product(name: "KubeWire", package: "kubernetes-job-runs"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
