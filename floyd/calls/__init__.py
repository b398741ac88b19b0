"""The live call: a pure core that decides, and one loop around it that does the input and output."""
