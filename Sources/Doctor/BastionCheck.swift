import Estate
import Settings
import Transport

/// A bastion: whether OpenSSH gets in by itself, as it will have to.
extension Doctor {
    func bastion(_ bastion: Bastion) async -> [Finding] {
        let subject = "bastion \(bastion.url)"
        let start = clock.now()
        do {
            try await Tunnels.shared.knock(bastion, within: Tunnels.knockDeadline, clock: clock)
            return [.ok(subject, "lets us in, \(milliseconds(clock.now() - start))")]
        } catch let error as TransportError {
            if case .noWay(_, let reason, _) = error {
                return [.fault(subject, reason, remedy: "Everything that is reached through it is unknown until then.")]
            }
            return [.fault(subject, "\(error)", remedy: "Try `ssh -o BatchMode=yes` to it by hand.")]
        } catch {
            return [.fault(subject, "it was not tried to its end", remedy: "Try again.")]
        }
    }
}
