import Estate
import Insight
import Panels

/// Time: a moment of the past on the whole screen, and back.
extension Cockpit {
    /// What is shown: the past that was asked for, or what is known now.
    var shown: Scene { rewind?.shown?.scene ?? live }

    var snapshot: Snapshot { shown.snapshot }
    var assessment: Assessment { shown.assessment }
    var events: [Event] { shown.events }

    /// Shows a moment other than now, or has asked for one.
    var isInPast: Bool { rewind != nil }

    /// One step in a direction: -1 back, 1 forward.
    mutating func stepTime(_ direction: Int, _ now: Timestamp) -> [Effect] {
        if rewind == nil {
            guard direction < 0 else { return say("this is now; [ goes back in time", bad: true, now) }
            // Whole seconds: the header then shows the very moment.
            rewind = Rewind(wanted: Self.wholeSecond(now))
        }
        guard var rewind else { return [.bell] }
        let step = rewind.pace.step(direction, at: now)
        self.rewind = rewind
        return look(at: direction < 0 ? rewind.wanted - step : rewind.wanted + step, now)
    }

    /// To the event before (-1) or after (1) the moment shown.
    mutating func jumpToEvent(_ direction: Int, _ now: Timestamp) -> [Effect] {
        let here = rewind?.wanted ?? now
        if direction < 0 {
            guard let event = live.events.last(where: { $0.at < here }) else {
                return say("no event before this one is kept", bad: true, now)
            }
            return look(at: event.at, now)
        }
        guard isInPast else { return say("this is now; { goes to the last event", bad: true, now) }
        guard let event = live.events.first(where: { $0.at > here }) else {
            return backToLive("no later event: this is now", now)
        }
        return look(at: event.at, now)
    }

    /// Asks for a moment; at the ends of what there is it says so.
    private mutating func look(at wanted: Timestamp, _ now: Timestamp) -> [Effect] {
        guard wanted < now else { return backToLive("this is now", now) }
        var rewind = rewind ?? Rewind(wanted: wanted)
        if let oldest = rewind.oldest, wanted < oldest {
            let atEnd = rewind.wanted <= oldest
            rewind.wanted = oldest
            self.rewind = rewind
            let text = "nothing before \(Figures.clock(oldest))Z is kept"
            return say(text, bad: atEnd, now) + [.look(at: oldest)]
        }
        rewind.wanted = wanted
        self.rewind = rewind
        view.notice = nil
        return [.redraw, .look(at: wanted)]
    }

    mutating func backToLive(_ text: String, _ now: Timestamp) -> [Effect] {
        guard isInPast else { return say("this is now", bad: true, now) }
        rewind = nil
        view.held = [:]
        thinkAgain()
        return say(text, now) + [.look(at: nil)]
    }

    /// Takes what was known at a moment that was asked for.
    mutating func takePast(_ scene: Scene, at: Timestamp, oldest: Timestamp, _ now: Timestamp) -> [Effect] {
        // An answer to what is not asked any more.
        guard var rewind else { return [] }
        var scene = scene
        // Whoever answers may hand over all events there are.
        if let later = scene.events.firstIndex(where: { $0.at > at }) { scene.events = Array(scene.events[..<later]) }
        rewind.shown = (at, scene)
        rewind.oldest = oldest
        let isShort = rewind.wanted < oldest
        if isShort { rewind.wanted = oldest }
        self.rewind = rewind
        view.held = [:]
        knownActing = nil
        thinkAgain()
        if isShort { return say("nothing before \(Figures.clock(oldest))Z is kept", bad: true, now) }
        return [.redraw]
    }

    private static func wholeSecond(_ at: Timestamp) -> Timestamp {
        Timestamp(nanoseconds: at.nanoseconds - at.nanoseconds % 1_000_000_000)
    }

    /// What the frame has to say of it, once there is an answer.
    func past(_ now: Timestamp) -> (at: Timestamp, Frame.Past)? {
        guard let rewind, let shown = rewind.shown else { return nil }
        let isOldest = rewind.oldest.map { shown.at <= $0 } ?? false
        return (shown.at, Frame.Past(live: now, liveWorst: live.assessment.worst, isOldest: isOldest))
    }
}
