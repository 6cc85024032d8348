import HTTPTypes
import KubeObjects
import Testing

@testable import FakeCluster

/// What is said of options of a log that make no sense (core, `ValidatePodLogOptions`), before anyone looks for the pod.
struct LogRequestTests {
    private static let times = #"parsing time "noon" as "2006-01-02T15:04:05Z07:00": cannot parse "noon" as "2006""#

    static let refusals: [(String, Int, String)] = [
        ("tailLines=-1", 422, "tailLines: Invalid value: -1: must be greater than or equal to 0"),
        ("tailLines=few", 400, #"strconv.ParseInt: parsing "few": invalid syntax"#),
        ("tailLines=", 400, #"strconv.ParseInt: parsing "": invalid syntax"#),
        ("limitBytes=0", 422, "limitBytes: Invalid value: 0: must be greater than 0"),
        (
            "limitBytes=-99999999999999999999", 400,
            #"strconv.ParseInt: parsing "-99999999999999999999": value out of range"#
        ),
        ("sinceSeconds=0", 422, "sinceSeconds: Invalid value: 0: must be greater than 0"),
        ("sinceTime=noon", 400, times),
        (
            "sinceTime=2026-01-01T00:00:00", 400,
            #"parsing time "2026-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00""#
        ),
        (
            "sinceTime=2026-01-01T00:00:00Z&sinceSeconds=0", 422,
            "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
        ),
        (
            "stream=Both", 422, #"stream: Unsupported value: "Both": supported values: "All", "Stderr", "Stdout""#
        ),
        (
            "stream=Stdout&tailLines=-1&limitBytes=0", 422,
            "[tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be "
                + "greater than 0, []: Forbidden: `tailLines` and specific `stream` are mutually exclusive for now]"
        ),
        ("tailLines=0&sinceTime=null", 404, #"pods "p" not found"#),
    ]

    @Test(arguments: refusals)
    func `options that make no sense are refused in the real words`(
        _ query: String, _ status: Int, _ message: String
    ) async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        let answer = try await server.send(.get, "/api/v1/namespaces/default/pods/p/log?\(query)")
        #expect(answer.status == status)
        let prefix = status == 422 ? #"PodLogOptions "p" is invalid: "# : ""
        #expect(answer.json["message"]?.string == prefix + message)
    }
}
