"""Looking on: what Floyd does, as a picture of its texts and calls, in lines or on a screen."""
