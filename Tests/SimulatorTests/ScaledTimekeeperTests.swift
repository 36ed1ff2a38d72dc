import Estate
import PitbossTestKit
import Testing

@testable import Simulator

@Suite struct ScaledTimekeeperTests {
    @Test func oneSecondOfTheBaseIsSpeedSeconds() {
        let base = SteppedClock(Timestamp(seconds: 100))
        let clock = ScaledTimekeeper(base, from: Timestamp(seconds: 5_000), speed: 60)
        #expect(clock.now() == Timestamp(seconds: 5_000))
        base.advance(by: .seconds(2))
        #expect(clock.now() == Timestamp(seconds: 5_120))
    }
}
