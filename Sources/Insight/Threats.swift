import Estate

/// What hosts that are about to fail mean for the groups on them.
enum Threats {
    /// The groups with a reason for each threatened host added: at risk where losing it would hurt, else worth
    /// knowing. Only those that change are given back.
    static func changed(_ assessment: Assessment) -> [GroupAssessment] {
        var changed: [GroupID: GroupAssessment] = [:]
        for node in assessment.hosts {
            guard let threat = node.threat else { continue }
            for consequence in assessment.without(.node(node.id)) {
                guard let group = changed[consequence.group] ?? assessment.group(consequence.group) else { continue }
                changed[group.id] = adding(threat, of: node, consequence, to: group)
            }
        }
        return changed.values.map { group in
            var fields = group.fields
            fields.settle()
            return GroupAssessment(fields)
        }
    }

    private static func adding(
        _ threat: Reason, of node: NodeAssessment, _ consequence: Consequence, to group: GroupAssessment
    ) -> GroupAssessment {
        var fields = group.fields
        let allowed = group.plan.rpoBytes.map { max($0, 0) } ?? .max
        let hurts = consequence.serves == false || consequence.bytesLost ?? 0 > allowed
        let isServing = group.serving.isServing == true
        let text = "\(node.id.name) may fail (\(threat.text)): if it does, \(consequence.text)"
        fields.reasons.append(
            Reason(
                hurts && isServing ? .atRisk : .protected, text, member: consequence.lost.first,
                figure: threat.figure))
        return GroupAssessment(fields)
    }
}
