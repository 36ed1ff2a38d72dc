public import Insight

/// Something taken away in thought, and what would become of the groups: what the screen is painted by until it is
/// put back.
public struct WhatIf: Sendable, Equatable {
    /// `node node-ams`, `site lon`.
    public let title: String
    public let losses: Set<Loss>
    /// Worst first; groups that lose nothing are not among them.
    public let consequences: [Consequence]

    public init(_ title: String, _ losses: Set<Loss>, in assessment: Assessment) {
        self.title = title
        self.losses = losses
        consequences = assessment.without(losses)
    }

    /// The same loss with what is known now.
    public func again(in assessment: Assessment) -> WhatIf { WhatIf(title, losses, in: assessment) }

    /// The worst that would be.
    public var worst: Verdict? { consequences.map(\.after).min() }
}
