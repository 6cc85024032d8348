import KubeObjects
import KubeWire
import RunController
import RunCore
import Testing

struct RunControllerSettingTests {
    @Test func flagsWinOverTheEnvironment() throws {
        let environment = [
            "RUN_CONTROLLER_WATCH_NAMESPACES": "a, b", "RUN_CONTROLLER_TEMPLATE_GRACE": "2m", "HOSTNAME": "pod-7",
        ]
        let program = try RunControllerProgram(
            settings: [
                .templateGrace: "500ms", .listen: ":8080", .leaderElect: "true", .runTimeoutScope: "perAttempt",
            ],
            environment: { environment[$0] })
        #expect(program.configuration.namespaces == ["a", "b"])
        #expect(program.configuration.settings.templateGrace == .milliseconds(500))
        #expect(program.configuration.listen?.port == 8080)
        #expect(program.configuration.instance == "pod-7")
        #expect(program.electsLeader)
        #expect(program.configuration.settings.runTimeoutScope == .perAttempt)
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var setting: RunControllerSetting
        var value: String
        var expected: String
        var testDescription: String { "\(setting.flag) \(value)" }
    }

    @Test(arguments: [
        FaultCase(setting: .concurrency, value: "0", expected: "a number above 0"),
        FaultCase(setting: .templateGrace, value: "10", expected: "a duration such as 10s"),
        FaultCase(setting: .templateGrace, value: "-1s", expected: "a duration such as 10s"),
        FaultCase(setting: .listen, value: "nowhere", expected: "HOST:PORT"),
        FaultCase(setting: .leaderElect, value: "perhaps", expected: "true or false"),
        FaultCase(setting: .logLevel, value: "loud", expected: "trace, debug"),
        FaultCase(setting: .logFormat, value: "xml", expected: "text or json"),
        FaultCase(setting: .runTimeoutScope, value: "each", expected: "total or perAttempt"),
        FaultCase(setting: .families, value: "job-template,nope", expected: "there is no family \"nope\""),
    ])
    func whatIsNotUnderstoodIsNamedWithWhatWouldBeRight(_ row: FaultCase) {
        let error = #expect(throws: SettingError.self) {
            try RunControllerProgram(settings: [row.setting: row.value], environment: { _ in nil })
        }
        #expect(error?.description.hasPrefix(row.setting.flag) == true)
        #expect(error?.description.contains(row.expected) == true)
    }

    @Test func everySettingHasItsVariable() {
        #expect(RunControllerSetting.watchNamespaces.variable == "RUN_CONTROLLER_WATCH_NAMESPACES")
        #expect(Set(RunControllerSetting.allCases.map(\.variable)).count == RunControllerSetting.allCases.count)
    }
}
