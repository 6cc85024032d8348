import Foundation
import PackagePlugin

/// `swift package generate-chart`: runs `chart-generator controller --package` with the same arguments.
@main
struct GenerateChart: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        let process = Process()
        process.executableURL = try context.tool(named: "chart-generator").url
        process.arguments = ["controller", "--package"] + arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            Diagnostics.error("chart-generator ended with \(process.terminationStatus)")
            return
        }
    }
}
