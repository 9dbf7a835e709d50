"""Programs for people who work on Holdfast: demo, fault-injection runs, benchmarks and checks."""
