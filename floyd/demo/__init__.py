"""The demo: a phone world and a whole Floyd in it, one errand played from text to text and judged.

Of floyd's rooms only this one and the command know the sandbox.
"""
