"""Reports: what came of a call, as far as it is proven, and the texts that users read."""
