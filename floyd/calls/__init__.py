"""The live call: a pure core decides; one loop around it does the input and output."""
