import KubeClient
import TestSupport
import Testing

@testable import RunController

struct CallbackPolicyTests {
    private func allows(_ policy: CallbackPolicy?, _ url: String, _ address: String) throws -> Bool {
        let target = try #require(CallbackTarget(url))
        let policy = try #require(policy)
        guard let addresses = policy.addresses(for: target) else { return false }
        return addresses(try #require(IPAddress(address)))
    }

    /// Without a word of the operator: HTTPS, and nothing that is not of the internet.
    @Test(arguments: [
        ("93.184.216.34", true), ("2606:2800:220:1::1", true), ("127.0.0.1", false), ("0.0.0.0", false),
        ("10.1.2.3", false), ("172.16.0.1", false), ("172.32.0.1", true), ("192.168.1.1", false),
        ("169.254.169.254", false), ("100.64.0.1", false), ("224.0.0.1", false), ("255.255.255.255", false),
        ("::1", false), ("::", false), ("fe80::1", false), ("fd00::1", false), ("ff02::1", false),
        ("::ffff:127.0.0.1", false), ("::ffff:93.184.216.34", true), ("64:ff9b::a00:1", false),
        ("2002:a00:1::", false), ("2001:db8::1", false), ("::7f00:1", false),
    ])
    func onlyTheInternetIsAllowed(_ address: String, _ isAllowed: Bool) throws {
        #expect(try allows(.standard, "https://example.com/done", address) == isAllowed)
        #expect(try !allows(.standard, "http://example.com/done", address))
    }

    @Test(arguments: [
        ("https://hooks.example.com/x", "10.0.0.1", true), ("https://HOOKS.example.com/x", "10.0.0.1", true),
        ("https://other.example.com/x", "93.184.216.34", false), ("http://hooks.example.com/x", "10.0.0.1", false),
        ("http://ci.corp/x", "10.0.0.1", true), ("http://a.ci.corp/x", "10.0.0.1", false),
        ("https://a.corp:8443/x", "10.0.0.1", true), ("https://a.corp/x", "10.0.0.1", false),
        ("https://corp:8443/x", "10.0.0.1", false), ("https://evilcorp:8443/x", "10.0.0.1", false),
        ("https://any.test/x", "192.168.7.7", true), ("https://any.test/x", "::ffff:192.168.7.7", true),
        ("https://any.test/x", "192.168.8.7", false), ("http://[fd00::1]:9000/", "fd00::1", true),
        ("http://[fd00::1]:9001/", "fd00::1", false),
    ])
    func whatIsListedIsAllowed(_ url: String, _ address: String, _ isAllowed: Bool) throws {
        let policy = CallbackPolicy([
            "hooks.example.com", "http://ci.corp", "https://*.corp:8443", "192.168.7.0/24", "http://[fd00::]:9000",
            "http://[fd00::1]:9000",
        ])
        #expect(try allows(policy, url, address) == isAllowed)
    }

    @Test(arguments: ["10.0.0.0/8:8443", "[fd00::/8]", "http://[fd00::/8]:9000", "HTTPS://x", "http://*:8080"])
    func anEntryIsTaken(_ entry: String) {
        #expect(CallbackPolicy([entry]) != nil)
    }

    @Test(arguments: ["", "ftp://x", "https://", "a b", "a:0", "a:99999", "*.", "a/b", "10.0.0.0/33", "http://a*b"])
    func whatIsNoEntryIsRefused(_ entry: String) {
        #expect(CallbackPolicy([entry]) == nil || entry == "*.")
    }

    @Test(arguments: [
        "", "example.com/x", "ftp://example.com/", "https://", "https:///x", "https://user@example.com/",
        "https://exa mple.com/", "https://example.com:0/", "https://example.com:70000/", "https://example.com\\@a/",
        "https://example.com/\r\nX: y", "https://[::1/", "https://ex%61mple.com/", "https://-a/", "file:///etc/passwd",
    ])
    func whatIsNoPlainURLIsNone(_ url: String) {
        #expect(CallbackTarget(url) == nil)
    }

    @Test(arguments: [
        ("https://Example.COM", "https://example.com:443", "/"),
        ("http://a:8080/x/y?z=1#part", "http://a:8080", "/x/y?z=1"), ("https://a?z", "https://a:443", "/?z"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443", "/x"),
    ])
    func aURLIsTakenApart(_ url: String, _ server: String, _ path: String) {
        #expect(CallbackTarget(url)?.server == server)
        #expect(CallbackTarget(url)?.path == path)
    }

    /// The example of the specification's own test suites.
    @Test func theSignatureIsThatOfStandardWebhooks() {
        let signature = CallbackSignature.value(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8),
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }
}
