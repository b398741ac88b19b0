"""The services that Floyd stands on, played at BENCH.md's fixed latencies in their own processes.

The sandbox's stand-ins are strict; these are quick, so that they take little of the machine that
Floyd is measured on.
"""
