import KubeWire
import Testing

struct ListenAddressTests {
    struct AddressCase: Sendable, CustomTestStringConvertible {
        var text: String
        var address: ListenAddress?
        var testDescription: String { text }
    }

    @Test(arguments: [
        AddressCase(text: "127.0.0.1:8080", address: ListenAddress(host: "127.0.0.1", port: 8080)),
        AddressCase(text: ":8080", address: ListenAddress(host: "0.0.0.0", port: 8080)),
        AddressCase(text: "[::1]:0", address: ListenAddress(host: "::1", port: 0)),
        AddressCase(text: "8080", address: nil),
        AddressCase(text: "host:", address: nil),
        AddressCase(text: "host:70000", address: nil),
        AddressCase(text: "host:-1", address: nil),
    ])
    func addressesAreReadOrRefused(_ row: AddressCase) {
        #expect(ListenAddress(row.text) == row.address)
    }
}
