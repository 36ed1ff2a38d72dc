import Estate
import Grid
import Panels
import Plans

/// What other operators ask of this one, and what actions left behind.
extension Cockpit {
    // MARK: A plan that waits for a second operator

    /// Opens the oldest plan that somebody else asks to have approved.
    mutating func openOffer(trigger: String, _ now: Timestamp) -> [Effect] {
        guard let offer = desk.offers.first(where: { !$0.isMine }) else { return [.bell] }
        var dialog = PlanDialog(
            call: offer.plan.call, plan: offer.plan, prospect: Prospect.of(offer.plan, in: snapshot, now: now),
            trigger: trigger)
        dialog.purpose = .answer(offer)
        view.overlay = .dialog(dialog)
        return [.redraw]
    }

    var obstacleToOffer: String? {
        if isInPast { return "this is the past: Esc goes back to now" }
        if desk.offers.isEmpty { return "no plan waits for a second operator" }
        return desk.offers.contains { !$0.isMine } ? nil : "it waits for somebody other than the one who asked"
    }

    /// The keys of an answer; nil where the dialog is none, or they are as in any other.
    mutating func pressInAnswer(_ key: Key, _ dialog: inout PlanDialog, _ now: Timestamp) -> [Effect]? {
        guard case .answer(let offer) = dialog.purpose else { return nil }
        switch (dialog.stage, key) {
        case (.loss, .character("y")), (.preview, .character("y")):
            dialog.isDenied = false
            dialog.stage = dialog.stage == .loss ? .preview : .reason
        case (.loss, .character("n")), (.preview, .character("n")):
            dialog.isDenied = true
            dialog.stage = .reason
        case (.reason, .enter):
            guard dialog.reason.filter({ $0 != " " }).count >= Self.reasonCharactersMin else {
                return keep(dialog, hint: "say why, in a few words")
            }
            guard !dialog.isDenied else { return send(dialog, offer, now) }
            dialog.stage = .confirm
        case (.confirm, .character("Y")), (.confirm, .enter):
            switch offer.plan.confirmation {
            case .typed(let name) where key == .enter:
                guard dialog.typed == name else { return keep(dialog, hint: "that is not the name") }
            case .yes where key == .character("Y"): break
            default: return nil
            }
            return send(dialog, offer, now)
        default: return nil
        }
        return keep(dialog)
    }

    private mutating func send(_ dialog: PlanDialog, _ offer: OfferView, _ now: Timestamp) -> [Effect] {
        guard desk.offers.contains(where: { $0.id == offer.id }) else {
            _ = closeDialog()
            return say("it does not wait any more", bad: true, now)
        }
        _ = closeDialog()
        _ = say("\(offer.plan.title): \(dialog.isDenied ? "denied" : "approved")", now)
        return [.answer(offer: offer.id, isApproved: !dialog.isDenied, reason: dialog.reason), .redraw]
    }

    // MARK: Actions that were left open

    /// Proposes to carry on the oldest action that was left open, or to take it back.
    mutating func followUp(isBack: Bool, trigger: String, _ now: Timestamp) -> [Effect] {
        guard let action = desk.openActions.first, let call = isBack ? action.wayBack : action.wayOn else {
            return [.bell]
        }
        return propose(call, for: .follow(action, isBack: isBack), trigger: trigger, now: now)
    }

    func obstacleToFollowUp(isBack: Bool) -> String? {
        if isInPast { return "this is the past: Esc goes back to now" }
        guard let action = desk.openActions.first else { return "no action was left open" }
        if (isBack ? action.wayBack : action.wayOn) == nil {
            return isBack ? "\(action.title): there is no way back" : "\(action.title): there is nothing to carry on"
        }
        return nil
    }
}
