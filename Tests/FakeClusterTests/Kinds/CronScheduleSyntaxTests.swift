import Testing

@testable import FakeCluster

struct CronScheduleSyntaxTests {
    @Test(
        arguments: [
            ("* * * * *", nil), ("0 0 1 1 *", nil), ("*/5 1-3 ? JAN-MAR sun", nil), ("0,30 8-18/2 * * 1-5", nil),
            ("@hourly", nil), ("@every 1h", nil),
            ("1,,2 * * * *", nil), ("TZ=UTC 0 0 * * *", nil),
            ("TZ=Nowhere 0 0 * * *", "provided bad location Nowhere: unknown time zone Nowhere"),
            ("@every soon", "failed to parse duration @every soon: time: invalid duration \"soon\""),
            ("*/-5 * * * *", "negative number (-5) not allowed: -5"),
            ("x", "expected exactly 5 fields, found 1: [x]"), ("@often", "unrecognized descriptor: @often"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            (
                "a * * * *",
                "failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax"
            ),
        ] as [(String, String?)])
    func `a schedule is read as the CronJob controller reads it`(schedule: String, fault: String?) {
        #expect(CronScheduleSyntax.fault(schedule) == fault)
    }
}
