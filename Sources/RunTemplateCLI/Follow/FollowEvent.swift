import KubeObjects

/// Something that a follower reacts to.
enum FollowEvent: Sendable {
    case run(ObjectObservation)
    case pods(ObjectObservation)
    /// Pods cannot be seen: who may start runs need not be allowed to read logs.
    case podsRefused(any Error)
    case logEnded(LogSource, LogReader.End)
    case interrupt(Interrupt)
    /// The answer to "what shall become of the run?", which a signal has raised.
    case answer(InterruptChoice, to: Interrupt)
    /// The server has taken the wish to cancel the run.
    case cancelTaken
    /// The run cannot be cancelled, or there is nothing to end, and why.
    case cancelRefused(any Error)
    /// A while has passed since the server took the wish to cancel the run.
    case cancelLasts
    /// The time is over that a command that was told to end (SIGTERM) may still take.
    case terminationOver
    /// Our patience is over.
    case patienceOver
    /// The time that a container may take to start is over.
    case pendingOver
    /// A second has passed.
    case tick
    /// The run is over, and its logs have been silent for long.
    case drainOver
    /// Nothing can be learned any more.
    case failed(any Error)
}

/// What becomes of the run when its user stops following.
enum InterruptChoice: Sendable, Hashable {
    case cancel, detach, proceed
}
