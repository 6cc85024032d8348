// swift-tools-version: 6.3

import PackageDescription

// Plugins are confined on macOS only. Elsewhere a permission would do nothing but stop release pipelines with a question.
#if os(macOS)
let chartPermissions = [
    PluginPermission.writeToPackageDirectory(reason: "The chart is written into the given folder.")
]
#else
let chartPermissions: [PluginPermission] = []
#endif

// Nobody links against a program: what it does not call itself is left out, and equal functions are there once.
let smaller = [
    LinkerSetting.unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "--icf=safe", "-Xlinker", "--no-export-dynamic"],
        .when(platforms: [.linux], configuration: .release))
]

let package = Package(
    name: "kubernetes-job-runs",
    products: [
        .executable(name: "fake-cluster", targets: ["fake-cluster"]),
        .executable(name: "run-controller", targets: ["run-controller"]),
        .executable(name: "kubectl-run_template", targets: ["kubectl-run_template"]),
        .executable(name: "chart-generator", targets: ["chart-generator"]),
        .plugin(name: "GenerateChart", targets: ["GenerateChart"]),
        .library(name: "KubeObjects", targets: ["KubeObjects"]),
        .library(name: "KubeSchema", targets: ["KubeSchema"]),
        .library(name: "KubeWire", targets: ["KubeWire"]),
        .library(name: "KubeClient", targets: ["KubeClient"]),
        .library(name: "KubeRuntime", targets: ["KubeRuntime"]),
        .library(name: "RunCore", targets: ["RunCore"]),
        .library(name: "FakeCluster", targets: ["FakeCluster"]),
    ],
    // Exact versions: Package.resolved is not committed, and a build must not change under our feet.
    // Traits are off wherever they would pull full Foundation into the plugin or the controller.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // Its headers are libcurl's (Debian: libcurl4-openssl-dev); the library itself is loaded when it is wanted.
        .target(name: "CLibcurl"),
        .systemLibrary(
            name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLibc"),

        // Pure libraries.
        .target(name: "KubeObjects", dependencies: ["CLibyaml"]),
        .target(name: "KubeSchema", dependencies: ["KubeObjects"]),
        .target(
            name: "KubeWire",
            dependencies: ["KubeObjects", .product(name: "HTTPTypes", package: "swift-http-types")]),
        .target(name: "RunCore", dependencies: ["KubeObjects", "KubeSchema"]),

        // Client side.
        .target(
            name: "KubeClient",
            dependencies: [
                "CLibcurl", "KubeObjects", "KubeWire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "KubeRuntime",
            dependencies: [
                "KubeClient", "KubeObjects", "KubeWire",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "RunController",
            dependencies: [
                "CLibc", "KubeClient", "KubeObjects", "KubeRuntime", "KubeWire", "RunCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "RunTemplateCLI",
            dependencies: [
                "KubeClient", "KubeObjects", "KubeWire", "RunCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            // It waits for people and servers; what a user downloads counts for more.
            swiftSettings: [.unsafeFlags(["-Osize"], .when(configuration: .release))]),

        // Server side.
        .target(
            name: "FakeCluster",
            dependencies: [
                "KubeObjects", "KubeSchema", "KubeWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "FakeClusterServer",
            dependencies: [
                "CLibc", "FakeCluster", "KubeObjects", "KubeWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
            ]),

        // Charts.
        .target(
            name: "ChartGenerator",
            dependencies: [
                "KubeObjects", "KubeSchema", "RunCore", .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
        .plugin(
            name: "GenerateChart",
            capability: .command(
                intent: .custom(verb: "generate-chart", description: "Make the controller's Helm chart."),
                permissions: chartPermissions),
            dependencies: ["chart-generator"]),

        // What all programs but the plugin begin with.
        .target(
            name: "ProgramStart",
            dependencies: ["CLibc", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

        // Executables: one file each, no logic.
        .executableTarget(
            name: "run-controller",
            dependencies: [
                "KubeObjects", "ProgramStart", "RunController",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: smaller),
        .executableTarget(
            name: "fake-cluster",
            dependencies: [
                "FakeClusterServer", "KubeObjects", "KubeWire", "ProgramStart", "RunController",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: smaller),
        .executableTarget(
            name: "chart-generator",
            dependencies: [
                "ChartGenerator", "KubeObjects", "ProgramStart",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: smaller),
        .executableTarget(
            name: "kubectl-run_template",
            dependencies: ["RunTemplateCLI", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "kubectl-plugin",
            exclude: ["README.md", "krew.yaml", "kubectl-run-template.1", "kubectl_complete-run_template"],
            sources: ["main.swift"],
            // A program at a fixed place has nothing to relocate when it starts: 1 MB and 1 ms less. Nothing of it throws as
            // C++ does, so nobody needs the index of its frames: 0.5 MB less.
            linkerSettings: smaller + [
                .unsafeFlags(
                    ["-Xclang-linker", "-no-pie", "-Xlinker", "--no-eh-frame-hdr"],
                    .when(platforms: [.linux], configuration: .release))
            ]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "KubeClient", "KubeObjects", "KubeWire", .product(name: "HTTPTypes", package: "swift-http-types"),
            ], path: "Tests/TestSupport"),
        .testTarget(
            name: "KubeObjectsTests",
            dependencies: ["KubeObjects", "TestSupport", .product(name: "Yams", package: "Yams")]),
        .testTarget(name: "KubeSchemaTests", dependencies: ["KubeObjects", "KubeSchema", "TestSupport"]),
        .testTarget(
            name: "KubeWireTests",
            dependencies: [
                "KubeObjects", "KubeWire", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        .testTarget(name: "RunCoreTests", dependencies: ["KubeObjects", "KubeSchema", "RunCore", "TestSupport"]),
        .testTarget(
            name: "KubeClientTests",
            dependencies: [
                "FakeCluster", "FakeClusterServer", "KubeClient", "KubeObjects", "KubeWire", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        .testTarget(
            name: "KubeRuntimeTests",
            dependencies: [
                "FakeCluster", "KubeClient", "KubeObjects", "KubeRuntime", "KubeWire", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "RunControllerTests",
            dependencies: [
                "FakeCluster", "KubeClient", "KubeObjects", "KubeRuntime", "KubeWire", "RunController", "RunCore",
                "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "RunTemplateCLITests",
            dependencies: [
                "FakeCluster", "KubeClient", "KubeObjects", "KubeWire", "RunController", "RunCore", "RunTemplateCLI",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "FakeClusterTests",
            dependencies: [
                "FakeCluster", "FakeClusterServer", "KubeClient", "KubeObjects", "KubeSchema", "KubeWire",
                "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], exclude: ["Transcripts"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "FakeCluster", "FakeClusterServer", "KubeClient", "KubeObjects", "KubeWire", "RunCore",
                "RunTemplateCLI", "TestSupport", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], exclude: ["Clients"]),
        .testTarget(
            name: "ChartGeneratorTests",
            dependencies: ["ChartGenerator", "KubeObjects", "RunController", "RunCore", "TestSupport"]),
        .testTarget(name: "RepositoryTests", dependencies: ["TestSupport"]),

        // The example, which is a package of its own: built and tested here, where all that it needs is built anyway.
        .target(
            name: "ConfigJobs",
            dependencies: [
                "KubeClient", "KubeObjects", "KubeRuntime", "KubeWire",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Examples/config-jobs/Sources/ConfigJobs"),
        .testTarget(
            name: "ConfigJobsTests",
            dependencies: [
                "ConfigJobs", "FakeCluster", "KubeClient", "KubeObjects", "KubeWire",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Examples/config-jobs/Tests/ConfigJobsTests"),

        // The benchmarks, a package of their own, too: built here so that they keep up, and for a minute of the soak.
        .systemLibrary(
            name: "CSQLite", path: "Benchmarks/Sources/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CAllocations", path: "Benchmarks/Sources/CAllocations"),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CAllocations", "CSQLite", "KubeClient", "KubeObjects", "KubeWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Yams", package: "Yams"),
            ], path: "Benchmarks/Sources/benchmarks"),
    ],
    swiftLanguageModes: [.v6]
)

// One set of settings for every target of ours; C system libraries take none.
for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("ImmutableWeakCaptures"),
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
        ]
}
