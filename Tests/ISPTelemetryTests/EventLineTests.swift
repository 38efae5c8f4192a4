import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct EventLineTests {
    @Test(arguments: 0..<20) func randomEventsRoundTripExactly(seed: UInt64) throws {
        var generator = Seeded(seed)
        for _ in 0..<500 {
            let event = Event.random(using: &generator)
            #expect(try EventLine.parse(EventLine.text(event)) == event)
        }
    }

    @Test(arguments: EventKind.allCases) func everyKindIsNamedToTheLetter(kind: EventKind) throws {
        let line = EventLine.text(Event(kind))
        #expect(line.hasPrefix("{\"event\":\"\(kind.name)\",\"t_ns\":0"))
        #expect(try EventLine.parse(line) == Event(kind))
    }

    @Test func everyPartyAndOutcomeRoundTrips() throws {
        for byte in UInt8.min...UInt8.max {
            let event = Event(.workerAttached, holder: Holder(rawValue: byte))
            #expect(try EventLine.parse(EventLine.text(event)) == event)
        }
        for outcome in [.done, .error] + DropReason.allCases.map(Outcome.dropped) {
            let event = Event.answered(outcome)
            #expect(try EventLine.parse(EventLine.text(event)) == event)
        }
    }

    @Test func linesHaveOnlyTheFieldsOfTheEvent() {
        var submitted = Event(.frameSubmitted, session: 2, frame: 0)
        submitted.time = 17
        #expect(EventLine.text(submitted) == #"{"event":"FRAME_SUBMITTED","t_ns":17,"session":2,"frame":0,"value":0}"#)
        #expect(
            EventLine.text(Event(.packetMovedToMonitor, slot: .raw(3)))
                == #"{"event":"PACKET_MOVED_TO_MONITOR","t_ns":0,"slot":"raw3"}"#)
        #expect(
            EventLine.text(Event(.handoffFastForwarded, holder: .batch(1), value: 5))
                == #"{"event":"HANDOFF_FAST_FORWARDED","t_ns":0,"holder":"batch1","value":5}"#)
        #expect(
            EventLine.text(.answered(.dropped(.deadline), after: 9))
                == #"{"event":"FRAME_ANSWERED","t_ns":0,"session":0,"frame":0,"outcome":"dropped","reason":"deadline","value":9}"#
        )
        #expect(
            EventLine.text(.answered(.done, after: 9))
                == #"{"event":"FRAME_ANSWERED","t_ns":0,"session":0,"frame":0,"outcome":"done","value":9}"#)
    }

    @Test func transitionsShowTheTokenToReadAndToTheBit() throws {
        let before = TokenWord(state: .queued, holder: .worker(2), leases: 1, epoch: 7)
        let after = try #require(Transition.start.next(.raw, before))
        var event = Event(.transition, slot: .raw(3))
        event.transition = .start
        (event.before, event.after) = (before.bits, after.bits)
        let expected =
            #"{"event":"TRANSITION","t_ns":0,"slot":"raw3","row":"2b","transition":"start","#
            + #""before":"QUEUED hw=none/0 holder=worker2 attempt=0 leases=1 epoch=7","before_bits":"0x0000000701042002","#
            + #""after":"RUNNING hw=none/0 holder=worker2 attempt=0 leases=2 epoch=7","after_bits":"0x0000000702042003"}"#
        #expect(EventLine.text(event) == expected)
    }

    @Test func tokensReadAsTheyDescribeThemselves() {
        var generator = Seeded(8)
        for state in SlotState.allCases {
            for _ in 0..<50 {
                let word = TokenWord(bits: generator.next() & ~0xf | UInt64(state.rawValue))
                var event = Event(.transition)
                event.after = word.bits
                #expect(EventLine.text(event).contains("\"after\":\"\(word)\","))
            }
        }
    }

    @Test func orderAndSpacesAreFree() throws {
        let line = "  { \"frame\" : 4 ,\t\"t_ns\":1, \"session\":0, \"event\":\"FRAME_SUBMITTED\" }\r\n"
        #expect(try EventLine.parse(line) == .numbered(4, time: 1))
    }

    @Test(arguments: [
        "", " ", "null", "7", "\"", "{", "}", "{}", "[]", "{\"event\"}", "{\"event\":}", "{,}",
        "{\"event\":\"KNOBS_CHANGED\",}",
        #"{"event":"KNOBS_CHANGED"}"#, #"{"t_ns":1}"#, #"{"event":"NO_SUCH_THING","t_ns":1}"#,
        #"{"event":"knobs_changed","t_ns":1}"#, #"{"event":7,"t_ns":1}"#, #"{"event":"KNOBS_CHANGED","t_ns":"1"}"#,
        #"{"event":"KNOBS_CHANGED","t_ns":-1}"#, #"{"event":"KNOBS_CHANGED","t_ns":1.5}"#,
        #"{"event":"KNOBS_CHANGED","t_ns":01}"#, #"{"event":"KNOBS_CHANGED","t_ns":18446744073709551616}"#,
        #"{"event":"KNOBS_CHANGED","t_ns":1}}"#, #"{"event":"KNOBS_CHANGED","t_ns":1} {}"#,
        #"{"event":"KNOBS_CHANGED","t_ns":1,"t_ns":1}"#, #"{"event":"KNOBS_CHANGED","t_ns":1,"colour":"red"}"#,
        #"{"event":"KNOBS_CHANGED","t_ns":1,"value":null}"#, #"{"event":"KNOBS_CHANGED","t_ns":1,"value":[1]}"#,
        #"{"event":"KNOBS\u005fCHANGED","t_ns":1}"#, #"{"event":"QUARANTINED","t_ns":1,"slot":"raw"}"#,
        #"{"event":"QUARANTINED","t_ns":1,"slot":"raw03"}"#, #"{"event":"QUARANTINED","t_ns":1,"slot":"raw99999"}"#,
        #"{"event":"QUARANTINED","t_ns":1,"slot":"film3"}"#, #"{"event":"QUARANTINED","t_ns":1,"holder":"worker128"}"#,
        #"{"event":"QUARANTINED","t_ns":1,"holder":"batch64"}"#, #"{"event":"FRAME_SUBMITTED","t_ns":1,"session":256}"#,
        #"{"event":"FRAME_ANSWERED","t_ns":1,"outcome":"lost"}"#,
        #"{"event":"FRAME_ANSWERED","t_ns":1,"outcome":"dropped"}"#,
        #"{"event":"FRAME_ANSWERED","t_ns":1,"outcome":"done","reason":"flush"}"#,
        #"{"event":"FRAME_ANSWERED","t_ns":1,"reason":"flush"}"#,
        #"{"event":"TRANSITION","t_ns":1,"row":"2b"}"#, #"{"event":"TRANSITION","t_ns":1,"transition":"start"}"#,
        #"{"event":"TRANSITION","t_ns":1,"row":"17","transition":"start"}"#,
        #"{"event":"TRANSITION","t_ns":1,"before":"FREE hw=none/0 holder=none attempt=0 leases=0 epoch=0"}"#,
        #"{"event":"TRANSITION","t_ns":1,"before_bits":"0x0000000000000000"}"#,
        #"{"event":"TRANSITION","t_ns":1,"before":"FREE","before_bits":"0x0000000000000000"}"#,
        #"{"event":"TRANSITION","t_ns":1,"after":"no state 15","after_bits":"0x+00000000000000f"}"#,
    ]) func garbageGivesOneClearError(line: String) {
        #expect { try EventLine.parse(line) } throws: { error in
            "\(error)".hasPrefix("not a line of the event log: ") && error is EventLineError
        }
    }

    @Test func anErrorDoesNotRepeatALongLine() {
        let line = "{\"event\":\"\(String(repeating: "X", count: 100_000))\",\"t_ns\":1}"
        #expect { try EventLine.parse(line) } throws: { "\($0)".count < 300 }
    }

    /// Lines with a byte changed, lost or added: an error, or another event that is true to what the line then says.
    @Test(arguments: 0..<20) func damagedLinesNeverTrapAndNeverLie(seed: UInt64) throws {
        var generator = Seeded(seed)
        for _ in 0..<300 {
            var bytes = Array(EventLine.text(.random(using: &generator)).utf8)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            default: bytes.removeSubrange(place...)
            }
            guard let event = try? EventLine.parse(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(try EventLine.parse(EventLine.text(event)) == event)
        }
    }
}
