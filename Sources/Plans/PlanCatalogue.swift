public import Estate

/// Every command there is.
public enum PlanCatalogue {
    public static let all: [PlanRecipe] = [
        Promote.recipe,
        Failover.recipe,
        Drain.recipe,
        Undrain.recipe,
        Pause.recipe,
        Resume.recipe,
        Maintenance.recipe,
        MoveLeader.recipe,
        SilenceAlert.recipe,
        AcknowledgeAlert.recipe,
        Unsilence.recipe,
        RunOffer.recipe,
    ]

    /// Commands that only stand within others.
    static let parts: [PlanRecipe] = [Shut.recipe, Maintain.recipe]

    public static func recipe(_ id: String) -> PlanRecipe? { (all + parts).first { $0.id == id } }

    /// Makes the plan for a call, or says why there is none.
    public static func plan(_ call: PlanCall, _ snapshot: Snapshot, now: Timestamp) -> Result<Plan, PlanRefusal> {
        guard let recipe = recipe(call.recipe) else { return .failure(.unknownCommand(call.recipe)) }
        return recipe.make(snapshot, call.target, call.arguments, taken: call.taken, now: now)
    }
}
