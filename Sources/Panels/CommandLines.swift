import Estate
import Grid
import Insight
import Plans

/// What one may do with a member or a group, and why not.
enum CommandLines {
    static func lines(_ target: PlanTarget, _ frame: Frame, width: Int, glyphs: Glyphs) -> [[Piece]] {
        var lines: [[Piece]] = []
        for recipe in PlanCatalogue.all where fits(recipe, target) {
            let lead = [
                Piece(TextWidth.fit(recipe.key, to: 2), Ink(.footerKey)),
                Piece(TextWidth.fit(recipe.title, to: 18), Ink(.textStrong)),
            ]
            switch recipe.make(frame.snapshot, target, now: frame.now) {
            case .success(let plan):
                lines += Document.wrapped(
                    verdict(plan).text, Ink(verdict(plan).token), width: width, lead: lead)
            case .failure(let refusal):
                // What makes no sense here at all is not worth a line.
                guard recipe.applies(to: target, in: frame.snapshot, now: frame.now) else { continue }
                lines += Document.wrapped("no: \(refusal)", Ink(.textDim), width: width, lead: lead)
            }
        }
        if lines.isEmpty { lines = [[Piece("no command is for it", Ink(.textDim))]] }
        if !frame.desk.isArmed {
            lines.append([Piece("read-only: plans can be looked at; --operate arms them", Ink(.readOnly))])
        }
        return lines
    }

    private static func fits(_ recipe: PlanRecipe, _ target: PlanTarget) -> Bool {
        switch target {
        case .group: recipe.targetKinds.contains(.group)
        case .member: recipe.targetKinds.contains(.member)
        case .node: recipe.targetKinds.contains(.node)
        }
    }

    private static func verdict(_ plan: Plan) -> (text: String, token: Token) {
        switch plan.status {
        case .block:
            let first = plan.blocks.first.map { "\($0.what): \($0.figure)" } ?? ""
            return ("blocked: \(first)", .checkFail)
        case .warn:
            let first = plan.warnings.first.map { "\($0.what): \($0.figure)" } ?? ""
            return ("possible, with \(Figures.counted(plan.warnings.count, "warning")): \(first)", .checkWarn)
        case .pass: return ("possible, all checks pass", .checkPass)
        }
    }
}
