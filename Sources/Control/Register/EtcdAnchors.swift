public import Estate
import Settings
public import Wire

/// Where journals stand, kept outside of them: what was cut off at a journal's end shows against it.
extension EtcdRegister {
    private func key(_ owner: AnchorOwner) -> String {
        let parts = [owner.host, owner.user, owner.journal].map { part in
            String(String.UnicodeScalarView(part.unicodeScalars.map { $0 == "/" ? "_" : $0 }))
        }
        return prefix + "anchor/" + parts.joined(separator: "/")
    }

    public func anchors(of owner: AnchorOwner) async throws(RegisterError) -> [AuditAnchor] {
        var list: [AuditAnchor] = []
        for i in doors.indices {
            for found in try await get(i, .get(key(owner))).keyValues {
                do {
                    list.append(try RegisterRecord.anchor(parsing: found.value))
                } catch {
                    throw .refused(register: doors[i].name, reason: error.description)
                }
            }
        }
        return list
    }

    public func anchor(
        _ anchor: AuditAnchor, of owner: AnchorOwner, groups: [GroupID]
    ) async throws(RegisterError) {
        let registers = Set(groups.compactMap { places[$0]?.register })
        for i in registers.isEmpty ? [0] : registers.sorted() {
            let found = try await get(i, .get(key(owner))).keyValues.first
            // Never back: a journal that was cut must not take its anchor with it.
            if let found, let old = try? RegisterRecord.anchor(parsing: found.value), old.sequence >= anchor.sequence {
                continue
            }
            let value = RegisterRecord.anchor(anchor)
            // Where another process of this user came first, its anchor is as good.
            _ = try await write(
                i, [.init(key(owner), value)], when: [.isAt(key(owner), modRevision: found?.modRevision ?? 0)])
        }
    }
}
