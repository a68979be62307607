"""The figures of the design, each against its yardstick in the same run."""
