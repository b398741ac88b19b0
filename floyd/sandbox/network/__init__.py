"""The phone network: numbers lead to phones, calls carry 20 ms frames of mu-law both ways."""
