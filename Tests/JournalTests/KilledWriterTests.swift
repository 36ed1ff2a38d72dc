import Foundation
import Journal
import Testing

/// What was acknowledged survives the process that wrote it: checked with a copy of the files as they are while the
/// writer is still running and has closed nothing, which is what a kill leaves behind.
@Suite struct KilledWriterTests {
    @Test func whatWasAcknowledgedIsInTheFilesThatAKillLeaves() async throws {
        let scratch = Scratch()
        let audit = AuditTests()
        let journal = try Journal(at: scratch.path)
        for i in 1...20 { try await journal.append(audit.record("step \(i)")) }
        let copy = scratch.folder + "/after"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["journal.db", "journal.db-wal"] {
            try FileManager.default.copyItem(atPath: scratch.folder + "/state/" + name, toPath: copy + "/" + name)
        }
        let after = try Journal(at: copy + "/journal.db")
        #expect(try await after.audit().count == 20)
        let kept = try await journal.verify()
        #expect(try await after.verify() == kept)
    }
}
