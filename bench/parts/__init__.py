"""The parts of the bench; each measures one thing and is bounded in time."""
