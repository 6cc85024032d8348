import HTTPTypes
package import KubeClient
import KubeObjects
package import KubeWire
import RunCore

/// Announces the end of a run: one POST, signed, to a target that the operator of the controller allows.
package struct CallbackPerformer: Sendable {
    /// Makes the way to a target: its address, and which addresses its name may mean.
    package typealias Connect = @Sendable (String, @escaping @Sendable (IPAddress) -> Bool) throws -> any Transport

    /// How long a receiver may take to answer.
    static let timeout = Duration.seconds(10)

    var client: KubeClient
    let policy: CallbackPolicy
    let time: TimeSource
    let connect: Connect

    /// Over the network, past every proxy: a proxy would resolve names that are to be checked here.
    package static let network: Connect = { server, admits in
        try CurlTransport(
            endpoint: Endpoint(server: server, proxy: "", connectTimeout: timeout), admitsAddress: admits)
    }

    /// Sends it.
    /// - Throws: `CancellationError` only: then nobody knows whether it arrived.
    func perform(_ request: CallbackRequest) async throws -> RunEffectResult.Outcome {
        guard let target = CallbackTarget(request.url) else {
            return .refused("callbackUrl is not a URL of the form https://HOST[:PORT]/PATH")
        }
        guard let addresses = policy.addresses(for: target) else {
            return .refused(
                "callbacks to \(target.server) are not allowed; the controller's --callback-allow lists what is")
        }
        do {
            let token = try await self.token(request.token)
            let transport = try connect(target.server, addresses)
            return outcome(try await transport.send(wire(request, target, token)), target)
        } catch let error as MissingToken {
            return .failed(error.message)
        } catch let error as TransportError {
            return error.code == .addressDenied ? .refused(error.message) : .failed(error.message)
        } catch let status as KubeStatus {
            return .failed("the callback's token cannot be read: \(status.message)")
        }
    }

    private func wire(_ request: CallbackRequest, _ target: CallbackTarget, _ token: String?) -> WireRequest {
        let body = JSONValue.object(request.body).encoded()
        let now = time.now().seconds
        var headers: HTTPFields = [.contentType: MediaType.json, .userAgent: client.userAgent]
        headers["Idempotency-Key"] = request.deliveryID
        headers["Webhook-Id"] = request.deliveryID
        headers["Webhook-Timestamp"] = "\(now)"
        if let token {
            headers[.authorization] = "Bearer \(token)"
            headers["Webhook-Signature"] = CallbackSignature.value(
                id: request.deliveryID, seconds: now, body: body, secret: token)
        }
        return WireRequest(method: .post, path: target.path, headers: headers, body: body, timeout: Self.timeout)
    }

    private func outcome(_ response: WireResponse, _ target: CallbackTarget) -> RunEffectResult.Outcome {
        let code = response.status.code
        let answer = "\(target.server) answered \(code)"
        return switch code {
        case 200..<300: .done
        case 300..<400: .refused("\(answer): redirects are not followed")
        case 408, 425, 429, 500...: .failed(answer, retryAfter: Self.retryAfter(response))
        default: .refused(answer)
        }
    }

    private static func retryAfter(_ response: WireResponse) -> Duration? {
        guard let text = response.headers["Retry-After"], let seconds = UInt32(text) else { return nil }
        return .seconds(Int64(seconds))
    }

    private struct MissingToken: Error {
        var message: String
    }

    private func token(_ token: CallbackRequest.Token?) async throws -> String? {
        switch token {
        case nil: return nil
        case .text(let text): return text
        case .secret(let secret, let key):
            let found: KubeObject
            do {
                found = try await client.get(.secrets, namespace: secret.namespace, name: secret.name)
            } catch let status as KubeStatus where status.isNotFound {
                throw MissingToken(message: "callbackTokenSecretRef: there is no Secret \(secret.name)")
            }
            guard let value = found[path: "data", key]?.string.flatMap(Base64.decode) else {
                throw MissingToken(message: "callbackTokenSecretRef: Secret \(secret.name) has no key \"\(key)\"")
            }
            // A file's last line break is no part of a token.
            return String(decoding: value, as: UTF8.self).trimmingLineBreaks
        }
    }
}

extension HTTPFields {
    /// A header by its name; a name that is none is absent.
    fileprivate subscript(_ name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set { if let name = HTTPField.Name(name) { self[name] = newValue } }
    }
}

extension String {
    fileprivate var trimmingLineBreaks: String {
        String(self[..<(lastIndex { !$0.isNewline }.map(index(after:)) ?? startIndex)])
    }
}
